package packet

import "net/netip"

// rawIP reads the version.
func (c *cursor) rawIP() layer {
	if len(c.rest) == 0 {
		return c.ignore(ReasonShortFrame)
	}
	switch c.rest[0] >> 4 {
	case 4:
		return layerIPv4
	case 6:
		return layerIPv6
	}
	return layerNotIP
}

// inner goes into a datagram inside a datagram. Protocol 41 after IPv6 is the
// generic tunnel of RFC 2473, not 6in4.
func (c *cursor) inner(p *Packet, tunnel Tunnel) layer {
	if tunnel == Tunnel6in4 && c.src.Is6() {
		tunnel = TunnelIPIP
	}
	return c.enter(p, tunnel, 0, layerRawIP)
}

// ipv4 strips an IPv4 header and its options (RFC 791, 3.1). The header
// checksum is not checked: a capture on the sending host holds it unset.
func (c *cursor) ipv4(p *Packet) layer {
	b := c.rest
	if len(b) < 20 {
		return c.ignore(ReasonShortFrame)
	}
	header := int(b[0]&0x0f) * 4
	total := int(be16(b[2:]))
	if total == 0 { // left to segmentation offload: as much as was captured
		total = len(b)
	}
	if b[0]>>4 != 4 || header < 20 || total < header {
		return c.ignore(ReasonBadIP)
	}
	if len(b) < header {
		return c.ignore(ReasonShortFrame)
	}
	c.src = netip.AddrFrom4([4]byte(b[12:16]))
	c.dst = netip.AddrFrom4([4]byte(b[16:20]))
	c.srcPort, c.dstPort = 0, 0
	c.id = uint32(be16(b[4:]))
	c.limit(total)
	c.skip(header)

	const moreFragments, offsetBits = 0x2000, 0x1fff
	if place := be16(b[6:]); place&(moreFragments|offsetBits) != 0 {
		p.Fragment = Fragment{
			Src: c.src, Dst: c.dst, Proto: b[9],
			ID:     c.id,
			Offset: uint32(place&offsetBits) * 8,
			More:   place&moreFragments != 0,
		}
		return endFragment
	}
	if b[9] == protoUDP {
		return layerUDP
	}
	return layerOfProtocol(b[9])
}

// authentication strips an Authentication Header (RFC 4302, 2) after IPv4.
func (c *cursor) authentication() layer {
	next, ok := c.option(4, 2)
	if !ok {
		return c.short(ReasonBadIP)
	}
	return layerOfProtocol(next)
}

// option strips a header that says what comes next in its first byte and its
// length in its second: n+extra units of unit bytes.
func (c *cursor) option(unit, extra int) (next uint8, ok bool) {
	if len(c.rest) < 2 {
		return 0, false
	}
	next = c.rest[0]
	n := unit * (int(c.rest[1]) + extra)
	if len(c.rest) < n {
		return 0, false
	}
	c.skip(n)
	return next, true
}
