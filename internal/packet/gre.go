package packet

// Bits of the first two bytes of a GRE header (RFC 2784, RFC 2890, RFC 2637).
const (
	greChecksum = 0x8000
	greRouting  = 0x4000 // RFC 1701 only
	greKey      = 0x2000
	greSequence = 0x1000
	greAck      = 0x0080 // version 1 only
	greVersion  = 0x0007
)

// gre strips a GRE header of version 0, or of version 1 as PPTP uses it. Source
// routes (RFC 1701) were taken out of GRE by RFC 2784 and are not walked.
func (c *cursor) gre(p *Packet) layer {
	if len(c.rest) < 4 {
		return c.short(ReasonBadTunnel)
	}
	flags, t := be16(c.rest), be16(c.rest[2:])
	if flags&greRouting != 0 {
		return c.ignore(ReasonBadTunnel)
	}
	length := 4
	if flags&greChecksum != 0 {
		length += 4
	}
	if flags&greKey != 0 {
		length += 4
	}
	if flags&greSequence != 0 {
		length += 4
	}
	switch flags & greVersion {
	case 0:
	case 1:
		return c.pptp(p, flags, t, length)
	default:
		return c.ignore(ReasonBadTunnel)
	}
	if len(c.rest) < length {
		return c.short(ReasonBadTunnel)
	}
	var key uint32
	if flags&greKey != 0 {
		key = be32(c.rest[4+4*int(flags&greChecksum>>15):])
	}
	c.skip(length)
	if t == etherERSPAN || t == etherERSPAN3 {
		return c.erspan(p, t, flags&greSequence != 0)
	}
	return c.enter(p, TunnelGRE, key, layerOfEtherType(t))
}

// pptp strips the enhanced header (RFC 2637, 4.1). Without a sequence number
// there is no payload. The length in the key is not needed: the IP header inside
// has its own, and where the two differ that one is right.
func (c *cursor) pptp(p *Packet, flags, t uint16, length int) layer {
	if flags&greAck != 0 {
		length += 4
	}
	if flags&greKey == 0 || t != 0x880b {
		return c.ignore(ReasonBadTunnel)
	}
	if len(c.rest) < length {
		return c.short(ReasonBadTunnel)
	}
	if flags&greSequence == 0 {
		return c.ignore(ReasonTunnelControl)
	}
	call := uint32(be16(c.rest[6:]))
	c.skip(length)
	return c.enter(p, TunnelGRE, call, layerPPP)
}
