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
func (c *cursor) pppoe() layer {
	if len(c.rest) < 6 {
		return c.ignore(ReasonShortFrame)
	}
	versionType, code, length := c.rest[0], c.rest[1], int(be16(c.rest[4:]))
	c.skip(6)
	if versionType != 0x11 {
		return c.ignore(ReasonBadTunnel)
	}
	if code != 0 { // discovery
		return layerNotIP
	}
	c.encap |= EncapPPPoE
	c.limit(length)
	return layerPPP
}
