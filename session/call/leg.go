package call

import (
	"bytes"
	"net/netip"

	"sipspan/session/store"
	"sipspan/session/transaction"
	"sipspan/session/value"
)

// Several dialogs may share a Call-ID, which RFC 3261 section 8.1.1.4 allows only to one user agent in one dialog. A
// back-to-back user agent that keeps the Call-ID has tags and CSeq numbers of its own on the next leg: that leg is part
// of the call, and the one nearest to the caller decides what the record holds. Callers that have nothing to do with each
// other and send the same Call-ID have calls of their own, each in its own group.

// maxBehind bounds the tags of further legs that a call remembers.
const maxBehind = 64

// goesOnBy reports whether an INVITE of another sender is a further leg of the call: it begins where one of the call's
// hops ends.
func (c *Call) goesOnBy(v *transaction.View) bool {
	for i := range c.hops {
		if h := &c.hops[i]; h.attempt == c.attempt && transaction.Leads(h.src, h.dst, v.Source()) {
			return true
		}
	}
	return false
}

// cameBy reports whether an INVITE of another sender is the leg before the one that the call is known by.
func (c *Call) cameBy(v *transaction.View) bool {
	o := &c.hops[c.origin]
	return !c.decided() && v.Message.Request && transaction.Leads(v.Meta.Src, v.Meta.Dst, o.src)
}

// stranger reports whether an INVITE outside a dialog has nothing to do with the call but the Call-ID.
func (c *Call) stranger(v *transaction.View) bool {
	if v.Sender == c.sender || len(v.FromTag) == 0 || len(c.hops) == 0 || c.bye != 0 || c.fromCallee(v) {
		return false
	}
	if c.goesOnBy(v) || c.cameBy(v) {
		return false
	}
	again := c.hops[c.origin].src.Addr() == v.Source().Addr() && bytes.Equal(c.text.Of(c.toURI), value.Clip(v.Message.To().URI))
	return !again || !c.decided()
}

// remember notes the tags of a leg beyond an element that keeps the Call-ID.
func (c *Call) remember(tags ...uint64) {
next:
	for _, tag := range tags {
		for _, known := range c.behind {
			if known == tag {
				continue next
			}
		}
		if tag != 0 && len(c.behind) < maxBehind {
			c.behind = append(c.behind, tag)
		}
	}
}

// isBehind reports whether a message inside a dialog belongs to a further leg.
func (c *Call) isBehind(v *transaction.View) bool {
	if len(c.behind) == 0 {
		return false
	}
	from, to := value.HashTag(v.FromTag), value.HashTag(v.ToTag)
	for _, tag := range c.behind {
		if tag == from || tag == to {
			return true
		}
	}
	return false
}

// begunBy takes the INVITE of the leg before the one that the call was known by, which the capture shows first: that one
// is a further leg now.
func (c *Call) begunBy(v *transaction.View) {
	for _, r := range c.group.Requests {
		if r.Call == c && r.Role == transaction.RoleInvite && r.Attempt == uint16(c.attempt) {
			r.Behind = true
			c.remember(r.Sender)
		}
	}
	for i := range c.hops {
		if h := &c.hops[i]; h.attempt == c.attempt {
			h.below = true
		}
	}
	for i := range c.forks {
		c.remember(value.HashTag(c.text.Of(c.forks[i].tag)))
	}
	c.forks = c.forks[:0]
	c.winner = store.Piece{}
	c.cseq, c.sender = v.CSeq, v.Sender
	x := &c.text
	from, to := v.Message.From(), v.Message.To()
	c.fromURI, c.fromName, c.fromTag = x.Add(from.URI), x.Add(from.Display), x.Add(v.FromTag)
	c.toURI, c.toName, c.toTag = x.Add(to.URI), x.Add(to.Display), x.Add(v.ToTag)
	c.beginAt(v)
}

// endBehind takes the end of a further leg for that of the call, when that is all that was seen.
func (c *Call) endBehind() {
	if c.bye != 0 || c.behindBye == 0 || !c.confirmed() {
		return
	}
	c.bye = c.behindBye
	if c.endedBehind {
		c.releasedBy = "callee"
	}
}

// byeBehind takes the BYE of a further leg. It may show who ended the call; its end is that of the first leg.
func (c *Call) byeBehind(v *transaction.View) {
	if c.behindBye == 0 {
		c.behindBye = v.At
		c.endedBehind = !c.sentOn(v.Meta.Src)
	}
}

// sentOn reports whether an element sent the INVITE, so that it is not where the call ends.
func (c *Call) sentOn(a netip.AddrPort) bool {
	for i := range c.hops {
		if c.hops[i].src.Addr() == a.Addr() {
			return true
		}
	}
	return false
}
