package pcapwrite

import (
	"encoding/binary"
	"net/netip"
)

// MAC is an Ethernet address.
type MAC [6]byte

// MACOf derives a locally administered Ethernet address from an IP address.
func MACOf(a netip.Addr) MAC {
	b := a.As16()
	return MAC{2, 0, b[12], b[13], b[14], b[15]}
}

// Ethernet is an Ethernet II header. Trailer is put after the frame, as padding is.
type Ethernet struct {
	Src, Dst MAC
	Trailer  []byte
}

func (e Ethernet) wrap(u *unit) {
	h := u.push(14)
	copy(h, e.Dst[:])
	copy(h[6:], e.Src[:])
	binary.BigEndian.PutUint16(h[12:], u.ether)
	u.buf = append(u.buf, e.Trailer...)
	u.ether = etherBridged
}

// VLAN is an IEEE 802.1Q tag, or with Service the outer tag of IEEE 802.1ad (QinQ).
type VLAN struct {
	ID      uint16
	Service bool
}

func (v VLAN) wrap(u *unit) {
	h := u.push(4)
	binary.BigEndian.PutUint16(h, v.ID)
	binary.BigEndian.PutUint16(h[2:], u.ether)
	u.ether = etherVLAN
	if v.Service {
		u.ether = etherQinQ
	}
}

// PPPoE is a PPPoE session header with the PPP protocol field.
type PPPoE struct{ Session uint16 }

func (p PPPoE) wrap(u *unit) {
	PPP{}.wrap(u)
	length := len(u.bytes())
	h := u.push(6)
	h[0] = 0x11
	binary.BigEndian.PutUint16(h[2:], p.Session)
	binary.BigEndian.PutUint16(h[4:], uint16(length))
	u.ether = etherPPPoE
}

// PPP is the PPP protocol field, with Framed after address and control bytes, as GRE carries it.
type PPP struct{ Framed bool }

func (p PPP) wrap(u *unit) {
	protocol := uint16(0x0021)
	if u.ether == etherIPv6 {
		protocol = 0x0057
	}
	binary.BigEndian.PutUint16(u.push(2), protocol)
	if p.Framed {
		copy(u.push(2), []byte{0xff, 0x03})
	}
	u.ether = 0x880b
}

// SLL is the header of a Linux "any" capture, version 1.
type SLL struct{ Src MAC }

func (s SLL) wrap(u *unit) {
	h := u.push(16)
	binary.BigEndian.PutUint16(h[2:], 1) // ARPHRD_ETHER
	binary.BigEndian.PutUint16(h[4:], 6)
	copy(h[6:], s.Src[:])
	binary.BigEndian.PutUint16(h[14:], u.ether)
}

// SLL2 is the header of a Linux "any" capture, version 2.
type SLL2 struct {
	Src       MAC
	Interface uint32
}

func (s SLL2) wrap(u *unit) {
	ether := u.ether
	h := u.push(20)
	binary.BigEndian.PutUint16(h, ether)
	binary.BigEndian.PutUint32(h[4:], s.Interface)
	binary.BigEndian.PutUint16(h[8:], 1)
	h[11] = 6
	copy(h[12:], s.Src[:])
}

// Loopback is the four byte address family of BSD loopback, in little-endian host order (LinkNull) or with Network in
// network order (LinkLoop).
type Loopback struct{ Network bool }

func (l Loopback) wrap(u *unit) {
	family := uint32(2)
	if u.ether == etherIPv6 {
		family = 30
	}
	if l.Network {
		binary.BigEndian.PutUint32(u.push(4), family)
		return
	}
	binary.LittleEndian.PutUint32(u.push(4), family)
}
