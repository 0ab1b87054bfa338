package pcapwrite

import (
	"encoding/binary"
	"net/netip"
)

// IPv4 is an IPv4 header. It also completes the checksum of a UDP or TCP layer inside it.
type IPv4 struct {
	Src, Dst netip.Addr
	ID       uint16
}

func (ip IPv4) wrap(u *unit) {
	src, dst := ip.Src.As4(), ip.Dst.As4()
	completeChecksum(u.bytes(), u.proto, src[:], dst[:])
	length := len(u.bytes())
	h := u.push(20)
	h[0] = 0x45
	binary.BigEndian.PutUint16(h[2:], uint16(20+length))
	binary.BigEndian.PutUint16(h[4:], ip.ID)
	h[8] = 64
	h[9] = u.proto
	copy(h[12:], src[:])
	copy(h[16:], dst[:])
	binary.BigEndian.PutUint16(h[10:], checksum(h, 0))
	u.ether, u.proto = etherIPv4, protoIPIP
}

// IPv6 is an IPv6 header without extension headers.
type IPv6 struct{ Src, Dst netip.Addr }

func (ip IPv6) wrap(u *unit) {
	src, dst := ip.Src.As16(), ip.Dst.As16()
	completeChecksum(u.bytes(), u.proto, src[:], dst[:])
	length := len(u.bytes())
	h := u.push(40)
	h[0] = 0x60
	binary.BigEndian.PutUint16(h[4:], uint16(length))
	h[6] = u.proto
	h[7] = 64
	copy(h[8:], src[:])
	copy(h[24:], dst[:])
	u.ether, u.proto = etherIPv6, protoIPv6
}

// IP returns the header for the family of src.
func IP(src, dst netip.Addr, id uint16) Layer {
	if src.Is4() {
		return IPv4{src, dst, id}
	}
	return IPv6{src, dst}
}

// Fragments cuts a built IPv4 or IPv6 packet into fragments that carry size bytes each, rounded down to the multiple of
// eight that RFC 791 and RFC 8200 ask for. A packet that fits into one comes back whole.
func Fragments(packet []byte, size int, id uint32) [][]byte {
	size &^= 7
	head := 20
	if packet[0]>>4 == 6 {
		head = 40
	}
	body := packet[head:]
	if size < 8 || len(body) <= size {
		return [][]byte{packet}
	}
	var out [][]byte
	for off := 0; off < len(body); off += size {
		part, more := body[off:], false
		if len(part) > size {
			part, more = part[:size], true
		}
		if head == 20 {
			out = append(out, fragment4(packet[:20], part, off, more))
		} else {
			out = append(out, fragment6(packet[:40], part, off, more, id))
		}
	}
	return out
}

func fragment4(head, part []byte, off int, more bool) []byte {
	f := append(append([]byte(nil), head...), part...)
	binary.BigEndian.PutUint16(f[2:], uint16(len(f)))
	flags := uint16(off / 8)
	if more {
		flags |= 0x2000
	}
	binary.BigEndian.PutUint16(f[6:], flags)
	f[10], f[11] = 0, 0
	binary.BigEndian.PutUint16(f[10:], checksum(f[:20], 0))
	return f
}

func fragment6(head, part []byte, off int, more bool, id uint32) []byte {
	f := append([]byte(nil), head...)
	var ext [8]byte
	ext[0] = head[6]
	flags := uint16(off)
	if more {
		flags |= 1
	}
	binary.BigEndian.PutUint16(ext[2:], flags)
	binary.BigEndian.PutUint32(ext[4:], id)
	f[6] = 44
	binary.BigEndian.PutUint16(f[4:], uint16(len(ext)+len(part)))
	return append(append(f, ext[:]...), part...)
}

// bare is a built packet that only needs its outer layers.
type bare struct{}

func (bare) wrap(u *unit) {
	u.ether, u.proto = etherIPv4, protoIPIP
	if b := u.bytes(); len(b) > 0 && b[0]>>4 == 6 {
		u.ether, u.proto = etherIPv6, protoIPv6
	}
}

// checksum is the Internet checksum (RFC 1071) of b, begun with sum.
func checksum(b []byte, sum uint32) uint16 {
	for ; len(b) >= 2; b = b[2:] {
		sum += uint32(b[0])<<8 | uint32(b[1])
	}
	if len(b) == 1 {
		sum += uint32(b[0]) << 8
	}
	for sum > 0xffff {
		sum = sum>>16 + sum&0xffff
	}
	return ^uint16(sum)
}

// completeChecksum fills in the checksum of a UDP, TCP or ICMPv6 header, which covers the IP addresses.
func completeChecksum(b []byte, proto uint8, src, dst []byte) {
	var at int
	switch {
	case proto == protoUDP:
		at = 6
	case proto == protoTCP:
		at = 16
	case proto == protoICMPv6:
		at = 2
	default:
		return
	}
	sum := uint32(proto) + uint32(len(b))
	for _, a := range [][]byte{src, dst} {
		for i := 0; i < len(a); i += 2 {
			sum += uint32(a[i])<<8 | uint32(a[i+1])
		}
	}
	b[at], b[at+1] = 0, 0
	c := checksum(b, sum)
	if c == 0 && proto == protoUDP {
		c = 0xffff
	}
	binary.BigEndian.PutUint16(b[at:], c)
}
