package session

import (
	"strconv"

	"sipspan/record"
)

// decisionTime is what a person needs to redirect a call: what redirects faster does it by itself.
const decisionTime = 1e9

// observeRedirection takes a 302 or 303. It deflects the call when the called user had the time to decide so, or when it
// leads to voice mail; it forwards the call when it leads to somebody else at once. A redirect server that tells where
// the same user is does neither.
func (c *call) observeRedirection(h *hop, v *view, fingerprint uint64) {
	if c.redirected == fingerprint {
		return // passed on
	}
	c.redirected = fingerprint
	contact, ok := v.m.Contact()
	if !ok {
		return
	}
	after := v.at - h.start
	what := strconv.Itoa(v.m.Status) + " from " + v.meta.Src.String() + " leads to "
	reason, worded := diversionReason(v)
	switch {
	case worded:
		c.note(reason, v.at, what, "another place and says why in Diversion")
	case causeIn(contact.URI) >= 0:
		c.note(diversionCauses[causeIn(contact.URI)].service, v.at, what, "another place and has the cause in its Contact")
	case leadsToVoiceMail(contact.URI):
		c.note(record.CallDeflection, v.at, what, "voice mail, ", seconds(after), " after the INVITE")
	case h.alerted != 0 || after >= decisionTime:
		c.note(record.CallDeflection, v.at, what, "another place, ", seconds(after), " after the INVITE")
	case !h.unasked && c.redirectsTo(c.text.Of(h.uri), contact.URI):
		c.note(record.ForwardUnconditional, v.at, what, "another user at once")
	}
}

// leadsToVoiceMail reports whether a URI is that of a voice mail service by its name.
func leadsToVoiceMail(uri []byte) bool {
	return containsFold(uri, []byte("voicemail")) || containsFold(uri, []byte("voice-mail"))
}

// seconds writes a time for people.
func seconds(ns int64) string { return strconv.FormatFloat(float64(ns)/1e9, 'f', 1, 64) + " s" }
