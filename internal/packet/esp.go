package packet

// espPort is the UDP port of ESP behind address translation (RFC 3948), shared with IKE.
const espPort = 4500

// espHeader is the length of SPI and sequence number.
const espHeader = 8

// esp strips ESP (RFC 4303) that encrypts nothing (RFC 2410). Neither the packet nor its header says so, but the content does: at
// its end stand padding, the length of that and what is carried, and the datagram in front has to agree with all of them to the byte
// and have a right checksum. Encrypted bytes come to that once in 2^40 packets or less. Where the capture was cut the end is
// missing, and nothing can be said.
func (c *cursor) esp(p *Packet) layer {
	if len(c.rest) < espHeader {
		return c.short(ReasonBadTunnel)
	}
	if c.promised > len(c.rest) {
		return c.ignore(ReasonShortFrame)
	}
	spi := be32(c.rest)
	next, at, n := c.clearESP()
	if next == layerNotIP {
		return c.ignore(ReasonEncryptedESP)
	}
	c.skip(at)
	c.limit(n)
	return c.enter(p, TunnelESP, spi, next)
}

// The lengths of the check value at the end: none, HMAC of MD5 or SHA-1 (RFC 2403, RFC 2404), HMAC of SHA-256 or GMAC (RFC
// 4868, RFC 4543), of SHA-384 and of SHA-512.
var espCheckValues = [...]int{12, 16, 0, 24, 32}

// clearESP returns what the ESP packet at the cursor carries in clear, where that begins and how long it is; layerNotIP if it
// carries nothing that can be read.
func (c *cursor) clearESP() (next layer, at, n int) {
	const gmacIV, gmacValue = 8, 16
	for _, value := range espCheckValues {
		if next, n = c.clearPayload(c.rest[espHeader:], value); next != layerNotIP {
			return next, espHeader, n
		}
	}
	if len(c.rest) > espHeader+gmacIV {
		if next, n = c.clearPayload(c.rest[espHeader+gmacIV:], gmacValue); next != layerNotIP {
			return next, espHeader + gmacIV, n
		}
	}
	return layerNotIP, 0, 0
}

// clearPayload returns what b holds in front of its trailer and a check value, and the length of that.
func (c *cursor) clearPayload(b []byte, value int) (next layer, n int) {
	end := len(b) - value
	if end < 2+8 || end%4 != 0 {
		return layerNotIP, 0
	}
	padding, carried := int(b[end-2]), b[end-1]
	n = end - 2 - padding
	if n < 8 {
		return layerNotIP, 0
	}
	for i, pad := range b[n : end-2] {
		if int(pad) != i+1 {
			return layerNotIP, 0
		}
	}
	switch b = b[:n]; carried {
	case protoIPv4:
		if holdsIPv4(b, n) && int(be16(b[2:])) == n {
			return layerIPv4, n
		}
	case protoIPv6:
		if holdsIPv6(b, n) && int(be16(b[4:]))+40 == n {
			return layerIPv6, n
		}
	case protoUDP:
		if int(be16(b[4:])) == n && (be16(b[6:]) == 0 && isText(b[8:]) || be16(b[6:]) != 0 && c.checks(b, protoUDP)) {
			return layerUDP, n
		}
	case protoTCP:
		if n >= 20 && b[12]>>4 >= 5 && b[12]&0x0e == 0 && (b[13]&byte(URG) != 0 || be16(b[18:]) == 0) && c.checks(b, protoTCP) {
			return layerTCP, n
		}
	}
	return layerNotIP, 0
}

// checks reports whether the checksum of a UDP datagram or TCP segment is right (RFC 768, RFC 9293, RFC 8200, 8.1).
func (c *cursor) checks(b []byte, proto uint8) bool {
	sum := uint32(proto) + uint32(len(b))
	if c.src.Is4() {
		src, dst := c.src.As4(), c.dst.As4()
		sum = onesSum(onesSum(sum, src[:]), dst[:])
	} else {
		src, dst := c.src.As16(), c.dst.As16()
		sum = onesSum(onesSum(sum, src[:]), dst[:])
	}
	return onesSum(sum, b) == 0xffff
}

// isESP tells ESP in a datagram of the port that it shares with IKE from anything else that may use it: IKE begins with four zero
// bytes, a keep-alive has one byte, and SIP, STUN, TURN and DTLS show by their beginning. So does RTP, and what begins like it is
// ESP where it can be read.
func (c *cursor) isESP() bool {
	const shortest, reserved = espHeader + 12, 255
	b := c.rest
	switch {
	case len(b) < shortest || c.promised%4 != 0 || be32(b) <= reserved, isText(b), isSTUN(b):
		return false
	case b[0]&0xf0 == 0x40 && (int(be16(b[2:]))+4+3)&^3 == c.promised: // ChannelData (RFC 8656, 12.4)
		return false
	case 20 <= b[0] && b[0] <= 23 && b[1] == 0xfe: // a DTLS record (RFC 6347, 4.1)
		return false
	case b[0]>>6 == 2:
		next, _, _ := c.clearESP()
		return c.promised == len(b) && next != layerNotIP
	}
	return true
}
