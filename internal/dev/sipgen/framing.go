package sipgen

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"sipspan/capture/pcapwrite"
)

// linkNames are the names of link types in a flow.
var linkNames = map[string]pcapwrite.Link{
	"ethernet": pcapwrite.LinkEthernet, "sll": pcapwrite.LinkSLL, "sll2": pcapwrite.LinkSLL2, "raw": pcapwrite.LinkRaw,
	"null": pcapwrite.LinkNull, "loop": pcapwrite.LinkLoop, "ipv4": pcapwrite.LinkIPv4, "ipv6": pcapwrite.LinkIPv6,
}

// ParseTunnel reads the tunnel line of a flow: "vlan 10", "qinq 10 20", "pppoe 1", "vlan 10 pppoe 1", or with the
// addresses of the tunnel's ends "ipip A B", "gre A B", "gre-ppp A B", "gtp A B". Tunnels are named from the outside in.
func ParseTunnel(text string) ([]pcapwrite.Layer, error) {
	var layers []pcapwrite.Layer
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
			layers = append(layers, pcapwrite.VLAN{ID: n})
		case "pppoe":
			layers = append(layers, pcapwrite.PPPoE{Session: n})
		case "qinq":
			layers = append(layers, pcapwrite.VLAN{ID: n, Service: true}, pcapwrite.VLAN{ID: m})
		case "ipip":
			layers = append(layers, pcapwrite.IP(a, b, 0))
		case "gre":
			layers = append(layers, pcapwrite.IP(a, b, 0), pcapwrite.GRE{})
		case "gre-ppp":
			layers = append(layers, pcapwrite.IP(a, b, 0), pcapwrite.GRE{PPP: true, Call: 1, Sequence: 1})
		case "gtp":
			layers = append(layers, pcapwrite.IP(a, b, 0), pcapwrite.UDP{Src: pcapwrite.GTPPort, Dst: pcapwrite.GTPPort}, pcapwrite.GTP{TEID: 0x1001})
		}
	}
	return layers, nil
}
