package packet

import (
	"bytes"
	"encoding/binary"
)

// The builders below add to those of build_test.go what is told by its content: IPv4 headers have their checksum.

// summed fills in the checksum of an IPv4 header without options.
func summed(ip []byte) []byte {
	b := bytes.Clone(ip)
	b[10], b[11] = 0, 0
	binary.BigEndian.PutUint16(b[10:], ^uint16(onesSum(0, b[:20])))
	return b
}

// outer4 is an IPv4 datagram between the ends of a tunnel.
func outer4(proto int, payload []byte) []byte {
	b := ip4(proto, payload)
	copy(b[12:], []byte{198, 51, 100, 1, 198, 51, 100, 2})
	return summed(b)
}

func outerUDP(port int, payload []byte) []byte { return outer4(17, udp(33333, port, payload)) }

var (
	inner4   = summed(user4)
	frame4   = mac(0x0800, inner4)
	frame6   = mac(0x86dd, user6)
	innerPPP = join(u16(0xff03), u16(0x0021), inner4)
)

// mac is an Ethernet header with addresses that begin like the header of IPv4 and of IPv6.
func mac(kind int, payload []byte) []byte {
	return join([]byte{0x45, 0, 0, 0, 0, 2, 0x60, 0, 0, 0, 0, 1}, u16(kind), payload)
}

func vxlan(flags, next int, vni uint32, payload []byte) []byte {
	return join([]byte{byte(flags), 0, 0, byte(next)}, u32(vni<<8), payload)
}

func geneve(kind int, options, payload []byte) []byte {
	return join([]byte{byte(len(options) / 4), 0}, u16(kind), u32(5001<<8), options, payload)
}

func tzsp(kind, protocol int, tags, payload []byte) []byte {
	return join([]byte{1, byte(kind)}, u16(protocol), tags, payload)
}

// gre is a GRE header with sequence number where it is given.
func gre(kind int, sequence bool, payload []byte) []byte {
	if sequence {
		return join(u16(0x1000), u16(kind), u32(9), payload)
	}
	return join(u16(0), u16(kind), payload)
}

func erspan2(session int, payload []byte) []byte {
	return join(u16(0x1064), u16(session), u32(3), payload)
}

func erspan3(session, flags int, payload []byte) []byte {
	return join(u16(0x2064), u16(session), u32(1), u16(0), u16(flags), payload)
}

// espOf is an ESP packet without encryption around what protocol next says, with a check value of so many bytes.
func espOf(next, iv, value int, payload []byte) []byte {
	b := bytes.Clone(payload)
	for pad := byte(1); (len(b)+2)%4 != 0; pad++ {
		b = append(b, pad)
	}
	b = append(b, byte(len(b)-len(payload)), byte(next))
	return join(u32(0xc1234567), u32(1), noise(iv), b, noise(value))
}

// noise is what a check value looks like.
func noise(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i*89 + 131)
	}
	return b
}

// checked fills in the checksum of a UDP datagram (at 6) or TCP segment (at 16) between the addresses of ip4 or ip6.
func checked(b []byte, proto, at int, src, dst string) []byte {
	b = bytes.Clone(b)
	b[at], b[at+1] = 0, 0
	sum := onesSum(onesSum(uint32(proto)+uint32(len(b)), addr(src)), addr(dst))
	binary.BigEndian.PutUint16(b[at:], ^uint16(onesSum(sum, b)))
	return b
}

// wifi is a data frame with these first two bytes, and the bytes between its header and the payload.
func wifi(control, flags int, more, payload []byte) []byte {
	return join([]byte{byte(control), byte(flags)}, zeros(20), []byte{0x50, 0x12}, more, payload)
}

func snap(kind int, payload []byte) []byte {
	return join([]byte{0xaa, 0xaa, 3, 0, 0, 0}, u16(kind), payload)
}

// subframe is one frame of an A-MSDU, padded unless it is the last one.
func subframe(last bool, payload []byte) []byte {
	b := join(zeros(12), u16(len(payload)), payload)
	for !last && len(b)%4 != 0 {
		b = append(b, 0)
	}
	return b
}

func radiotap(flags int, payload []byte) []byte {
	// Two words of fields: time, flags and rate in the first, nothing in the second.
	return join([]byte{0, 0, 26, 0}, []byte{7, 0, 0, 0x80}, zeros(4), zeros(4), zeros(8), []byte{byte(flags), 2}, payload)
}

func ppi(link int, payload []byte) []byte {
	return join([]byte{0, 0, 12, 0, byte(link), 0, 0, 0}, zeros(4), payload)
}
