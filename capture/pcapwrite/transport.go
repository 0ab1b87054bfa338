package pcapwrite

import "encoding/binary"

// UDP is a UDP header.
type UDP struct{ Src, Dst uint16 }

func (t UDP) wrap(u *unit) {
	length := len(u.bytes())
	h := u.push(8)
	binary.BigEndian.PutUint16(h, t.Src)
	binary.BigEndian.PutUint16(h[2:], t.Dst)
	binary.BigEndian.PutUint16(h[4:], uint16(8+length))
	u.proto = protoUDP
}

// TCPFlags are the control bits of a TCP header.
type TCPFlags uint8

// The control bits in use.
const (
	FIN TCPFlags = 1 << iota
	SYN
	RST
	PSH
	ACK
)

// TCP is a TCP header without options.
type TCP struct {
	Src, Dst uint16
	Seq, Ack uint32
	Flags    TCPFlags
	Closed   bool // the window is 0; otherwise it is as large as it can be
}

func (t TCP) wrap(u *unit) {
	h := u.push(20)
	binary.BigEndian.PutUint16(h, t.Src)
	binary.BigEndian.PutUint16(h[2:], t.Dst)
	binary.BigEndian.PutUint32(h[4:], t.Seq)
	binary.BigEndian.PutUint32(h[8:], t.Ack)
	h[12] = 5 << 4
	h[13] = byte(t.Flags)
	if !t.Closed {
		binary.BigEndian.PutUint16(h[14:], 65535)
	}
	u.proto = protoTCP
}

// Undelivered is an ICMP error whose payload is the quoted IP packet.
type Undelivered struct {
	Why ICMPError
	V6  bool
}

// ICMPError is why an IP packet was not delivered.
type ICMPError uint8

// The errors.
const (
	PortUnreachable ICMPError = iota
	HostUnreachable
	TooBig // fragmentation needed
	TimeExceeded
)

// types holds type and code of the errors in ICMP (RFC 792) and in ICMPv6 (RFC 4443).
var types = [...][2][2]byte{
	PortUnreachable: {{3, 3}, {1, 4}},
	HostUnreachable: {{3, 1}, {1, 3}},
	TooBig:          {{3, 4}, {2, 0}},
	TimeExceeded:    {{11, 0}, {3, 0}},
}

func (i Undelivered) wrap(u *unit) {
	h := u.push(8)
	if i.V6 {
		copy(h, types[i.Why][1][:])
		u.proto = protoICMPv6
		return
	}
	copy(h, types[i.Why][0][:])
	binary.BigEndian.PutUint16(h[2:], checksum(u.bytes(), 0))
	u.proto = protoICMP
}
