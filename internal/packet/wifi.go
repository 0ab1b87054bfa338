package packet

// Bits of the frame control field, its two bytes (IEEE 802.11-2020, 9.2.4.1).
const (
	wifiType      = 0x0c
	wifiData      = 0x08
	wifiNull      = 0x40 // of a data frame: without data
	wifiQoS       = 0x80 // of a data frame
	wifiToDS      = 0x01
	wifiFromDS    = 0x02
	wifiFragment  = 0x04 // more follow
	wifiProtected = 0x40
	wifiOrder     = 0x80
)

// wifi strips the header of an IEEE 802.11 data frame. Frames are not joined from their pieces, and protected ones are not
// decrypted; where the radio has decrypted one and left the flag, the LLC header shows it.
func (c *cursor) wifi() layer {
	b := c.rest
	if len(b) < 2 {
		return c.ignore(ReasonShortFrame)
	}
	c.encap |= EncapWiFi
	control, flags := b[0], b[1]
	if control&3 != 0 || control&wifiType != wifiData || control&wifiNull != 0 {
		return c.ignore(ReasonWiFiControl)
	}
	length, aggregated := 24, false
	if len(b) < length {
		return c.ignore(ReasonShortFrame)
	}
	sequence := uint16(b[22]) | uint16(b[23])<<8
	if flags&(wifiToDS|wifiFromDS) == wifiToDS|wifiFromDS {
		length += 6
	}
	if control&wifiQoS != 0 {
		if len(b) < length+2 {
			return c.ignore(ReasonShortFrame)
		}
		aggregated = b[length]&0x80 != 0
		length += 2
		if flags&wifiOrder != 0 {
			length += 4
		}
	}
	if len(b) < length {
		return c.ignore(ReasonShortFrame)
	}
	c.skip(length)
	switch {
	case flags&wifiProtected != 0 && !isDecrypted(c.rest):
		return c.ignore(ReasonEncryptedWiFi)
	case flags&wifiFragment != 0 || sequence&0x0f != 0:
		return c.ignore(ReasonWiFiFragment)
	case aggregated:
		return layerAggregate
	}
	return layerLLC
}

// isDecrypted reports whether a body begins in clear: with an LLC header and a SNAP header without organisation, or with a frame
// of an aggregate that does.
func isDecrypted(b []byte) bool {
	const subframe = 14
	return isSNAP(b) || len(b) > subframe && isSNAP(b[subframe:])
}

// isSNAP reports whether b begins with the LLC and SNAP headers of an EtherType.
func isSNAP(b []byte) bool {
	return len(b) >= 8 && be32(b) == 0xaaaa0300 && be16(b[4:]) == 0
}

// llc strips an LLC header and a SNAP header with an EtherType (RFC 1042).
func (c *cursor) llc() layer {
	if len(c.rest) < 8 {
		return c.ignore(ReasonShortFrame)
	}
	if !isSNAP(c.rest) {
		return layerNotIP
	}
	t := be16(c.rest[6:])
	c.skip(8)
	return layerOfEtherType(t)
}

// aggregate goes into the first frame of an A-MSDU (IEEE 802.11-2020, 9.3.2.2) and leaves the others to Next.
func (c *cursor) aggregate(p *Packet) layer {
	const header = 14
	b := c.rest
	if len(b) < header {
		return c.ignore(ReasonShortFrame)
	}
	length := int(be16(b[12:]))
	if whole := (header + length + 3) &^ 3; whole+header < len(b) {
		p.more, p.moreEncap, p.moreDepth, p.moreRealm = b[whole:], c.encap, c.depth, c.realm
	}
	c.skip(header)
	c.limit(length)
	return layerLLC
}

// Next walks the next part of an aggregated wireless frame: a datagram of its own. It returns false when there is none, as of
// every other frame.
func (p *Packet) Next() (Verdict, bool) {
	if p.more == nil {
		return VerdictIgnored, false
	}
	c := cursor{rest: p.more, promised: len(p.more), encap: p.moreEncap, depth: p.moreDepth, realm: p.moreRealm}
	p.more = nil
	clear(p.Outer.Path[c.depth:])
	return c.walk(p, layerAggregate), true
}
