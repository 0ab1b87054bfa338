package pcapwrite

import "encoding/binary"

// GRE is a GRE header: version 0 (RFC 2784), or with PPP the enhanced version 1 (RFC 2637) around a PPP frame.
type GRE struct {
	PPP      bool
	Call     uint16 // version 1: call of the tunnel
	Sequence uint32 // version 1
}

func (g GRE) wrap(u *unit) {
	if !g.PPP {
		binary.BigEndian.PutUint16(u.push(4)[2:], u.ether)
		u.proto = protoGRE
		return
	}
	PPP{Framed: true}.wrap(u)
	length := len(u.bytes())
	h := u.push(12)
	h[0], h[1] = 0x30, 0x01 // key and sequence present, version 1
	binary.BigEndian.PutUint16(h[2:], 0x880b)
	binary.BigEndian.PutUint16(h[4:], uint16(length))
	binary.BigEndian.PutUint16(h[6:], g.Call)
	binary.BigEndian.PutUint32(h[8:], g.Sequence)
	u.proto = protoGRE
}

// GTP is a GTPv1-U header of a G-PDU (3GPP TS 29.281). It wants a UDP layer with port 2152 around it.
type GTP struct{ TEID uint32 }

// GTPPort is the port of GTP-U.
const GTPPort = 2152

func (g GTP) wrap(u *unit) {
	length := len(u.bytes())
	h := u.push(8)
	h[0], h[1] = 0x30, 0xff
	binary.BigEndian.PutUint16(h[2:], uint16(length))
	binary.BigEndian.PutUint32(h[4:], g.TEID)
}
