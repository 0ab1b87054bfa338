package packet

// teredoPort is the UDP port of Teredo servers and relays (RFC 4380, 2.7).
const teredoPort = 3544

// isTeredo tells IPv6 in UDP from anything else: an IPv6 header whose length is just that of the datagram. On another port than
// that of Teredo one of the addresses must be a Teredo address (2001::/32) in addition, and nothing may stand in front.
func isTeredo(b []byte, promised int, port bool) bool {
	n := 0
	if port {
		var ok bool
		if n, ok = teredoHead(b); !ok {
			return false
		}
	}
	const prefix = 0x20010000
	b, promised = b[n:], promised-n
	if !holdsIPv6(b, promised) || int(be16(b[4:]))+40 != promised {
		return false
	}
	return port || be32(b[8:]) == prefix || be32(b[24:]) == prefix
}

// teredoHead returns the length of the authentication and the origin indication in front of the IPv6 header (RFC 4380, 5.1.1).
func teredoHead(b []byte) (n int, ok bool) {
	const authentication, origin = 0x0001, 0x0000
	if len(b) >= 4 && be16(b) == authentication {
		n = 4 + int(b[2]) + int(b[3]) + 8 + 1 // identifier and value, then nonce and confirmation
	}
	if len(b) >= n+8 && be16(b[n:]) == origin {
		n += 8
	}
	return n, n < len(b)
}

// teredo strips what stands in front of the IPv6 header.
func (c *cursor) teredo(p *Packet) layer {
	if c.rest[0]>>4 != 6 {
		n, _ := teredoHead(c.rest)
		c.skip(n)
	}
	return c.enter(p, TunnelTeredo, 0, layerIPv6)
}
