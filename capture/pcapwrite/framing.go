package pcapwrite

import "net/netip"

// Framing describes what precedes the innermost IP header: a link layer and tunnels. The zero value is Ethernet
// without tunnels.
type Framing struct {
	Link    Link
	Trailer []byte  // bytes after the IP packet, Ethernet only
	Tunnel  []Layer // between the link layer and the IP packet, outermost first
}

// Frame puts the framing around a built IP packet from src to dst.
func (f Framing) Frame(packet []byte, src, dst netip.Addr) []byte {
	var layers []Layer
	switch f.Link {
	case LinkEthernet:
		layers = append(layers, Ethernet{Src: MACOf(src), Dst: MACOf(dst), Trailer: f.Trailer})
	case LinkSLL:
		layers = append(layers, SLL{Src: MACOf(src)})
	case LinkSLL2:
		layers = append(layers, SLL2{Src: MACOf(src), Interface: 1})
	case LinkNull:
		layers = append(layers, Loopback{})
	case LinkLoop:
		layers = append(layers, Loopback{Network: true})
	case LinkPPP:
		layers = append(layers, PPP{Framed: true})
	case LinkHDLC:
		layers = append(layers, HDLC{})
	case LinkWiFi:
		layers = append(layers, WiFi{})
	case LinkPrism:
		layers = append(layers, Prism{}, WiFi{FourAddresses: true})
	case LinkRadiotap:
		layers = append(layers, Radiotap{}, WiFi{QoS: true, Aggregate: true})
	case LinkPPI:
		layers = append(layers, PPI{Link: LinkWiFi}, WiFi{QoS: true})
	}
	layers = append(layers, f.Tunnel...)
	return Build(packet, append(layers, bare{})...)
}
