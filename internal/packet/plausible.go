package packet

// What a header carries is not always written in front of it. The functions of this file tell by the content: those that
// begin with "holds" look at lengths and checksums, which other bytes have by chance once in millions of times; mayBeEthernet is
// for where a port and a header have already said that a frame follows.

// holdsIP reports whether b begins with an IP datagram.
func holdsIP(b []byte, promised int) bool {
	return holdsIPv4(b, promised) || holdsIPv6(b, promised)
}

// holdsIPv4 reports whether b begins with an IPv4 header whose lengths fit into promised bytes and whose checksum is right.
func holdsIPv4(b []byte, promised int) bool {
	if len(b) < 20 || b[0]>>4 != 4 {
		return false
	}
	header, total := int(b[0]&0x0f)*4, int(be16(b[2:]))
	return header >= 20 && header <= len(b) && total >= header && total <= promised && onesSum(0, b[:header]) == 0xffff
}

// holdsIPv6 reports whether b begins with an IPv6 header whose length fits into promised bytes, which no multicast group sent
// and which carries something that is known.
func holdsIPv6(b []byte, promised int) bool {
	if len(b) < 40 || b[0]>>4 != 6 || int(be16(b[4:]))+40 > promised || b[7] == 0 || b[8] == 0xff {
		return false
	}
	switch b[6] {
	case protoUDP, protoTCP, protoICMPv6, protoHopByHop, protoFragment, protoDestination, protoRouting, protoIPv4, protoIPv6,
		protoGRE, protoESP, protoAuthentication, protoSCTP, protoNone:
		return true
	}
	return false
}

// holdsEthernet reports whether b begins with an Ethernet frame, tagged up to three times, that holds an IP datagram or ARP.
func holdsEthernet(b []byte, promised int) bool {
	const header, tag, tags = 14, 4, 3
	for at, n := header, 0; n <= tags && len(b) >= at; at, n = at+tag, n+1 {
		switch be16(b[at-2:]) {
		case etherIPv4:
			return holdsIPv4(b[at:], promised-at)
		case etherIPv6:
			return holdsIPv6(b[at:], promised-at)
		case etherARP: // over Ethernet, for IPv4
			return len(b) >= at+4 && be32(b[at:]) == 0x00010800
		case etherVLAN, etherQinQ:
		default:
			return false
		}
	}
	return false
}

// mayBeEthernet reports whether the type in an Ethernet header is one in use, and an IP header after it has the version that
// the type says. It returns false of less than a header.
func mayBeEthernet(b []byte) bool {
	const header = 14
	if len(b) < header {
		return false
	}
	t := be16(b[header-2:])
	inside := b[header:]
	switch t {
	case etherIPv4:
		return len(inside) == 0 || inside[0]>>4 == 4
	case etherIPv6:
		return len(inside) == 0 || inside[0]>>4 == 6
	case etherLLDP, etherARP:
		return true
	}
	return t < 0x600 || layerOfEtherType(t) != layerNotIP
}

// onesSum adds b to a sum of 16-bit words in ones' complement (RFC 1071). Over a header or datagram with its checksum, the
// result is 0xffff.
func onesSum(sum uint32, b []byte) uint32 {
	for ; len(b) >= 2; b = b[2:] {
		sum += uint32(be16(b))
	}
	if len(b) == 1 {
		sum += uint32(b[0]) << 8
	}
	for sum > 0xffff {
		sum = sum>>16 + sum&0xffff
	}
	return sum
}

// isText reports whether b begins with eight bytes of text.
func isText(b []byte) bool {
	if len(b) < 8 {
		return false
	}
	for _, c := range b[:8] {
		if c < 0x09 || c > 0x7e {
			return false
		}
	}
	return true
}

// isSTUN reports whether b has the magic cookie of STUN in its place (RFC 8489, 5).
func isSTUN(b []byte) bool { return len(b) >= 8 && be32(b[4:]) == 0x2112a442 }
