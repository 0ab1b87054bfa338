package media

import (
	"bytes"

	"sipspan/decode/sdp"
	"sipspan/decode/sip"
)

// Stance is what a side of a call has said last of the media that it wants to receive.
type Stance uint8

// The stances.
const (
	Unsaid     Stance = iota
	Listening         // sendrecv or recvonly
	SendOnly          // RFC 3264 section 8.4
	Inactive          // likewise
	Nowhere           // c=0.0.0.0, RFC 2543
	Unrendered        // +sip.rendering="no" without a session description, RFC 4235 section 5.2
)

var stanceNames = [...]string{"nothing", "media both ways", "a=sendonly", "a=inactive", "c=0.0.0.0", `+sip.rendering="no"`}

// String returns how the side has said it.
func (s Stance) String() string { return stanceNames[s] }

// Silences reports whether a side with this stance wants the other one to be silent.
func (s Stance) Silences() bool { return s >= SendOnly }

// Stance returns what a session description says for all of its streams together, Unsaid for an empty one: a call is on
// hold when none of its streams is listened to.
func (r *Reader) Stance(description []byte) Stance {
	if len(description) == 0 {
		return Unsaid
	}
	sdp.Parse(description, &r.session)
	found := Unsaid
	for i := range r.session.Media {
		m := &r.session.Media[i]
		if !m.Used() || string(m.Type) == "message" {
			continue
		}
		switch {
		case !m.OnHold():
			return Listening
		case found != Unsaid:
		case m.Direction == sdp.Inactive && !m.Nowhere():
			found = Inactive
		case m.Nowhere():
			found = Nowhere
		default:
			found = SendOnly
		}
	}
	return found
}

// NotRendered reports whether a Contact says that its user neither sees nor hears anything (RFC 4235 section 5.2). A user
// agent without a user, such as a music server, never renders: of that it says nothing.
func NotRendered(contact sip.Address) bool {
	if !bytes.EqualFold(contact.Param("+sip.rendering"), []byte("no")) {
		return false
	}
	_, automaton := sip.Param(contact.Params, "automaton")
	return !automaton
}
