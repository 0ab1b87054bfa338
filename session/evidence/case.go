package evidence

import (
	"net/netip"
	"time"

	"sipspan/internal/wire"
)

// Case is what is known of a request or a session that failed or ended in an odd way. Everything but Method may be
// missing. The byte slices read as SIP messages; a message that was too long is cut. A case and all it refers to are
// borrowed by whoever is handed it.
type Case struct {
	Method string // of the request, such as "INVITE"
	Status int    // final status that the sender of the request received, 0 for none
	Phrase string // its reason phrase

	Request  []byte // of the request as its sender sent it, what a refusal may be about
	Response []byte // the final response, from the hop on which it says most; of a 2xx to an INVITE Contact and body
	Closing  []byte // the CANCEL or the BYE that ended it, if it says why

	// Start and End are Unix nanoseconds: of the request, 0 when it was not captured, and of what ended the wait for an
	// answer. Told is that of the final response, 0 when there was none.
	Start, End, Told int64
	ClockStep        bool // the clock of the capture was set between them: how long it took is not known
	Place            Place

	Src, Dst netip.AddrPort // of the request at the hop nearest to its sender
	Origin   netip.AddrPort // the element that generated the final response, as far as hops show
	Path     []Hop          // from the sender to where it was decided or lost; of a loop, as far as it was seen

	Wait     Wait // what was waited for in vain
	OneSided bool // the sender behaved as if it had been answered: the capture may lack one direction
	Answers  int  // provisional responses other than 100
	Rounds   []Round
	Network  []NetworkEvent
	Retry    Retry

	// Rivals are other devices that registered the same address-of-record in turns with this one, each replacing the
	// binding of the other.
	Rivals []netip.AddrPort

	Talk     time.Duration // from the answer to the BYE, 0 when there was none
	Interval time.Duration // Session-Expires of an answered call (RFC 4028), or what a subscription was granted; 0 for none
	Looped   bool          // the request went the same way three times, to the same target

	Ring       time.Duration // from the first 180 to the final response, 0 when there was no 180
	Unreliable Unreliable
	Vias       int  // of the request at the hop nearest to its sender, 0 when it was not captured
	LowCSeq    bool // its sender had used a higher CSeq number in the dialog before
	Glare      bool // another change of the session was in progress; whether it was tried again is not known or does not matter
	Outlived   bool // the dialog had ended by a BYE before the request was sent
	Crossed    bool // inside a dialog: it was under way when the other side ended the dialog
}

// Reset makes c an empty case. The memory of its lists is used again.
func (c *Case) Reset() {
	*c = Case{Path: c.Path[:0], Rounds: c.Rounds[:0], Network: c.Network[:0]}
}

// Place is whether a request was sent inside a dialog.
type Place uint8

// The places.
const (
	Outside Place = iota
	Inside
	UnknownPlace // the request was not captured
)

// Hop is one hop on the path of a request.
type Hop struct {
	Src, Dst netip.AddrPort
	Status   int // final status there, 0 for none
}

// Round is one round of a request that was challenged: the request and the response to it.
type Round struct{ Request, Response []byte }

// Wait is what was waited for in vain.
type Wait uint8

// What may not come.
const (
	NoWait        Wait = iota
	NoResponse         // any response at all (Timer B or F, RFC 3261 section 17.1)
	NoFinal            // a final response after a provisional one (Timer C, section 16.6)
	NoACK              // the ACK to a 2xx
	ACKLost            // the end of the repetitions of a 2xx, although it was acknowledged
	NoRefresh          // the refresh of a session within its interval (RFC 4028 section 10)
	NoRenewal          // the refresh of a subscription or of a registration
	NoNotify           // the NOTIFY that follows the 2xx to a SUBSCRIBE (Timer N, RFC 6665 section 4.1.2.4)
	UnseenFailure      // nothing: only the ACK shows that there was a final response other than 2xx
)

// NetworkEvent is a network event that concerns a request.
type NetworkEvent struct {
	wire.NetworkEvent
	Toward netip.AddrPort // where the request went, or was to go; of a connection, Dst of the event may be its sender
}

// Retry is how the sender of a request that was refused tried the same again.
type Retry struct {
	Next     time.Duration // from the refusal to the next request, 0 when there was none
	Requests int           // requests that followed the first refusal, up to this one
	Within   time.Duration // from the first refusal to this request

	// OtherCallIDs reports that the tries before had other Call-IDs. Then the case has no Response, and Wait is the time that
	// the response asked the sender to wait, 0 if it did not.
	OtherCallIDs bool
	Wait         time.Duration
}

// Unreliable is what became of a reliable provisional response that was sent again and again, as RFC 3262 section 3
// wants it until there is a PRACK for it.
type Unreliable struct {
	Repeats int  // 0 when there was no such response
	PRACK   bool // there was a PRACK for it all the same
}
