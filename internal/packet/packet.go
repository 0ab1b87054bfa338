package packet

import "net/netip"

// Verdict says what a walk ended at.
type Verdict uint8

const (
	VerdictIgnored  Verdict = iota // nothing to read; Packet.Reason says why
	VerdictUDP                     // a UDP datagram
	VerdictTCP                     // a TCP segment
	VerdictSCTP                    // an SCTP packet
	VerdictFragment                // a piece of an IP datagram, to be joined and given to Resume
)

// String returns the verdict in lower case.
func (v Verdict) String() string {
	switch v {
	case VerdictUDP:
		return "udp"
	case VerdictTCP:
		return "tcp"
	case VerdictSCTP:
		return "sctp"
	case VerdictFragment:
		return "fragment"
	}
	return "ignored"
}

// Packet is one frame taken apart. It is meant to be reused: Walk sets every
// field that its verdict makes valid but for Tunnels. Byte slices are subslices of the frame.
type Packet struct {
	// Src and Dst are those of the innermost IP datagram, with the ports of UDP,
	// TCP and SCTP. They are the zero AddrPort when no IP header was reached.
	Src, Dst netip.AddrPort

	// Payload is what the transport carries (UDP, TCP, SCTP) or the fragment's bytes
	// (Fragment), cut to the lengths in the headers; nil when ignored.
	Payload []byte

	// Missing counts payload bytes that the headers promise and that the
	// capture does not hold, as a snapshot length leaves them out.
	Missing int

	// ID is the identification of the innermost IP datagram: 16 bits in IPv4, 32
	// in the fragment header of IPv6 (RFC 8200, 4.5). Zero when it has none.
	// Within the lifetime of a datagram no other one between the same addresses
	// has its number (RFC 6864, 4.2), unless it may not be fragmented.
	ID uint32

	TCP      TCP      // valid for VerdictTCP
	SCTP     SCTP     // valid for VerdictSCTP
	Fragment Fragment // valid for VerdictFragment

	Reason Reason // valid for VerdictIgnored
	ICMP   ICMP   // valid for ReasonICMP

	// Quoted is the start of the datagram that an ICMP error is about, from its
	// IP header on; nil unless the reason is ReasonICMP and the type an error.
	// Walk reads it as a frame of LinkRaw.
	Quoted []byte

	// Encap is the set of tags and tunnels around the innermost datagram.
	Encap Encap

	// Depth is the number of tunnels around the innermost datagram. Outer describes them; it is valid where Depth is not 0.
	Depth uint8
	Outer Outer

	// Realm stands for the numbers of the VLANs and tunnels around the innermost datagram, from the outside in: VNI, TEID, key, label,
	// session. It is 0 where there are none. Two networks with the same addresses differ in it; so may what is one connection: a
	// tunnel can have another number in each direction, and a packet can be captured in several of them.
	Realm uint32

	// Tunnels is how many tunnels in one another are walked, at most MaxTunnels; 0 stands for DefaultTunnels. The caller sets it.
	Tunnels uint8

	more      []byte // of an aggregated wireless frame, what follows after the part that was walked
	moreEncap Encap  // what is around that
	moreDepth uint8
	moreRealm uint32
}

// TCP holds the fields of a TCP header that a byte stream is rebuilt from
// (RFC 9293, 3.1).
type TCP struct {
	Seq, Ack uint32
	Flags    Flags
	Window   uint16 // as in the header, not scaled
}

// SCTP holds what the common header says of an SCTP packet beside its ports (RFC
// 9260, 3.1). Its payload is the chunks.
type SCTP struct {
	Tag uint32 // verification tag
}

// Flags are the control bits of a TCP header.
type Flags uint8

const (
	FIN Flags = 1 << iota
	SYN
	RST
	PSH
	ACK
	URG
	ECE
	CWR
)

// Fragment is what a piece of an IP datagram says of its place (RFC 791, 3.2;
// RFC 8200, 4.5).
type Fragment struct {
	Src, Dst netip.Addr
	Proto    uint8  // what the joined datagram carries, as this piece has it
	ID       uint32 // 16 bits in IPv4
	Offset   uint32 // of the piece in the joined payload, in bytes
	More     bool   // pieces follow after this one
}

// ICMP is the head of an ICMP or ICMPv6 message (RFC 792, RFC 4443); the IP
// version of Packet.Src tells the two apart.
type ICMP struct {
	Type, Code uint8
}
