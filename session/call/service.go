package call

import (
	"bytes"
	"strconv"

	"sipspan/decode/sip"
	"sipspan/record"
	"sipspan/session/store"
	"sipspan/session/transaction"
)

// MaxNotes bounds the observations that a call keeps of one service.
const MaxNotes = 8

// note is one observation of a service. It is made where the message is in hand, or when the record is.
type note struct {
	service record.Service
	at      int64
	what    store.Piece
}

// note notes an observation of a service; the parts of its text are joined.
func (c *Call) note(s record.Service, at int64, parts ...string) {
	same := 0
	for i := range c.notes {
		if c.notes[i].service == s {
			same++
		}
	}
	if same < MaxNotes {
		c.notes = append(c.notes, note{service: s, at: at, what: c.text.Join(parts...)})
	}
}

// noted reports whether there is an observation of a service.
func (c *Call) noted(s record.Service) bool {
	for i := range c.notes {
		if c.notes[i].service == s {
			return true
		}
	}
	return false
}

// recognise notes the services that only the whole call shows. media are the streams of the description that stands.
func (u *Usage) recognise(c *Call, outcome *hop, media []mediaLine) {
	u.recogniseAttempt(c, outcome)
	c.recogniseMessages(media)
}

// recogniseAttempt notes the services of the present attempt. What the caller does next, such as to listen to the
// announcement of the reason (RFC 5359 section 2.13), does not undo them.
func (u *Usage) recogniseAttempt(c *Call, outcome *hop) {
	u.recogniseBranches(c)
	c.recogniseForks()
	c.recogniseForwarded()
	if outcome != nil && outcome.status >= 400 {
		c.recogniseScreening(outcome)
	}
}

// recogniseMessages notes that the two sides wrote to each other.
func (c *Call) recogniseMessages(media []mediaLine) {
	for i := range media {
		if media[i].used && string(c.text.Of(media[i].kind)) == "message" {
			c.note(record.InstantMessage, c.start, "the session description has m=message")
			break
		}
	}
	if c.instantMessages > 0 {
		c.note(record.InstantMessage, c.firstMessage, "MESSAGE inside the dialog: ", strconv.Itoa(c.instantMessages))
	}
	if c.typing > 0 {
		c.note(record.InstantMessage, c.firstTyping, "notices that a user types: ", strconv.Itoa(c.typing))
	}
}

// addServices writes what was noted into the record.
func (c *Call) addServices(rec *record.Call, s store.Sealed) {
	for i := range c.notes {
		n := &c.notes[i]
		rec.AddService(n.service, n.at, s.Of(n.what))
	}
	for _, h := range c.holding.list {
		rec.Holds = append(rec.Holds, record.Hold{Start: h.start, End: h.end, By: h.by.String()})
	}
}

// decisionTime is what a person needs to redirect a call: what redirects faster does it by itself.
const decisionTime = 1e9

// observeRedirection takes a 302 or 303. It deflects the call when the called user had the time to decide so, or when it
// leads to voice mail; it forwards the call when it leads to somebody else at once. A redirect server that tells where
// the same user is does neither.
func (c *Call) observeRedirection(h *hop, v *transaction.View, fingerprint uint64) {
	if c.redirected == fingerprint {
		return // passed on
	}
	c.redirected = fingerprint
	contact, ok := v.Message.Contact()
	if !ok {
		return
	}
	after := v.At - h.start
	what := strconv.Itoa(v.Message.Status) + " from " + v.Meta.Src.String() + " leads to "
	reason, worded := diversionReason(v)
	switch {
	case worded:
		c.note(reason, v.At, what, "another place and says why in Diversion")
	case causeIn(contact.URI) >= 0:
		c.note(diversionCauses[causeIn(contact.URI)].service, v.At, what, "another place and has the cause in its Contact")
	case leadsToVoiceMail(contact.URI):
		c.note(record.CallDeflection, v.At, what, "voice mail, ", seconds(after), " after the INVITE")
	case h.alerted != 0 || after >= decisionTime:
		c.note(record.CallDeflection, v.At, what, "another place, ", seconds(after), " after the INVITE")
	case !h.unasked && c.redirectsTo(c.text.Of(h.uri), contact.URI):
		c.note(record.ForwardUnconditional, v.At, what, "another user at once")
	}
}

// leadsToVoiceMail reports whether a URI is that of a voice mail service by its name.
func leadsToVoiceMail(uri []byte) bool {
	return containsFold(uri, []byte("voicemail")) || containsFold(uri, []byte("voice-mail"))
}

// seconds writes a time for people.
func seconds(ns int64) string { return strconv.FormatFloat(float64(ns)/1e9, 'f', 1, 64) + " s" }

