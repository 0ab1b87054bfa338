package packet

import (
	"encoding/binary"
	"net/netip"
)

// The builders below put one header each in front of what it carries.

func u16(n int) []byte    { return binary.BigEndian.AppendUint16(nil, uint16(n)) }
func u32(n uint32) []byte { return binary.BigEndian.AppendUint32(nil, n) }

func join(parts ...[]byte) (b []byte) {
	for _, p := range parts {
		b = append(b, p...)
	}
	return b
}

func zeros(n int) []byte { return make([]byte, n) }

func ether(kind int, payload []byte) []byte { return join(zeros(12), u16(kind), payload) }
func tag(kind int, payload []byte) []byte   { return join(u16(7), u16(kind), payload) }

func label(bottom bool, payload []byte) []byte {
	b := []byte{0, 1, 0, 64}
	if bottom {
		b[2] |= 1
	}
	return join(b, payload)
}

func sll(kind int, payload []byte) []byte {
	return join(zeros(2), u16(1), zeros(10), u16(kind), payload)
}
func sll2(kind int, payload []byte) []byte {
	return join(u16(kind), zeros(6), u16(1), zeros(10), payload)
}

const (
	from4, to4 = "192.0.2.1", "192.0.2.2"
	from6, to6 = "2001:db8::1", "2001:db8::2"
)

func addr(s string) []byte { return netip.MustParseAddr(s).AsSlice() }

func ip4(proto int, payload []byte) []byte { return ip4with(proto, 0, nil, payload) }

// ip4with takes flags and offset as they are in the header, and options.
func ip4with(proto, place int, options, payload []byte) []byte {
	return join([]byte{byte(0x45 + len(options)/4), 0}, u16(20+len(options)+len(payload)), u16(0x1234), u16(place),
		[]byte{64, byte(proto), 0, 0}, addr(from4), addr(to4), options, payload)
}

func ip6(next int, payload []byte) []byte {
	return join([]byte{0x60, 0, 0, 0}, u16(len(payload)), []byte{byte(next), 64}, addr(from6), addr(to6), payload)
}

// extension is an IPv6 extension header of 8*(units+1) bytes.
func extension(next, units int, payload []byte) []byte {
	return join([]byte{byte(next), byte(units)}, zeros(8*(units+1)-2), payload)
}

func fragment6(next, place int, id uint32, payload []byte) []byte {
	return join([]byte{byte(next), 0}, u16(place), u32(id), payload)
}

func udp(src, dst int, payload []byte) []byte {
	return join(u16(src), u16(dst), u16(8+len(payload)), zeros(2), payload)
}

func tcp(options, payload []byte) []byte {
	return join(u16(5061), u16(5060), u32(1000), u32(2000), []byte{byte(5+len(options)/4) << 4, byte(PSH | ACK)}, u16(512), zeros(4), options, payload)
}

func pppoe(payload []byte) []byte {
	return join([]byte{0x11, 0}, u16(7), u16(len(payload)), payload)
}

func gtp(flags, kind int, optional, payload []byte) []byte {
	return join([]byte{byte(0x30 | flags), byte(kind)}, u16(len(optional)+len(payload)), u32(99), optional, payload)
}
