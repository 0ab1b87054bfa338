package packet

import "net/netip"

// Walk takes the frame apart. link is the number of its link type in the
// LINKTYPE_ registry. The slices in p are subslices of data.
func (p *Packet) Walk(link uint16, data []byte) Verdict {
	p.more = nil
	c := cursor{rest: data, promised: len(data)}
	return c.walk(p, layerOfLink(link))
}

// Resume continues after the IP header of a datagram that was joined from
// fragments: payload is the joined payload, proto what its first fragment
// carries. Call it on the Packet of the last fragment: what that was found
// inside of stays in Encap and Outer, and its identification in ID.
func (p *Packet) Resume(src, dst netip.Addr, proto uint8, payload []byte) Verdict {
	c := cursor{rest: payload, promised: len(payload), src: src, dst: dst, encap: p.Encap, depth: p.Depth, realm: p.Realm, id: p.ID}
	next := layerOfProtocol(proto)
	if src.Is6() {
		next = c.extensions(p, proto)
	}
	return c.walk(p, next)
}

// maxLayers bounds a walk: as many tunnels as can be walked, and some headers in each of them. VLAN, VN-Tag, IP, UDP, VXLAN, Ethernet,
// VLAN, IP, GRE, PPP, IP, UDP, GTP, IP, UDP are fifteen.
const maxLayers = 6 * MaxTunnels

// A layer names what the bytes at the cursor are. The last ones end a walk.
type layer uint8

const (
	layerUnknownLink layer = iota
	layerEthernet
	layerVLAN
	layerQinQ
	layerMPLS
	layerSLL
	layerSLL2
	layerLoopback
	layerPPP
	layerPPPoE
	layerPPPD
	layerPPPWithDir
	layerCiscoHDLC
	layerHDLCWithDir
	layerWiFi
	layerWiFiPadded
	layerRadiotap
	layerPrism
	layerPPI
	layerLLC
	layerAggregate
	layerVNTag
	layerETag
	layerRawIP // IP, the version is in its first four bits
	layerIPv4
	layerIPv6
	layerIPIP
	layer6in4
	layerAuthentication
	layerGRE
	layerGTP
	layerVXLAN
	layerGeneve
	layerTZSP
	layerL2TP
	layerL2TPv3
	layerTeredo
	layerESP
	layerUDP
	layerTCP
	layerICMP
	layerICMPv6
	layerNotIP
	layerARP
	layerIGMP
	layerSCTP
	layerOtherTransport

	endUDP
	endTCP
	endSCTP
	endFragment
	endIgnored
)

// walk runs the layers from next on and fills p.
func (c *cursor) walk(p *Packet, next layer) Verdict {
	p.Missing, p.Quoted, p.Reason = 0, nil, ReasonNone
	for range maxLayers {
		switch next {
		case layerUnknownLink:
			next = c.ignore(ReasonUnknownLink)
		case layerEthernet:
			next = c.ethernet()
		case layerVLAN:
			next = c.vlan(EncapVLAN)
		case layerQinQ:
			next = c.vlan(EncapQinQ)
		case layerMPLS:
			next = c.mpls(p)
		case layerSLL:
			next = c.sll()
		case layerSLL2:
			next = c.sll2()
		case layerLoopback:
			next = c.loopback()
		case layerPPP:
			next = c.ppp()
		case layerPPPoE:
			next = c.pppoe(p)
		case layerPPPD:
			next = c.pppd()
		case layerPPPWithDir:
			next = c.direction(layerPPP)
		case layerCiscoHDLC:
			next = c.ciscoHDLC()
		case layerHDLCWithDir:
			next = c.direction(layerCiscoHDLC)
		case layerWiFi:
			next = c.wifi()
		case layerWiFiPadded:
			next = c.wifiPadded()
		case layerRadiotap:
			next = c.radiotap()
		case layerPrism:
			next = c.prism()
		case layerPPI:
			next = c.ppi()
		case layerLLC:
			next = c.llc()
		case layerAggregate:
			next = c.aggregate(p)
		case layerVNTag:
			next = c.portTag(4)
		case layerETag:
			next = c.portTag(6)
		case layerRawIP:
			next = c.rawIP()
		case layerIPv4:
			next = c.ipv4(p)
		case layerIPv6:
			next = c.ipv6(p)
		case layerIPIP:
			next = c.inner(p, TunnelIPIP)
		case layer6in4:
			next = c.inner(p, Tunnel6in4)
		case layerAuthentication:
			next = c.authentication()
		case layerGRE:
			next = c.gre(p)
		case layerGTP:
			next = c.gtp(p)
		case layerVXLAN:
			next = c.vxlan(p)
		case layerGeneve:
			next = c.geneve(p)
		case layerTZSP:
			next = c.tzsp(p)
		case layerL2TP:
			next = c.l2tp(p)
		case layerL2TPv3:
			next = c.l2tp3(p)
		case layerTeredo:
			next = c.teredo(p)
		case layerESP:
			next = c.esp(p)
		case layerUDP:
			next = c.udp()
		case layerTCP:
			next = c.tcp(p)
		case layerICMP:
			next = c.icmp(p, quotesV4)
		case layerICMPv6:
			next = c.icmp(p, quotesV6)
		case layerNotIP:
			next = c.ignore(ReasonNotIP)
		case layerARP:
			next = c.ignore(ReasonARP)
		case layerIGMP:
			next = c.ignore(ReasonIGMP)
		case layerSCTP:
			next = c.sctp(p)
		case layerOtherTransport:
			next = c.ignore(ReasonOtherTransport)
		default:
			return c.end(p, next)
		}
	}
	if next < endUDP {
		next = c.ignore(ReasonTunnelTooDeep)
	}
	return c.end(p, next)
}

// end puts down what the walk came to.
func (c *cursor) end(p *Packet, last layer) Verdict {
	p.Encap, p.Depth, p.Realm, p.ID = c.encap, c.depth, c.realm, c.id
	p.Src = netip.AddrPortFrom(c.src, c.srcPort)
	p.Dst = netip.AddrPortFrom(c.dst, c.dstPort)
	if last == endIgnored {
		p.Payload, p.Reason = nil, c.reason
		return VerdictIgnored
	}
	p.Payload = c.rest
	p.Missing = max(0, c.promised-len(c.rest))
	switch last {
	case endUDP:
		return VerdictUDP
	case endTCP:
		return VerdictTCP
	case endSCTP:
		return VerdictSCTP
	}
	return VerdictFragment
}