// recogniseScreening finds a call that an element between the users refused on behalf of one of them. A 403 says that by
// its words; a bare one may mean many things, a wrong password among them, and only counts as incoming screening when
// it comes from the domain of the called user, through an element of another domain, before anybody was asked.
func (c *Call) recogniseScreening(outcome *hop) {
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

func (c *Call) noteScreening(s record.Service, h *hop, where string) {
	c.note(s, h.final, strconv.Itoa(h.status), " from ", h.answerer.String(), where)
}

// passedOn reports whether the element that a hop leads to sent the INVITE on.
func (c *Call) passedOn(h *hop) bool {
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
func (c *Call) atDomainOfCallee(h *hop) bool {
	_, target := userOf(c.text.Of(h.uri))
	_, to := userOf(c.text.Of(c.toURI))
	_, from := userOf(c.text.Of(c.fromURI))
	return isDomain(to.Host) && bytes.EqualFold(target.Host, to.Host) && !bytes.EqualFold(from.Host, to.Host)
}

// diversionReasons are the reasons of Diversion (RFC 5806 section 4) that are services.
var diversionReasons = []struct {
	reason  string
	service record.Service
}{
	{"user-busy", record.ForwardBusy},
	{"no-answer", record.ForwardNoAnswer},
	{"unconditional", record.ForwardUnconditional},
	{"do-not-disturb", record.ForwardUnconditional},
	{"time-of-day", record.ForwardUnconditional},
	{"away", record.ForwardUnconditional},
	{"deflection", record.CallDeflection},
	{"follow-me", record.FindMe},
}

// diversionCauses are the causes of RFC 4458 section 2, which History-Info has in its URIs (RFC 7131), and which the
// Reason of an entry has when a response was the reason (RFC 7044).
var diversionCauses = []struct {
	cause   string
	service record.Service
}{
	{"302", record.ForwardUnconditional},
	{"486", record.ForwardBusy},
	{"408", record.ForwardNoAnswer},
	{"480", record.CallDeflection},
	{"487", record.CallDeflection},
}

// observeDiversion takes what an INVITE says of forwards on its way.
func (c *Call) observeDiversion(v *transaction.View) {
	if v.Message.First(sip.HeaderDiversion) >= 0 {
		c.readDiversion(v)
	}
	if v.Message.First(sip.HeaderHistoryInfo) >= 0 {
		c.readHistory(v)
	}
}

func (c *Call) readDiversion(v *transaction.View) {
	for i := v.Message.First(sip.HeaderDiversion); i >= 0; i = v.Message.Next(i) {
		for list := v.Message.Value(i); len(list) > 0; {
			var a sip.Address
			a, list = sip.NextAddress(list)
			if n, ok := reasonOf(a); ok && !c.noted(diversionReasons[n].service) {
				c.note(diversionReasons[n].service, v.At, "INVITE with Diversion, reason ", diversionReasons[n].reason)
			}
		}
	}
}

// diversionReason returns the service that the first Diversion of a response names.
func diversionReason(v *transaction.View) (s record.Service, ok bool) {
	a, _ := sip.NextAddress(v.Message.Header(sip.HeaderDiversion))
	n, ok := reasonOf(a)
	if !ok {
		return 0, false
	}
	return diversionReasons[n].service, true
}

func reasonOf(a sip.Address) (n int, ok bool) {
	reason := a.Param("reason")
	if len(reason) == 0 {
		return 0, false
	}
	for n := range diversionReasons {
		if bytes.EqualFold(reason, []byte(diversionReasons[n].reason)) {
			return n, true
		}
	}
	return 0, false
}

// readHistory reads History-Info. A cause in the URI of an entry says why the entry was made; a Reason in it says what
// became of the try, which led to a forward when a later entry is for another user ("mp").
func (c *Call) readHistory(v *transaction.View) {
	failed := -1
	for i := v.Message.First(sip.HeaderHistoryInfo); i >= 0; i = v.Message.Next(i) {
		for list := v.Message.Value(i); len(list) > 0; {
			var a sip.Address
			a, list = sip.NextAddress(list)
			u, _ := sip.ParseURI(a.URI)
			if n := causeNumber(u.Param("cause")); n >= 0 {
				c.noteCause(n, v.At, withHistory)
			}
			if _, mapped := sip.Param(a.Params, "mp"); mapped && failed >= 0 {
				c.noteCause(failed, v.At, withHistory)
			}
			// The Reason stands in the URI with its separators escaped: ?Reason=SIP%3Bcause%3D486.
			if j := bytes.Index(u.Headers, []byte("cause%3")); j >= 0 && j+len("cause%3D486") <= len(u.Headers) && bytes.Contains(u.Headers[:j], []byte("SIP")) {
				j += len("cause%3D")
				failed = causeNumber(u.Headers[j : j+3])
				switch {
				case failed < 0:
				case diversionCauses[failed].service == record.CallDeflection: // 480 and 487 are responses here
					failed = -1
				case diversionCauses[failed].service == record.ForwardUnconditional && c.redirected != 0: // the 302 itself was seen
					failed = -1
				}
			}
		}
	}
}

const withHistory = "INVITE with History-Info,"

func causeNumber(cause []byte) int {
	for n := range diversionCauses {
		if string(cause) == diversionCauses[n].cause {
			return n
		}
	}
	return -1
}

var causeParam = []byte(";cause=")

// causeIn returns the number of the cause in a URI, -1 if it has none that is a service: RFC 4458 lets whoever diverts a
// call to a service tell that by the Request-URI.
func causeIn(uri []byte) int {
	if !bytes.Contains(uri, causeParam) {
		return -1
	}
	u, _ := sip.ParseURI(uri)
	return causeNumber(u.Param("cause"))
}

// noteCause notes the service that a cause names; what names the message that has it.
func (c *Call) noteCause(n int, at int64, what string) {
	if s := diversionCauses[n].service; !c.noted(s) {
		c.note(s, at, what, " cause ", diversionCauses[n].cause)
	}
}
