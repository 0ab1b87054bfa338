package session

import (
	"bytes"
	"strconv"

	"sipspan/record"
)

// recogniseScreening tells a call that an element between the users refused on behalf of one of them. A 403 says that by
// its words; a bare one may mean many things, a wrong password among them, and only counts as incoming screening when
// it comes from the domain of the called user, through an element of another domain, before anybody was asked.
func (c *call) recogniseScreening(outcome *hop) {
	h := c.generator(outcome)
	phrase := c.text.Of(outcome.reason)
	switch outcome.status {
	case 433, 608: // RFC 5079: anonymous; RFC 8688: refused by an analysis of the call
		c.noteScreening(record.ScreeningIncoming, h, "")
		return
	case 403:
	default:
		return
	}
	if c.passedOn(h) || h.alerted != 0 {
		return
	}
	worded := containsFold(phrase, []byte("screen")) || containsFold(phrase, []byte("barr")) || containsFold(phrase, []byte("blocked"))
	switch {
	case worded && (containsFold(phrase, []byte("terminating")) || containsFold(phrase, []byte("incoming"))):
		c.noteScreening(record.ScreeningIncoming, h, ", which says so")
	case worded && (containsFold(phrase, []byte("originating")) || containsFold(phrase, []byte("outgoing"))):
		c.noteScreening(record.ScreeningOutgoing, h, ", which says so")
	case h.vias > 1 && c.atDomainOfCallee(h):
		c.noteScreening(record.ScreeningIncoming, h, ", in the domain of the called user, who was not asked")
	case worded && h == &c.hops[c.origin] && h.vias <= 1:
		c.noteScreening(record.ScreeningOutgoing, h, ", the first on the way")
	}
}

func (c *call) noteScreening(s record.Service, h *hop, where string) {
	c.note(s, h.final, strconv.Itoa(h.status), " from ", h.answerer.String(), where)
}

// passedOn reports whether the element that a hop leads to sent the INVITE on.
func (c *call) passedOn(h *hop) bool {
	for i := range c.hops {
		p := &c.hops[i]
		if p != h && p.attempt == c.attempt && p.src.Addr() == h.dst.Addr() && p.vias >= h.vias && p.start >= h.start {
			return true
		}
	}
	return false
}

// atDomainOfCallee reports whether a hop leads to an element that answers for the whole domain of the called user, and
// the caller is of another one.
func (c *call) atDomainOfCallee(h *hop) bool {
	_, target := userOf(c.text.Of(h.uri))
	_, to := userOf(c.text.Of(c.toURI))
	_, from := userOf(c.text.Of(c.fromURI))
	return isDomain(to.Host) && bytes.EqualFold(target.Host, to.Host) && !bytes.EqualFold(from.Host, to.Host)
}
