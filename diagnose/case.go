package diagnose

import (
	"net/netip"
	"time"

	"sipspan/decode/tls"
)

// Case is what is known of a transaction or a session that ended. Everything but Method may be missing. The byte slices
// are whole SIP messages; they are read during Explain and nothing of the result refers to them.
type Case struct {
	Method string // of the request, "INVITE"
	Status int    // of the final response that the sender was told, 0 when there was none
	Phrase string // its reason phrase

	Request  []byte // the request as its sender sent it
	Response []byte // the final response
	Closing  []byte // the CANCEL or the BYE that ended it

	// Start and End are Unix nanoseconds of packet time: of the request, 0 when it was not captured, and of what ended the wait
	// for an answer. Told is that of the final response, 0 when that is End.
	Start, End, Told int64
	Dialog           Dialog // whether the request was sent inside one

	ClockStep bool // the clock of the capture was set between the two: how long it took is not known

	Src, Dst netip.AddrPort // of the request at the hop nearest to its sender
	Origin   netip.AddrPort // the element that generated the final response, as far as hops show
	Hops     []Hop          // in the order of the way; one or none if there was no proxy in between

	Timer   Timer          // what was waited for in vain
	Unseen  bool           // the sender behaved as if it had been answered: the capture may miss one direction
	Answers int            // provisional responses other than 100
	Tries   []Try          // of the request with its repetitions for authentication, the last one last; see AsksTries
	Network []NetworkEvent // ICMP errors about the request's flow, and what became of its connection
	Retry   Retry          // what the sender did after a 503 or a Retry-After

	// Rivals are other devices that registered the same address-of-record in turns with this one, each replacing the
	// binding of the other.
	Rivals []netip.AddrPort

	Talk            time.Duration // from answer to BYE, 0 when it was not answered or has not ended
	SessionInterval time.Duration // agreed Session-Expires (RFC 4028), or what a subscription was granted; 0 when there is none
	SameBranch      bool          // an element saw the request again with a branch that it had made itself

	Ring       time.Duration // from the first 180 to the final response, 0 when there was no 180
	Unreliable Unreliable    // what became of its reliable provisional responses
	Vias       int           // of the request where it was captured first, 0 when that is not known
	LowCSeq    bool          // its CSeq number is lower than one that its sender had used in the dialog
	Glare      bool          // it met another change of the session; whether it was tried again is not known or does not matter
	Outlived   bool          // the dialog had ended by a BYE before it was sent
	Crossed    bool          // inside a dialog: it was under way when the other side ended the dialog
}

// Dialog is whether a request was sent inside a dialog. Its To tag says so.
type Dialog uint8

// The places of a request.
const (
	OutsideDialog Dialog = iota
	InsideDialog
	UnknownDialog // the request was not captured
)

// Unreliable tells of a reliable provisional response that was sent again and again, as RFC 3262 section 3 wants it until
// there is a PRACK for it.
type Unreliable struct {
	Repeats int  // 0 when there was no such response
	PRACK   bool // there was a PRACK for it all the same
}

// Hop is one stretch of the way of the request.
type Hop struct {
	Src, Dst netip.AddrPort
	Status   int // final status on this hop, 0 when there was none
}

// Timer is what was waited for in vain.
type Timer uint8

// The timers.
const (
	NoTimer       Timer = iota
	NoResponse          // no response at all (Timer B or F, RFC 3261 section 17.1)
	NoFinal             // a provisional response, but no final one (Timer C, section 16.6)
	NoACK               // a 2xx to an INVITE that nobody acknowledged
	LostACK             // a 2xx that was repeated although it was acknowledged
	NoRefresh           // the session was not refreshed within its interval (RFC 4028 section 10)
	NoRenewal           // a subscription or registration that ran out
	NoNotify            // no NOTIFY followed the 2xx to a SUBSCRIBE (Timer N, RFC 6665 section 4.1.2.4)
	UnseenFailure       // nothing: that there was a final response other than 2xx only the ACK to it tells
)

// Try is one round of a request that was challenged.
type Try struct {
	Status int    // of the final response
	Realm  string // of the challenge in the response
	Nonce  string // of the challenge in the response
	Stale  bool   // the challenge says that only the nonce was too old

	Credentials      bool   // the request carried some for whoever answered: Authorization before a 401, else Proxy-Authorization
	CredentialsRealm string // their realm
	CredentialsNonce string // the nonce that they answer
}

// NetworkEvent is what the network said of the flow of a request.
type NetworkEvent struct {
	Time int64 // Unix nanoseconds
	Kind NetworkKind
	From netip.Addr     // who sent the ICMP error, the reset or the alert, or closed the connection
	To   netip.AddrPort // whom the request could not reach

	Opener netip.Addr // who opened the connection
	Alert  tls.Alert  // of TLSAlert and TLSExpected
}

// NetworkKind is the kind of a NetworkEvent.
type NetworkKind uint8

// The kinds of network event.
const (
	PortUnreachable NetworkKind = iota // ICMP type 3 code 3, ICMPv6 type 1 code 4
	HostUnreachable                    // ICMP type 3 codes 1 and 7, ICMPv6 type 1 code 3
	NetUnreachable                     // ICMP type 3 codes 0 and 6, ICMPv6 type 1 code 0
	Prohibited                         // ICMP type 3 codes 9, 10 and 13, ICMPv6 type 1 codes 1, 5 and 6
	TooBig                             // ICMP type 3 code 4, ICMPv6 type 2
	TimeExceeded                       // ICMP type 11, ICMPv6 type 3
	OtherICMP
	Refused    // a SYN that was answered with RST
	Reset      // RST on an open connection
	Unanswered // a SYN that was not answered

	TLSAlert       // the TLS handshake was broken off with an alert
	TLSHiddenAlert // the same with an alert that is encrypted
	TLSClosed      // the connection ended before the TLS handshake did
	TLSForeign     // the answer to the ClientHello was no TLS
	TLSExpected    // a TLS alert answered a request in clear
	numNetworks    = int(iota)
)

// Retry is how the sender went on after it was told to wait.
type Retry struct {
	Next     time.Duration // from the response to the next request of the same kind, 0 when there was none
	Requests int           // further requests of the same kind to the same place within Retry-After, or within 10 s
	Within   time.Duration // from the first response to the last of them

	OtherCallIDs bool          // they came under other Call-IDs
	Wait         time.Duration // that the response asked for, where it is not in the case; 0 if it did not
}
