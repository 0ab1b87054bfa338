package pcapwrite

import "encoding/binary"

// The UDP ports at which tunnels end.
const (
	VXLANPort  = 4789
	GenevePort = 6081
	TZSPPort   = 37008
	L2TPPort   = 1701
	TeredoPort = 3544
	ESPPort    = 4500
)

// VXLAN is a VXLAN header (RFC 7348) around an Ethernet frame, or with Generic that of the generic protocol extension around
// whatever it is put around. It wants a UDP layer around it.
type VXLAN struct {
	VNI     uint32
	Generic bool
}

func (v VXLAN) wrap(u *unit) {
	next := map[uint16]byte{etherIPv4: 1, etherIPv6: 2, etherBridged: 3}[u.ether]
	h := u.push(8)
	h[0] = 0x08
	if v.Generic {
		h[0], h[3] = 0x0c, next
	}
	binary.BigEndian.PutUint32(h[4:], v.VNI<<8)
}

// Geneve is a Geneve header (RFC 8926) with options, a multiple of four bytes. It wants a UDP layer around it.
type Geneve struct {
	VNI     uint32
	Options []byte
}

func (g Geneve) wrap(u *unit) {
	ether := u.ether
	h := u.push(8 + len(g.Options))
	h[0] = byte(len(g.Options) / 4)
	binary.BigEndian.PutUint16(h[2:], ether)
	binary.BigEndian.PutUint32(h[4:], g.VNI<<8)
	copy(h[8:], g.Options)
}

// TZSP is a TZSP header with one tag, around an Ethernet frame or with WiFi around a frame of IEEE 802.11. It wants a UDP layer
// around it.
type TZSP struct{ WiFi bool }

func (t TZSP) wrap(u *unit) {
	h := u.push(8)
	h[0], h[3] = 1, 1
	if t.WiFi {
		h[3] = 18
	}
	copy(h[4:], []byte{10, 1, 40, 1}) // signal strength, end
}

// ERSPAN is a GRE header and that of ERSPAN type 1, 2 or 3 around an Ethernet frame.
type ERSPAN struct {
	Type    int
	Session uint16
}

func (e ERSPAN) wrap(u *unit) {
	kind := uint16(etherERSPAN)
	switch e.Type {
	case 2:
		h := u.push(8)
		h[0] = 0x10
		binary.BigEndian.PutUint16(h[2:], e.Session)
	case 3:
		h := u.push(12)
		h[0] = 0x20
		binary.BigEndian.PutUint16(h[2:], e.Session)
		kind = etherERSPAN3
	}
	if e.Type > 1 {
		binary.BigEndian.PutUint32(u.push(4), 1) // sequence number
	}
	h := u.push(4)
	if e.Type > 1 {
		h[0] = 0x10
	}
	binary.BigEndian.PutUint16(h[2:], kind)
	u.proto = protoGRE
}

// L2TP is an L2TP session: of version 2 (RFC 2661) with the PPP header, around IP and with a UDP layer around it; or of version 3
// (RFC 3931) over IP, with a cookie, around an Ethernet frame.
type L2TP struct {
	Version         int
	Tunnel, Session uint16
	Cookie          []byte
}

func (l L2TP) wrap(u *unit) {
	if l.Version == 3 {
		h := u.push(4 + len(l.Cookie))
		binary.BigEndian.PutUint32(h, uint32(l.Session))
		copy(h[4:], l.Cookie)
		u.proto = protoL2TP
		return
	}
	PPP{Framed: true}.wrap(u)
	length := len(u.bytes())
	h := u.push(8)
	binary.BigEndian.PutUint16(h, 0x4002) // with length, version 2
	binary.BigEndian.PutUint16(h[2:], uint16(8+length))
	binary.BigEndian.PutUint16(h[4:], l.Tunnel)
	binary.BigEndian.PutUint16(h[6:], l.Session)
}

// ESP is ESP (RFC 4303) without encryption, with a check value of so many bytes, around IP (tunnel mode) or a transport layer.
type ESP struct {
	SPI        uint32
	CheckValue int
}

func (e ESP) wrap(u *unit) {
	carried := u.proto
	padding := byte(0)
	for ; (len(u.bytes())+2)%4 != 0; padding++ {
		u.buf = append(u.buf, padding+1)
	}
	u.buf = append(u.buf, padding, carried)
	for i := range e.CheckValue {
		u.buf = append(u.buf, byte(0x9e*(i+1)))
	}
	h := u.push(8)
	binary.BigEndian.PutUint32(h, e.SPI)
	binary.BigEndian.PutUint32(h[4:], 1)
	u.proto = protoESP
}

// MPLS is the last label of a stack (RFC 3032); with ControlWord the empty control word of a pseudowire follows (RFC 4448).
type MPLS struct {
	Label       uint32
	ControlWord bool
}

func (m MPLS) wrap(u *unit) {
	if m.ControlWord {
		u.push(4)
	}
	binary.BigEndian.PutUint32(u.push(4), m.Label<<12|0x100|64)
	u.ether, u.proto = etherMPLS, protoMPLS
}

// VNTag is a VN-Tag, or with Bridge the E-Tag of IEEE 802.1BR.
type VNTag struct{ Bridge bool }

func (v VNTag) wrap(u *unit) {
	ether, n := u.ether, 4
	u.ether = etherVNTag
	if v.Bridge {
		u.ether, n = etherETag, 6
	}
	h := u.push(n + 2)
	h[1] = 1
	binary.BigEndian.PutUint16(h[n:], ether)
}
