package session

import (
	"net/netip"
	"time"

	"sipspan/record"
)

// Case is what is known of a request or a session that failed, or ended in an odd way, for the one who says why. It
// draws no conclusion itself. Everything but Method may be missing. The byte slices read as SIP messages; where one
// was too long it is cut.
type Case struct {
	Method string // of the request, "INVITE"
	Status int    // final status that the sender was told, 0 when there was none
	Phrase string // its reason phrase

	Request  []byte // what a refusal may be about, of the request as its sender sent it
	Response []byte // the final response, as the hop showed it on which it said most; of a 2xx to an INVITE Contact and body
	Closing  []byte // the CANCEL or the BYE that ended it, if that says why

	// Start and End are Unix nanoseconds: of the request, 0 when it was not captured, and of what ended the wait for an answer.
	// Told is that of the final response, 0 when there was none.
	Start, End, Told int64
	Place            Place

	Src, Dst netip.AddrPort // of the request at the hop nearest to its sender
	Origin   netip.AddrPort // who generated the final response, as far as hops show
	Way      []Stretch      // the hops from the sender to where it was decided or lost

	Wait     Wait // what was waited for in vain
	OneSided bool // the sender behaved as if it had been answered: the capture may miss one direction
	Answers  int  // provisional responses other than 100
	Rounds   []Round
	Network  []RequestEvent
	Interval time.Duration // Session-Expires of an answered call (RFC 4028), or what a subscription was granted; 0 when there is none
	Talk     time.Duration // from the answer to the BYE, 0 when there was none
	Looped   bool          // the request went the same way three times, to the same target

	Ring       time.Duration // from the first 180 to the final response, 0 when there was no 180
	Unreliable int           // how often a reliable provisional response was repeated (RFC 3262)
	PRACKSeen  bool          // there was a PRACK for it all the same
	Vias       int           // of the request at the hop nearest to its sender, 0 when it was not captured
	LowCSeq    bool          // its sender had used a higher CSeq number inside the dialog before
	Glare      bool          // another change of the session was in hand; whether it was tried again is not said
	Outlived   bool          // the dialog had ended by a BYE before the request was sent
	Crossed    bool          // the other side had ended the dialog when the request was on its way

	// What the sender did after it was refused the time before: how soon it tried again, and how often up to now.
	Next    time.Duration
	Repeats int
	Within  time.Duration // from the first refusal to the request
	// OtherCallIDs tells that the tries before had other Call-IDs. Then there is no Response, and Wanted is the time that it
	// asked to wait.
	OtherCallIDs bool
	Wanted       time.Duration

	// Rivals are other senders that registered the same address-of-record in turns with this one.
	Rivals []netip.AddrPort
}

// Place is whether a request was sent inside a dialog.
type Place uint8

// The places.
const (
	Outside Place = iota
	Inside
	UnknownPlace // the request was not captured
)

// Stretch is one hop of the way of a request.
type Stretch struct {
	Src, Dst netip.AddrPort
	Status   int // final status there, 0 when there was none
}

// Round is one round of a request that was challenged: the request and the response to it.
type Round struct{ Request, Response []byte }

// Wait is what was waited for in vain.
type Wait uint8

// What may not come.
const (
	NoWait        Wait = iota
	NoResponse         // any response at all
	NoFinal            // a final response after a provisional one
	NoACK              // the ACK to a 2xx
	ACKLost            // the end of the 2xx's repetitions, though it was acknowledged
	NoRefresh          // the refresh of a session (RFC 4028)
	NoRenewal          // the refresh of a subscription or of a registration
	NoNotify           // the NOTIFY that follows the 2xx to a SUBSCRIBE (RFC 6665 section 4.1.2.4)
	UnseenFailure      // nothing: only the ACK told of a final response other than 2xx
)

// Explainer says why something came out as it did.
type Explainer interface {
	// Explain returns nil when there is nothing to say. The case and all it refers to are borrowed until it returns;
	// the cause belongs to the caller.
	Explain(c *Case) *record.Cause
}

// explain asks the explainer, if there is one. Without one, or without an answer, the cause is otherwise.
func (t *Tracker) explain(c *Case, otherwise *record.Cause) *record.Cause {
	if t.Explainer == nil {
		return otherwise
	}
	if cause := t.Explainer.Explain(c); cause != nil {
		return cause
	}
	return otherwise
}
