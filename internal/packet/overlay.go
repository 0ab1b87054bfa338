package packet

// The UDP ports of overlay networks, in the direction of the tunnel's end: the source port is a hash of the flow inside.
const (
	vxlanPort      = 4789 // RFC 7348
	vxlanPortLinux = 8472 // what Linux took before there was a number
	vxlanPortGPE   = 4790
	genevePort     = 6081 // RFC 8926
)

// Flags in the first byte of a VXLAN header (RFC 7348, draft-ietf-nvo3-vxlan-gpe, draft-smith-vxlan-group-policy).
const (
	vxlanPolicy = 0x80 // a group policy stands in the second word half
	vxlanVNI    = 0x08
	vxlanNext   = 0x04 // the fourth byte names what follows
	vxlanOAM    = 0x01
	vxlanUnused = 0x70 // reserved, or a version that is not 0
)

// isVXLAN tells a VXLAN header at the start of a datagram from anything else. On a port of VXLAN the flags decide together with
// the kind of frame inside; on another port, and where the first byte could also begin an RTP packet, the frame has to hold an IP
// datagram whose lengths and checksum are right. The first byte of a SIP message is a letter and never passes.
func isVXLAN(b []byte, promised int, port bool) bool {
	const header = 8
	if len(b) < header || b[0]&vxlanVNI == 0 || b[0]&vxlanUnused != 0 || b[7] != 0 {
		return false
	}
	switch {
	case !port || b[0]&vxlanPolicy != 0:
		return b[0]&^vxlanPolicy == vxlanVNI && (b[0]&vxlanPolicy != 0 || be16(b) == vxlanVNI<<8 && be16(b[2:]) == 0) &&
			holdsEthernet(b[header:], promised-header)
	case b[0]&vxlanNext != 0:
		return nextOfVXLAN(b[3]) != layerNotIP && be16(b[1:]) == 0
	}
	return mayBeEthernet(b[header:])
}

// nextOfVXLAN says what the generic protocol extension announces.
func nextOfVXLAN(next uint8) layer {
	switch next {
	case 1:
		return layerIPv4
	case 2:
		return layerIPv6
	case 3:
		return layerEthernet
	case 5:
		return layerMPLS
	}
	return layerNotIP
}

// vxlan strips the header.
func (c *cursor) vxlan(p *Packet) layer {
	flags, next, vni := c.rest[0], c.rest[3], be32(c.rest[4:])>>8
	c.skip(8)
	switch {
	case flags&vxlanNext == 0:
		return c.enter(p, TunnelVXLAN, vni, layerEthernet)
	case flags&vxlanOAM != 0:
		return c.ignore(ReasonTunnelControl)
	}
	return c.enter(p, TunnelVXLAN, vni, nextOfVXLAN(next))
}

// isGeneve tells a Geneve header (RFC 8926, 3.4) from anything else: version, reserved bits, protocol and length, and that what
// follows begins as the protocol says.
func isGeneve(b []byte, promised int) bool {
	const header = 8
	if len(b) < header || b[0]>>6 != 0 || b[1]&0x3f != 0 || b[7] != 0 {
		return false
	}
	length := header + 4*int(b[0]&0x3f)
	if length > promised {
		return false
	}
	inside := b[min(length, len(b)):]
	switch next := be16(b[2:]); {
	case next == etherBridged:
		return mayBeEthernet(inside)
	case next == etherIPv4:
		return len(inside) == 0 || inside[0]>>4 == 4
	case next == etherIPv6:
		return len(inside) == 0 || inside[0]>>4 == 6
	default:
		return next == etherMPLS
	}
}

// geneve strips the header and its options. A packet with the flag O speaks to the tunnel's end.
func (c *cursor) geneve(p *Packet) layer {
	const control = 0x80
	length, flags, next, vni := 8+4*int(c.rest[0]&0x3f), c.rest[1], be16(c.rest[2:]), be32(c.rest[4:])>>8
	if len(c.rest) < length {
		return c.short(ReasonBadTunnel)
	}
	c.skip(length)
	if flags&control != 0 {
		return c.ignore(ReasonTunnelControl)
	}
	return c.enter(p, TunnelGeneve, vni, layerOfEtherType(next))
}
