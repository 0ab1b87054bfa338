package sipgen

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// Framing says what stands in front of the innermost IP header: a link layer and tunnels. The zero value is Ethernet
// without tunnels.
type Framing struct {
	Link    Link
	Trailer []byte  // bytes behind the IP packet, Ethernet only
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
	}
	layers = append(layers, f.Tunnel...)
	return Build(packet, append(layers, bare{})...)
}

// linkNames are the names of link types in a flow.
var linkNames = map[string]Link{
	"ethernet": LinkEthernet, "sll": LinkSLL, "sll2": LinkSLL2, "raw": LinkRaw, "null": LinkNull, "loop": LinkLoop,
	"ipv4": LinkIPv4, "ipv6": LinkIPv6,
}

// ParseTunnel reads the tunnel line of a flow: "vlan 10", "qinq 10 20", "pppoe 1", "vlan 10 pppoe 1", or with the
// addresses of the tunnel's ends "ipip A B", "gre A B", "gre-ppp A B", "gtp A B". Tunnels are named from the outside in.
func ParseTunnel(text string) ([]Layer, error) {
	var layers []Layer
	words := strings.Fields(text)
	number := func() (uint16, error) {
		if len(words) == 0 {
			return 0, fmt.Errorf("tunnel %q: a number is missing", text)
		}
		n, err := strconv.ParseUint(words[0], 10, 16)
		words = words[1:]
		return uint16(n), err
	}
	ends := func() (a, b netip.Addr, err error) {
		if len(words) < 2 {
			return a, b, fmt.Errorf("tunnel %q: two addresses are missing", text)
		}
		if a, err = netip.ParseAddr(words[0]); err == nil {
			b, err = netip.ParseAddr(words[1])
		}
		words = words[2:]
		return a, b, err
	}
	for len(words) > 0 {
		kind := words[0]
		words = words[1:]
		var err error
		var n, m uint16
		var a, b netip.Addr
		switch kind {
		case "vlan", "pppoe":
			n, err = number()
		case "qinq":
			if n, err = number(); err == nil {
				m, err = number()
			}
		case "ipip", "gre", "gre-ppp", "gtp":
			a, b, err = ends()
		default:
			err = fmt.Errorf("tunnel %q: unknown kind %q", text, kind)
		}
		if err != nil {
			return nil, err
		}
		switch kind {
		case "vlan":
			layers = append(layers, VLAN{ID: n})
		case "pppoe":
			layers = append(layers, PPPoE{Session: n})
		case "qinq":
			layers = append(layers, VLAN{ID: n, Service: true}, VLAN{ID: m})
		case "ipip":
			layers = append(layers, IP(a, b, 0))
		case "gre":
			layers = append(layers, IP(a, b, 0), GRE{})
		case "gre-ppp":
			layers = append(layers, IP(a, b, 0), GRE{PPP: true, Call: 1, Sequence: 1})
		case "gtp":
			layers = append(layers, IP(a, b, 0), UDP{GTPPort, GTPPort}, GTP{TEID: 0x1001})
		}
	}
	return layers, nil
}
