package wire

import (
	"net/netip"

	"sipspan/decode/tls"
)

// NetworkEvent is what the network reported of a flow: that something could not be delivered, or what became of a connection.
type NetworkEvent struct {
	Time     int64 // Unix nanoseconds
	Kind     NetworkKind
	Src, Dst netip.AddrPort // of the datagram that was not delivered; of a connection, who opened it to whom
	From     netip.Addr     // who sent the ICMP error, the reset or the alert, or closed the connection
	Alert    tls.Alert      // of HandshakeBroken and HandshakeExpected
	Since    int64          // of WindowClosed: when the window was closed
	Opened   bool           // of WindowClosed: it was opened at Time; otherwise Time is when it was last seen closed
	Code     uint16         // of WebSocketRefused the HTTP status, of WebSocketClosed that of the close frame, of the aborts of associations the cause
}

// NetworkKind is the kind of a NetworkEvent.
type NetworkKind uint8

// The kinds of network event.
const (
	PortUnreachable NetworkKind = iota
	HostUnreachable
	NetUnreachable
	Prohibited
	TooBig
	TimeExceeded
	OtherICMP
	ConnectionRefused
	ConnectionReset
	ConnectionUnanswered
	HandshakeBroken       // by a TLS alert
	HandshakeBrokenBlind  // by one that is encrypted
	HandshakeClosed       // the connection was closed or reset before the TLS handshake was over
	HandshakeForeign      // the ClientHello was answered with something that is no TLS
	HandshakeExpected     // a request in clear was answered with a TLS alert
	WebSocketRefused      // the server answered the handshake with another status than 101
	WebSocketClosed       // by a close frame
	AssociationRefused    // SCTP: the INIT was answered with an ABORT
	AssociationUnanswered // the INIT was sent again
	AssociationAborted
	AssociationShutdown
	WindowClosed    // TCP: Dst has had no room for what Src sends for a second or more
	NumNetworkKinds = int(iota)
)

// EndsConnection reports whether a kind is the end of a connection over which requests had been sent before.
func (k NetworkKind) EndsConnection() bool {
	return k == ConnectionReset || k == WebSocketClosed || k == AssociationAborted || k == AssociationShutdown
}

// IsOrderly reports whether an event is what happens every day where nothing is down: somebody leaves, and says so, or a server turns a
// client away. It explains a request without an answer all the same. A window that is closed is no failure, but may lead to one.
func (e *NetworkEvent) IsOrderly() bool {
	const normal, goingAway, noCode, serverError = 1000, 1001, 1005, 500 // RFC 6455 section 7.4.1, RFC 9110 section 15.6
	switch e.Kind {
	case AssociationShutdown, WindowClosed:
		return true
	case WebSocketClosed:
		return e.Code == normal || e.Code == goingAway || e.Code == noCode
	case WebSocketRefused:
		return e.Code < serverError
	}
	return false
}

// SameAs reports whether two events report the same: the two directions of a connection end at the same time.
func (e *NetworkEvent) SameAs(o *NetworkEvent) bool {
	return e.Time == o.Time && e.Kind == o.Kind && (e.Src == o.Src && e.Dst == o.Dst || e.Src == o.Dst && e.Dst == o.Src)
}
