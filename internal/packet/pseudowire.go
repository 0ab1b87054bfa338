package packet

// mpls strips a whole label stack (RFC 3032, 2.1). Labels do not say what they carry, so the content does: an IP datagram, or
// the Ethernet frame of a pseudowire (RFC 4448) with or without a control word (RFC 4385) in front. The address in a frame may
// begin like an IP header, so that a datagram or a frame that is whole decides before the version does.
func (c *cursor) mpls(p *Packet) layer {
	var label uint32
	for bottom := false; !bottom; {
		if len(c.rest) < 4 {
			return c.ignore(ReasonShortFrame)
		}
		word := be32(c.rest)
		label, bottom = word>>12, word&0x100 != 0
		c.skip(4)
	}
	const controlWord = 4
	b := c.rest
	switch {
	case holdsIP(b, c.promised):
		return c.enter(p, TunnelMPLS, label, layerRawIP)
	case len(b) >= controlWord && b[0]>>4 == 0 && isPseudowire(b[controlWord:], c.promised-controlWord, be32(b) == 0):
		c.skip(controlWord)
		return c.enter(p, TunnelPseudowire, label, layerEthernet)
	case isPseudowire(b, c.promised, false):
		return c.enter(p, TunnelPseudowire, label, layerEthernet)
	}
	return c.enter(p, TunnelMPLS, label, layerRawIP)
}

// isPseudowire reports whether b begins with an Ethernet frame. Where an empty control word in front of it speaks for one, it
// may hold what holdsEthernet does not look into.
func isPseudowire(b []byte, promised int, empty bool) bool {
	return holdsEthernet(b, promised) || empty && mayBeEthernet(b)
}
