package packet

// EtherTypes of mirrored frames in GRE.
const (
	etherERSPAN  = 0x88be // types I and II
	etherERSPAN3 = 0x22eb
)

// erspan strips what an ERSPAN source puts between GRE and the mirrored frame: nothing (type I, which has no sequence number),
// eight bytes (II) or twelve, and eight more where a flag says so (III). Some sources send type II without a sequence number,
// so that the content decides there.
func (c *cursor) erspan(p *Packet, t uint16, sequence bool) layer {
	const (
		header2, header3, platform = 8, 12, 8
		typeII, typeIII            = 1, 2 // as the version is in the header
		ethernet, ip               = 0, 2 // frame types of type III
	)
	b := c.rest
	if t == etherERSPAN3 {
		if len(b) < header3 {
			return c.short(ReasonBadTunnel)
		}
		session, flags := uint32(be16(b[2:])&0x3ff), be16(b[10:])
		length := header3
		if flags&1 != 0 {
			length += platform
		}
		if b[0]>>4 != typeIII {
			return c.ignore(ReasonBadTunnel)
		}
		if len(b) < length {
			return c.short(ReasonBadTunnel)
		}
		c.skip(length)
		switch flags >> 10 & 0x1f {
		case ethernet:
			return c.enter(p, TunnelERSPAN, session, layerEthernet)
		case ip:
			return c.enter(p, TunnelERSPAN, session, layerRawIP)
		}
		return c.ignore(ReasonNotIP)
	}
	if !sequence && (len(b) < header2 || b[0]>>4 != typeII || holdsEthernet(b, c.promised) || !holdsEthernet(b[header2:], c.promised-header2)) {
		return c.enter(p, TunnelERSPAN, 0, layerEthernet)
	}
	if len(b) < header2 {
		return c.short(ReasonBadTunnel)
	}
	if b[0]>>4 != typeII {
		return c.ignore(ReasonBadTunnel)
	}
	session := uint32(be16(b[2:]) & 0x3ff)
	c.skip(header2)
	return c.enter(p, TunnelERSPAN, session, layerEthernet)
}
