package packet

// l2tpPort is the UDP port of L2TP (RFC 2661, 8.1; RFC 3931, 4.1.2). One end may use another.
const l2tpPort = 1701

// Bits of the first two bytes of an L2TP header over UDP.
const (
	l2tpControl  = 0x8000
	l2tpLength   = 0x4000
	l2tpSequence = 0x0800
	l2tpOffset   = 0x0200
	l2tpVersion  = 0x000f
	l2tpUnused   = 0x34f0
	l2tpPriority = 0x0100
)

// isL2TP tells L2TP at the start of a datagram of its port from anything else: reserved bits, lengths, and in a data message a
// PPP frame (version 2) or whatever frame or datagram layerInL2TP finds (version 3). The second byte is below 9, which no text
// holds.
func isL2TP(b []byte, promised int) bool {
	if len(b) < 12 || be16(b)&l2tpUnused != 0 {
		return false
	}
	flags := be16(b)
	version := flags & l2tpVersion
	if flags&l2tpControl != 0 {
		const must, mustNot = l2tpLength | l2tpSequence, l2tpOffset | l2tpPriority
		return (version == 2 || version == 3) && flags&must == must && flags&mustNot == 0 && int(be16(b[2:])) <= promised
	}
	if version == 3 {
		next, _ := layerInL2TP(b[8:], promised-8)
		return flags == 3 && be16(b[2:]) == 0 && be32(b[4:]) != 0 && next != layerNotIP
	}
	n, length, ok := l2tpHeader(b, promised)
	if version != 2 || !ok {
		return false
	}
	return n < len(b) && mayBePPP(b[n:min(len(b), length)])
}

// l2tpHeader returns the length of the header of a data message of version 2, and of header and content together.
func l2tpHeader(b []byte, promised int) (header, whole int, ok bool) {
	flags := be16(b)
	header, whole = 6, promised
	if flags&l2tpLength != 0 {
		whole = int(be16(b[2:]))
		header += 2
	}
	if flags&l2tpSequence != 0 {
		header += 4
	}
	if flags&l2tpOffset != 0 {
		if len(b) < header+2 {
			return 0, 0, false
		}
		header += 2 + int(be16(b[header:]))
	}
	return header, whole, header <= whole && whole <= promised
}

// l2tp strips the header of a message for which isL2TP is true.
func (c *cursor) l2tp(p *Packet) layer {
	b := c.rest
	flags := be16(b)
	switch {
	case flags&l2tpControl != 0:
		return c.ignore(ReasonTunnelControl)
	case flags&l2tpVersion == 3:
		c.skip(4)
		return c.l2tp3(p)
	}
	header, whole, _ := l2tpHeader(b, c.promised)
	ids := 2
	if flags&l2tpLength != 0 {
		ids = 4
	}
	session := be32(b[ids:]) // tunnel and session
	c.limit(whole)
	c.skip(header)
	return c.enter(p, TunnelL2TP, session, layerPPP)
}

// l2tp3 strips the session header of version 3, over UDP or IP (RFC 3931, 4.1). A session of number 0 is the control
// connection.
func (c *cursor) l2tp3(p *Packet) layer {
	if len(c.rest) < 4 {
		return c.short(ReasonBadTunnel)
	}
	session := be32(c.rest)
	if session == 0 {
		return c.ignore(ReasonTunnelControl)
	}
	c.skip(4)
	next, n := layerInL2TP(c.rest, c.promised)
	c.skip(n)
	return c.enter(p, TunnelL2TP, session, next)
}

// layerInL2TP returns what follows after the session number, and how many bytes further: the two ends have agreed on a cookie
// of 0, 4 or 8 bytes, a sublayer of 0 or 4, and on the kind of content, and no packet shows it. It is layerNotIP where no place has
// a whole datagram.
func layerInL2TP(b []byte, promised int) (next layer, at int) {
	for at = 0; at <= 12 && at < len(b); at += 4 {
		switch rest := b[at:]; {
		case holdsEthernet(rest, promised-at):
			return layerEthernet, at
		case holdsIP(rest, promised-at):
			return layerRawIP, at
		case pppHoldsIP(rest, promised-at):
			return layerPPP, at
		}
	}
	return layerNotIP, 0
}

// mayBePPP reports whether b begins with a PPP frame of a protocol in use (IANA registry).
func mayBePPP(b []byte) bool {
	if len(b) >= 2 && b[0] == 0xff && b[1] == 0x03 {
		b = b[2:]
	}
	switch {
	case len(b) < 2:
		return false
	case b[0] == 0x21:
		return b[1]>>4 == 4
	case b[0] == 0x57:
		return b[1]>>4 == 6
	}
	switch t := be16(b); t {
	case pppIPv4, pppIPv6, pppMPLS, pppMPLSMulticast, pppMultilink, pppCompressed,
		pppLCP, pppPAP, pppCHAP, pppEAP, pppIPCP, pppIPv6CP, pppCCP:
		return true
	}
	return false
}
