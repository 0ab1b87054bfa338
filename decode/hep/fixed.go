package hep

import (
	"encoding/binary"
	"net/netip"
	"time"
)

// The header of versions 1 and 2: version, its length, address family, IP protocol and two ports, then two addresses; in version 2
// then the time, as seconds, microseconds and the number of the agent, padded to twelve bytes.
const (
	fixedHeader = 8
	fixedTime   = 12
	lengthIPv4  = fixedHeader + 2*4
	lengthIPv6  = fixedHeader + 2*16
)

// Numbers of address families on systems that agents run on.
const familyIPv4 = 2

func isIPv6Family(f byte) bool {
	switch f {
	case 10, 24, 26, 28, 30: // Linux; NetBSD and OpenBSD; Solaris; FreeBSD; macOS
		return true
	}
	return false
}

func (p *Packet) parseFixed(b []byte) Fault {
	if len(b) < fixedHeader {
		return NotHEP
	}
	length := lengthIPv4
	switch family := b[2]; {
	case family == familyIPv4:
	case isIPv6Family(family):
		length = lengthIPv6
	default:
		return NotHEP
	}
	// Some agents count the time as a part of the header, and some do not.
	if n := int(b[1]); n != length && (b[0] == 1 || n != length+fixedTime) {
		return NotHEP
	}
	payload := length
	if b[0] == 2 {
		payload += fixedTime
	}
	if len(b) < payload {
		return Cut
	}
	size := (length - fixedHeader) / 2
	src, _ := netip.AddrFromSlice(b[fixedHeader : fixedHeader+size])
	dst, _ := netip.AddrFromSlice(b[fixedHeader+size : length])
	p.Version, p.Protocol, p.IPProtocol = b[0], SIP, b[3]
	p.Src = netip.AddrPortFrom(src, binary.BigEndian.Uint16(b[4:]))
	p.Dst = netip.AddrPortFrom(dst, binary.BigEndian.Uint16(b[6:]))
	if b[0] == 2 {
		p.readTime(b[length:payload])
	}
	p.Payload = b[payload:]
	return Whole
}

// readTime reads the time of version 2, which agents write in the byte order of their machines.
func (p *Packet) readTime(b []byte) {
	for _, order := range [...]binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
		if seconds := order.Uint32(b); isRecent(seconds) {
			p.Time = unixTime(seconds, order.Uint32(b[4:]))
			p.Node, p.HasNode = uint32(order.Uint16(b[8:])), true
			return
		}
	}
}

// isRecent reports whether a time of version 2 can be one: the protocol was not there before 2010.
func isRecent(seconds uint32) bool {
	const day = 24 * time.Hour / time.Second
	return seconds > uint32(40*365*day) && seconds < 1<<31
}
