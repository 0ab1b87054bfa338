package pcapwrite

import "encoding/binary"

// WiFi is the header of an IEEE 802.11 data frame and the LLC header of what it carries.
type WiFi struct {
	QoS           bool
	FourAddresses bool
	Aggregate     bool // the payload is the only frame of an A-MSDU; needs QoS
	Protected     bool // sets the flag and puts the header of CCMP in front of the payload, which is not encrypted
}

func (w WiFi) wrap(u *unit) {
	ether := u.ether
	h := u.push(8)
	copy(h, []byte{0xaa, 0xaa, 3})
	binary.BigEndian.PutUint16(h[6:], ether)
	if w.Aggregate {
		length := len(u.bytes())
		binary.BigEndian.PutUint16(u.push(14)[12:], uint16(length))
	}
	if w.Protected {
		copy(u.push(8), []byte{1, 0, 0, 0x20})
	}
	if w.QoS {
		h := u.push(2)
		if w.Aggregate {
			h[0] = 0x80
		}
	}
	if w.FourAddresses {
		u.push(6)
	}
	h = u.push(24)
	h[0], h[1] = 0x08, 0x01
	if w.QoS {
		h[0] = 0x88
	}
	if w.FourAddresses {
		h[1] = 0x03
	}
	if w.Protected {
		h[1] |= 0x40
	}
	h[22] = 0x10 // sequence number
}

// Radiotap is the header of a radio, with flags.
type Radiotap struct{ Flags byte }

func (r Radiotap) wrap(u *unit) {
	h := u.push(9)
	h[2], h[4], h[8] = 9, 2, r.Flags
}

// Prism is the header of an older wireless card.
type Prism struct{}

func (Prism) wrap(u *unit) {
	h := u.push(144)
	h[0], h[4] = 0x44, 144
}

// PPI is a Per-Packet Information header without fields.
type PPI struct{ Link Link }

func (p PPI) wrap(u *unit) {
	h := u.push(8)
	h[2] = 8
	binary.LittleEndian.PutUint32(h[4:], uint32(p.Link))
}

// HDLC is a Cisco HDLC header.
type HDLC struct{}

func (HDLC) wrap(u *unit) {
	ether := u.ether
	h := u.push(4)
	h[0] = 0x0f
	binary.BigEndian.PutUint16(h[2:], ether)
}
