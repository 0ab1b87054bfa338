package wire

// Transport is what carried a message.
type Transport uint8

// The transports of a Via header field (RFC 3261 section 20.42, RFC 4168, RFC 7118).
const (
	UDP Transport = iota
	TCP
	TLS
	SCTP
	WS
	WSS
	NumTransports = int(iota)
)

var transportNames = [NumTransports][2]string{
	{"UDP", "udp"}, {"TCP", "tcp"}, {"TLS", "tls"}, {"SCTP", "sctp"}, {"WS", "ws"}, {"WSS", "wss"},
}

// String returns the transport as a Via header field names it, such as "UDP".
func (t Transport) String() string { return transportNames[t][0] }

// IsDatagram reports whether the transport delivers messages one by one and shows where each ends, so that a message without
// Content-Length has its body up to there (RFC 3261 section 18.3, RFC 7118 section 5, RFC 4168 section 4).
func (t Transport) IsDatagram() bool { return t != TCP && t != TLS }

// Label returns the transport as a metric label, such as "udp".
func (t Transport) Label() string { return transportNames[t][1] }
