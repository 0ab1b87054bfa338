package packet

import "net/netip"

// ipv6 strips an IPv6 header and its extension headers (RFC 8200, 3 and 4). A
// payload length of 0 is that of a jumbogram (RFC 2675) or was left to
// segmentation offload: as much as was captured.
func (c *cursor) ipv6(p *Packet) layer {
	b := c.rest
	if len(b) < 40 {
		return c.ignore(ReasonShortFrame)
	}
	if b[0]>>4 != 6 {
		return c.ignore(ReasonBadIP)
	}
	c.src = netip.AddrFrom16([16]byte(b[8:24]))
	c.dst = netip.AddrFrom16([16]byte(b[24:40]))
	c.srcPort, c.dstPort, c.id = 0, 0, 0
	length := int(be16(b[4:]))
	c.skip(40)
	if length == 0 {
		length = len(c.rest)
	}
	c.limit(length)
	if b[6] == protoUDP {
		return layerUDP
	}
	return c.extensions(p, b[6])
}

// extensions strips the extension headers from the one of number next on. It
// needs no bound of its own: every header takes at least eight bytes.
func (c *cursor) extensions(p *Packet, next uint8) layer {
	for {
		ok := true
		switch next {
		case protoHopByHop, protoRouting, protoDestination, protoMobility, protoHIP, protoShim6:
			next, ok = c.option(8, 1)
		case protoAuthentication:
			next, ok = c.option(4, 2)
		case protoFragment:
			if len(c.rest) < 8 {
				ok = false
				break
			}
			b := c.rest
			c.skip(8)
			next = b[0]
			c.id = be32(b[4:])
			// A fragment that is the whole datagram (RFC 6946) is read as such.
			if place := be16(b[2:]); place&^0x0006 != 0 {
				p.Fragment = Fragment{
					Src: c.src, Dst: c.dst, Proto: next,
					ID:     c.id,
					Offset: uint32(place &^ 7),
					More:   place&1 != 0,
				}
				return endFragment
			}
		default:
			return layerOfProtocol(next)
		}
		if !ok {
			return c.short(ReasonBadIP)
		}
	}
}
