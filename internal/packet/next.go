package packet

// The link types that are walked, by their number in the LINKTYPE_ registry of
// tcpdump.org.
const (
	LinkNull        = 0   // BSD loopback, address family in the byte order of the capturing host
	LinkEthernet    = 1   //
	LinkPPP         = 9   //
	LinkRawBSD      = 12  // raw IP, as DLT_RAW on most systems
	LinkRawOther    = 14  // raw IP, as DLT_RAW on OpenBSD
	LinkPPPHDLC     = 50  // PPP in HDLC-like framing
	LinkPPPoE       = 51  // PPP over Ethernet, session frames
	LinkRaw         = 101 // raw IP, version by its first bits
	LinkCiscoHDLC   = 104 //
	LinkWiFi        = 105 // IEEE 802.11
	LinkLoop        = 108 // OpenBSD loopback, address family in network byte order
	LinkSLL         = 113 // Linux "cooked" capture
	LinkPrism       = 119 // IEEE 802.11 after a Prism header
	LinkRadiotap    = 127 // IEEE 802.11 after a radiotap header
	LinkAVS         = 163 // IEEE 802.11 after an AVS header
	LinkPPPD        = 166 // PPP with a direction in the place of the address
	LinkPPI         = 192 // Per-Packet Information, which holds the link type
	LinkPPPWithDir  = 204 // PPP after a direction
	LinkHDLCWithDir = 205 // Cisco HDLC after a direction
	LinkIPv4        = 228 //
	LinkIPv6        = 229 //
	LinkSLL2        = 276 // Linux "cooked" capture, version 2
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
	case LinkPPPD:
		return layerPPPD
	case LinkPPPWithDir:
		return layerPPPWithDir
	case LinkCiscoHDLC:
		return layerCiscoHDLC
	case LinkHDLCWithDir:
		return layerHDLCWithDir
	case LinkWiFi:
		return layerWiFi
	case LinkRadiotap:
		return layerRadiotap
	case LinkPrism, LinkAVS:
		return layerPrism
	case LinkPPI:
		return layerPPI
	}
	return layerUnknownLink
}

// layerOfEtherType says what an EtherType announces (IEEE registry). GRE and
// the cooked captures use the same numbers.
func layerOfEtherType(t uint16) layer {
	switch t {
	case etherIPv4:
		return layerIPv4
	case etherIPv6:
		return layerIPv6
	case etherVLAN:
		return layerVLAN
	case etherQinQ, 0x9100, 0x9200:
		return layerQinQ
	case etherMPLS, etherMPLSMulticast:
		return layerMPLS
	case etherPPPoE:
		return layerPPPoE
	case etherBridged: // transparent Ethernet bridging (RFC 1701)
		return layerEthernet
	case 0x880b: // PPP in GRE (RFC 2637)
		return layerPPP
	case etherVNTag:
		return layerVNTag
	case etherETag:
		return layerETag
	case etherARP, 0x8035:
		return layerARP
	}
	return layerNotIP // PPPoE discovery (0x8863) and 802.3 lengths among them
}

// layerOfPPP says what a PPP protocol number announces (IANA registry).
func layerOfPPP(t uint16) layer {
	switch t {
	case pppIPv4:
		return layerIPv4
	case pppIPv6:
		return layerIPv6
	case pppMPLS, pppMPLSMulticast:
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
	case protoESP:
		return layerESP
	case protoL2TP:
		return layerL2TPv3
	}
	return layerOtherTransport
}

// EtherTypes (IEEE registry) that are named in more than one place.
const (
	etherIPv4          = 0x0800
	etherARP           = 0x0806
	etherBridged       = 0x6558
	etherVLAN          = 0x8100
	etherIPv6          = 0x86dd
	etherMPLS          = 0x8847
	etherMPLSMulticast = 0x8848
	etherPPPoE         = 0x8864
	etherQinQ          = 0x88a8
	etherLLDP          = 0x88cc
	etherVNTag         = 0x8926
	etherETag          = 0x893f
)

// PPP protocol numbers (IANA registry).
const (
	pppIPv4          = 0x0021
	pppMultilink     = 0x003d
	pppIPv6          = 0x0057
	pppCompressed    = 0x00fd
	pppMPLS          = 0x0281
	pppMPLSMulticast = 0x0283
	pppIPCP          = 0x8021
	pppIPv6CP        = 0x8057
	pppCCP           = 0x80fd
	pppLCP           = 0xc021
	pppPAP           = 0xc023
	pppCHAP          = 0xc223
	pppEAP           = 0xc227
)

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
	protoESP            = 50
	protoAuthentication = 51
	protoICMPv6         = 58
	protoNone           = 59
	protoDestination    = 60
	protoL2TP           = 115
	protoSCTP           = 132
	protoMobility       = 135
	protoMPLS           = 137
	protoHIP            = 139
	protoShim6          = 140
)
