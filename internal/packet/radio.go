package packet

// radiotap strips the header that the radio of a wireless network puts in front of a frame (radiotap.org). Of its fields only
// the flags are read: whether the checksum of the frame was wrong, and whether its header was padded.
func (c *cursor) radiotap() layer {
	const padded, bad = 0x20, 0x40
	b, failed := c.capturedHeader()
	if b == nil {
		return failed
	}
	flags := radioFlags(b)
	c.skip(len(b))
	switch {
	case flags&bad != 0:
		return c.ignore(ReasonWiFiDamaged)
	case flags&padded != 0:
		return layerWiFiPadded
	}
	return layerWiFi
}

// radioFlags returns the flags of a radiotap header, 0 if it has none. They are the second field, after a time of eight bytes;
// which fields there are is in words of 32 bits, of which the last bit says that another one follows.
func radioFlags(b []byte) byte {
	const time, flags, another = 1 << 0, 1 << 1, 0x80
	present := b[4]
	at := 8
	for i := 7; b[i]&another != 0; i += 4 {
		if at += 4; at > len(b) {
			return 0
		}
	}
	if present&time != 0 {
		at = (at+7)&^7 + 8
	}
	if present&flags == 0 || at >= len(b) {
		return 0
	}
	return b[at]
}

// padded reads a frame whose header is followed by zero bytes up to a multiple of four.
func (c *cursor) wifiPadded() layer {
	before := len(c.rest)
	next := c.wifi()
	if next == endIgnored {
		return next
	}
	if odd := (before - len(c.rest)) & 3; odd != 0 {
		if len(c.rest) < 4-odd {
			return c.ignore(ReasonShortFrame)
		}
		c.skip(4 - odd)
	}
	return next
}

// prism strips the header of older wireless cards: Prism, of whatever byte order the capturing host had, or AVS in its place.
func (c *cursor) prism() layer {
	const avs = 0x80211
	b := c.rest
	if len(b) < 8 {
		return c.ignore(ReasonShortFrame)
	}
	length := be32(b[4:])
	if be32(b)>>12 != avs && length > 0xffff {
		length = uint32(b[4]) | uint32(b[5])<<8
	}
	if length < 8 {
		return layerNotIP
	}
	if uint32(len(b)) < length {
		return c.ignore(ReasonShortFrame)
	}
	c.skip(int(length))
	return layerWiFi
}

// ppi strips the Per-Packet Information header, which holds the link type of what follows.
func (c *cursor) ppi() layer {
	b, failed := c.capturedHeader()
	if b == nil {
		return failed
	}
	link := uint32(b[4]) | uint32(b[5])<<8 | uint32(b[6])<<16 | uint32(b[7])<<24
	c.skip(len(b))
	if link > 0xffff {
		return layerUnknownLink
	}
	return layerOfLink(uint16(link))
}

// tzspPort is the UDP port of TZSP, by which access points and routers send what they hear.
const tzspPort = 37008

// isTZSP tells a TZSP header at the start of a datagram from anything else: version, type, a protocol in use, and tags that end
// within the datagram. No text begins so, and the length in a STUN response is never one of the protocols.
func isTZSP(b []byte, promised int) bool {
	if len(b) < 4 || b[0] != 1 || b[1] > 5 {
		return false
	}
	if isTZSPControl(b[1]) {
		return !isSTUN(b)
	}
	if layerOfTZSP(be16(b[2:])) == layerNotIP {
		return false
	}
	n, ok := tzspHeader(b)
	return ok && n <= promised
}

// isTZSPControl reports whether a message of a type carries no frame: 2 is reserved, 3 sets something, 4 keeps alive and 5
// opens a port.
func isTZSPControl(kind byte) bool { return kind > 1 }

// layerOfTZSP says what the protocol in a header announces.
func layerOfTZSP(t uint16) layer {
	switch t {
	case 1:
		return layerEthernet
	case 18:
		return layerWiFi
	case 119, 127:
		return layerPrism
	}
	return layerNotIP
}

// tzspHeader returns the length of the header and its tags, of which the last one is 1. Tag 0 is padding.
func tzspHeader(b []byte) (n int, ok bool) {
	for n = 4; n < len(b); {
		switch b[n] {
		case 0:
			n++
		case 1:
			return n + 1, true
		default:
			if n+1 >= len(b) {
				return 0, false
			}
			n += 2 + int(b[n+1])
		}
	}
	return 0, false
}

// tzsp strips the header.
func (c *cursor) tzsp(p *Packet) layer {
	if isTZSPControl(c.rest[1]) {
		return c.ignore(ReasonTunnelControl)
	}
	next := layerOfTZSP(be16(c.rest[2:]))
	n, _ := tzspHeader(c.rest)
	c.skip(n)
	return c.enter(p, TunnelTZSP, 0, next)
}

// capturedHeader returns the header that a driver has put before a frame, with its version 0 and its length in the first four
// bytes as radiotap and PPI have them; nil, and what becomes of the frame, if there is none.
func (c *cursor) capturedHeader() (header []byte, failed layer) {
	b := c.rest
	if len(b) < 8 {
		return nil, c.ignore(ReasonShortFrame)
	}
	length := int(b[2]) | int(b[3])<<8
	if b[0] != 0 || length < 8 {
		return nil, layerNotIP
	}
	if len(b) < length {
		return nil, c.ignore(ReasonShortFrame)
	}
	return b[:length], 0
}
