package packet

// ppp strips address and control (RFC 1662), which may have been compressed
// away, and the protocol, of which one byte may have been (RFC 1661, 6.5).
func (c *cursor) ppp() layer {
	c.encap |= EncapPPP
	if len(c.rest) >= 2 && c.rest[0] == 0xff && c.rest[1] == 0x03 {
		c.skip(2)
	}
	if len(c.rest) < 1 {
		return c.ignore(ReasonShortFrame)
	}
	if c.rest[0]&1 != 0 {
		t := uint16(c.rest[0])
		c.skip(1)
		return layerOfPPP(t)
	}
	if len(c.rest) < 2 {
		return c.ignore(ReasonShortFrame)
	}
	t := be16(c.rest)
	c.skip(2)
	return layerOfPPP(t)
}

// pppoe strips the header of a session frame (RFC 2516, 4).
func (c *cursor) pppoe(p *Packet) layer {
	if len(c.rest) < 6 {
		return c.ignore(ReasonShortFrame)
	}
	versionType, code, session, length := c.rest[0], c.rest[1], be16(c.rest[2:]), int(be16(c.rest[4:]))
	c.skip(6)
	if versionType != 0x11 {
		return c.ignore(ReasonBadTunnel)
	}
	if code != 0 { // discovery
		return layerNotIP
	}
	c.limit(length)
	return c.enter(p, TunnelPPPoE, uint32(session), layerPPP)
}

// direction strips the byte in front of a frame that holds its direction.
func (c *cursor) direction(next layer) layer {
	if len(c.rest) < 1 {
		return c.ignore(ReasonShortFrame)
	}
	c.skip(1)
	return next
}

// pppd strips the direction, which stands in the place of the address, and the control byte.
func (c *cursor) pppd() layer {
	if len(c.rest) < 2 {
		return c.ignore(ReasonShortFrame)
	}
	c.skip(2)
	return layerPPP
}

// ciscoHDLC strips address, control and protocol, which is an EtherType.
func (c *cursor) ciscoHDLC() layer {
	if len(c.rest) < 4 {
		return c.ignore(ReasonShortFrame)
	}
	t := be16(c.rest[2:])
	c.skip(4)
	return layerOfEtherType(t)
}

// pppHoldsIP reports whether b begins with a PPP frame, protocol field compressed or not, that holds an IP datagram.
func pppHoldsIP(b []byte, promised int) bool {
	if len(b) >= 2 && b[0] == 0xff && b[1] == 0x03 {
		b, promised = b[2:], promised-2
	}
	switch {
	case len(b) < 2:
	case b[0] == 0x21:
		return holdsIPv4(b[1:], promised-1)
	case b[0] == 0x57:
		return holdsIPv6(b[1:], promised-1)
	case be16(b) == pppIPv4:
		return holdsIPv4(b[2:], promised-2)
	case be16(b) == pppIPv6:
		return holdsIPv6(b[2:], promised-2)
	}
	return false
}
