package packet

// The link types that are walked, by their number in the LINKTYPE_ registry of
// tcpdump.org.
const (
	LinkNull     = 0   // BSD loopback, address family in the byte order of the capturing host
	LinkEthernet = 1   //
	LinkPPP      = 9   //
	LinkRawBSD   = 12  // raw IP, as DLT_RAW on most systems
	LinkRawOther = 14  // raw IP, as DLT_RAW on OpenBSD
	LinkPPPHDLC  = 50  // PPP in HDLC-like framing
	LinkPPPoE    = 51  // PPP over Ethernet, session frames
	LinkRaw      = 101 // raw IP, version by its first bits
	LinkLoop     = 108 // OpenBSD loopback, address family in network byte order
	LinkSLL      = 113 // Linux "cooked" capture
	LinkIPv4     = 228 //
	LinkIPv6     = 229 //
	LinkSLL2     = 276 // Linux "cooked" capture, version 2
)

// layerOfLink says what a frame of a link type begins with.
func layerOfLink(link uint16) layer {
	switch link {
	case LinkEthernet:
		return layerEthernet
	case LinkSLL:
		return layerSLL
	case LinkSLL2:
		return layerSLL2
	case LinkRaw, LinkRawBSD, LinkRawOther:
		return layerRawIP
	case LinkIPv4:
		return layerIPv4
	case LinkIPv6:
		return layerIPv6
	case LinkNull, LinkLoop:
		return layerLoopback
	case LinkPPP, LinkPPPHDLC:
		return layerPPP
	case LinkPPPoE:
		return layerPPPoE
	}
	return layerUnknownLink
}

// layerOfEtherType says what an EtherType announces (IEEE registry). GRE and
// the cooked captures use the same numbers.
func layerOfEtherType(t uint16) layer {
	switch t {
	case 0x0800:
		return layerIPv4
	case 0x86dd:
		return layerIPv6
	case 0x8100:
		return layerVLAN
	case 0x88a8, 0x9100, 0x9200:
		return layerQinQ
	case 0x8847, 0x8848:
		return layerMPLS
	case 0x8864:
		return layerPPPoE
	case 0x6558: // transparent Ethernet bridging (RFC 1701)
		return layerEthernet
	case 0x880b: // PPP in GRE (RFC 2637)
		return layerPPP
	case 0x0806, 0x8035:
		return layerARP
	}
	return layerNotIP // PPPoE discovery (0x8863) and 802.3 lengths among them
}

// layerOfPPP says what a PPP protocol number announces (IANA registry).
func layerOfPPP(t uint16) layer {
	switch t {
	case 0x0021:
		return layerIPv4
	case 0x0057:
		return layerIPv6
	case 0x0281, 0x0283:
		return layerMPLS
	}
	return layerNotIP // LCP, IPCP, compressed headers
}

// layerOfProtocol says what an IP protocol number announces (IANA registry).
// The extension headers of IPv6 are not in it: see extensions.
func layerOfProtocol(proto uint8) layer {
	switch proto {
	case protoUDP:
		return layerUDP
	case protoTCP:
		return layerTCP
	case protoICMP:
		return layerICMP
	case protoICMPv6:
		return layerICMPv6
	case protoIPv4:
		return layerIPIP
	case protoIPv6:
		return layer6in4
	case protoGRE:
		return layerGRE
	case protoMPLS:
		return layerMPLS
	case protoAuthentication:
		return layerAuthentication
	case protoIGMP:
		return layerIGMP
	case protoSCTP:
		return layerSCTP
	}
	return layerOtherTransport
}

// IP protocol numbers (IANA registry).
const (
	protoHopByHop       = 0
	protoICMP           = 1
	protoIGMP           = 2
	protoIPv4           = 4
	protoTCP            = 6
	protoUDP            = 17
	protoIPv6           = 41
	protoRouting        = 43
	protoFragment       = 44
	protoGRE            = 47
	protoAuthentication = 51
	protoICMPv6         = 58
	protoDestination    = 60
	protoSCTP           = 132
	protoMobility       = 135
	protoMPLS           = 137
	protoHIP            = 139
	protoShim6          = 140
)

// gtpPort is the UDP port of GTP-U on both ends (3GPP TS 29.281, 4.4.2).
const gtpPort = 2152
