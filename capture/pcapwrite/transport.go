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
}

func (t TCP) wrap(u *unit) {
	h := u.push(20)
	binary.BigEndian.PutUint16(h, t.Src)
	binary.BigEndian.PutUint16(h[2:], t.Dst)
	binary.BigEndian.PutUint32(h[4:], t.Seq)
	binary.BigEndian.PutUint32(h[8:], t.Ack)
	h[12] = 5 << 4
	h[13] = byte(t.Flags)
	binary.BigEndian.PutUint16(h[14:], 65535)
	u.proto = protoTCP
}

// Unreachable is an ICMP destination unreachable message, port unreachable, whose payload is the quoted IP packet.
type Unreachable struct{ V6 bool }

func (i Unreachable) wrap(u *unit) {
	h := u.push(8)
	if i.V6 {
		h[0], h[1] = 1, 4
		u.proto = protoICMPv6
		return
	}
	h[0], h[1] = 3, 3
	binary.BigEndian.PutUint16(h[2:], checksum(u.bytes(), 0))
	u.proto = protoICMP
}
