package packet

// isGTP distinguishes a GTP-U header at the start of a datagram of the GTP-U port from
// anything else sent there: version 1, protocol type GTP, and a length that
// fits. The first byte of a SIP message is a letter and never passes.
func isGTP(b []byte, promised int) bool {
	return len(b) >= 8 && b[0]&0xf0 == 0x30 && int(be16(b[2:]))+8 <= promised
}

// gtp strips the GTP-U header and its extension headers (3GPP TS 29.281, 5).
// Only a G-PDU carries a user's datagram.
func (c *cursor) gtp(p *Packet) layer {
	const (
		flagE, flagS, flagPN = 0x04, 0x02, 0x01
		typeGPDU             = 255
	)
	flags, kind, length, teid := c.rest[0], c.rest[1], int(be16(c.rest[2:])), be32(c.rest[4:])
	c.skip(8)
	c.limit(length)
	if kind != typeGPDU {
		return c.ignore(ReasonTunnelControl)
	}
	if flags&(flagE|flagS|flagPN) != 0 {
		if len(c.rest) < 4 {
			return c.short(ReasonBadTunnel)
		}
		next := c.rest[3]
		c.skip(4)
		if flags&flagE == 0 { // the field is there but means nothing
			next = 0
		}
		for next != 0 {
			if len(c.rest) < 1 {
				return c.short(ReasonBadTunnel)
			}
			n := 4 * int(c.rest[0])
			if n == 0 {
				return c.ignore(ReasonBadTunnel)
			}
			if len(c.rest) < n {
				return c.short(ReasonBadTunnel)
			}
			next = c.rest[n-1]
			c.skip(n)
		}
	}
	return c.enter(p, TunnelGTP, teid, layerRawIP)
}
