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
	"ppp": pcapwrite.LinkPPP, "hdlc": pcapwrite.LinkHDLC, "wifi": pcapwrite.LinkWiFi, "prism": pcapwrite.LinkPrism,
	"radiotap": pcapwrite.LinkRadiotap, "ppi": pcapwrite.LinkPPI,
}

// tunnel is one kind of tunnel in the tunnel line of a flow.
type tunnel struct {
	numbers int  // that follow after its name
	ends    bool // two addresses follow after them
	layers  func(n []uint16, outer pcapwrite.Layer) []pcapwrite.Layer
}

// over returns the layers of a tunnel between two addresses.
func over(layers ...pcapwrite.Layer) tunnel {
	return tunnel{ends: true, layers: func(_ []uint16, outer pcapwrite.Layer) []pcapwrite.Layer {
		return append([]pcapwrite.Layer{outer}, layers...)
	}}
}

// numbered returns a tunnel or tag with numbers and without addresses.
func numbered(numbers int, layers func(n []uint16) []pcapwrite.Layer) tunnel {
	return tunnel{numbers: numbers, layers: func(n []uint16, _ pcapwrite.Layer) []pcapwrite.Layer { return layers(n) }}
}

// to is a UDP header of a tunnel that ends at a port.
func to(port uint16) pcapwrite.Layer { return pcapwrite.UDP{Src: 33333, Dst: port} }

// frame is an Ethernet header inside of a tunnel.
var frame = pcapwrite.Ethernet{Src: pcapwrite.MAC{2, 0, 0, 0, 0, 1}, Dst: pcapwrite.MAC{2, 0, 0, 0, 0, 2}}

var tunnels = map[string]tunnel{
	"vlan":  numbered(1, func(n []uint16) []pcapwrite.Layer { return []pcapwrite.Layer{pcapwrite.VLAN{ID: n[0]}} }),
	"pppoe": numbered(1, func(n []uint16) []pcapwrite.Layer { return []pcapwrite.Layer{pcapwrite.PPPoE{Session: n[0]}} }),
	"qinq": numbered(2, func(n []uint16) []pcapwrite.Layer {
		return []pcapwrite.Layer{pcapwrite.VLAN{ID: n[0], Service: true}, pcapwrite.VLAN{ID: n[1]}}
	}),
	"vntag": numbered(0, func([]uint16) []pcapwrite.Layer { return []pcapwrite.Layer{pcapwrite.VNTag{}} }),
	"etag":  numbered(0, func([]uint16) []pcapwrite.Layer { return []pcapwrite.Layer{pcapwrite.VNTag{Bridge: true}} }),
	"mpls":  numbered(1, func(n []uint16) []pcapwrite.Layer { return []pcapwrite.Layer{pcapwrite.MPLS{Label: uint32(n[0])}} }),
	"pseudowire": numbered(1, func(n []uint16) []pcapwrite.Layer {
		return []pcapwrite.Layer{pcapwrite.MPLS{Label: uint32(n[0]), ControlWord: true}, frame}
	}),
	"pseudowire-bare": numbered(1, func(n []uint16) []pcapwrite.Layer {
		return []pcapwrite.Layer{pcapwrite.MPLS{Label: uint32(n[0])}, frame}
	}),
	"ipip":      over(),
	"gre":       over(pcapwrite.GRE{}),
	"gre-ppp":   over(pcapwrite.GRE{PPP: true, Call: 1, Sequence: 1}),
	"gre-frame": over(pcapwrite.GRE{}, frame),
	"erspan1":   over(pcapwrite.ERSPAN{Type: 1}, frame),
	"erspan2":   over(pcapwrite.ERSPAN{Type: 2, Session: 100}, frame),
	"erspan3":   over(pcapwrite.ERSPAN{Type: 3, Session: 100}, frame),
	"gtp":       over(pcapwrite.UDP{Src: pcapwrite.GTPPort, Dst: pcapwrite.GTPPort}, pcapwrite.GTP{TEID: 0x1001}),
	"vxlan":     over(to(pcapwrite.VXLANPort), pcapwrite.VXLAN{VNI: 5001}, frame),
	"vxlan-odd": over(to(17777), pcapwrite.VXLAN{VNI: 5001}, frame),
	"vxlan-gpe": over(to(pcapwrite.VXLANPort+1), pcapwrite.VXLAN{VNI: 5001, Generic: true}),
	"geneve":    over(to(pcapwrite.GenevePort), pcapwrite.Geneve{VNI: 5001}, frame),
	"geneve-ip": over(to(pcapwrite.GenevePort), pcapwrite.Geneve{VNI: 5001, Options: make([]byte, 24)}),
	"tzsp":      over(to(pcapwrite.TZSPPort), pcapwrite.TZSP{}, frame),
	"tzsp-wifi": over(to(pcapwrite.TZSPPort), pcapwrite.TZSP{WiFi: true}, pcapwrite.WiFi{QoS: true}),
	"l2tp":      over(to(pcapwrite.L2TPPort), pcapwrite.L2TP{Version: 2, Tunnel: 1, Session: 2}),
	"l2tp3":     over(pcapwrite.L2TP{Version: 3, Session: 2, Cookie: []byte("cookie_!")}, frame),
	"teredo":    over(to(pcapwrite.TeredoPort)),
	"esp":       over(pcapwrite.ESP{SPI: 0x1001, CheckValue: 12}),
	"esp-nat":   over(to(pcapwrite.ESPPort), pcapwrite.ESP{SPI: 0x1001, CheckValue: 16}),
}

// ParseTunnel reads the tunnel line of a flow: "vlan 10", "qinq 10 20", "vntag", "etag", "pppoe 1", "mpls 16", "pseudowire 16" (with
// a control word) and "pseudowire-bare 16", or with the addresses of the tunnel's ends "ipip A B", "gre A B" and the others in
// tunnels. Several in one line are named from the outside in: "vlan 10 pppoe 1".
func ParseTunnel(text string) ([]pcapwrite.Layer, error) {
	var layers []pcapwrite.Layer
	for words := strings.Fields(text); len(words) > 0; {
		kind, ok := tunnels[words[0]]
		if !ok {
			return nil, fmt.Errorf("tunnel %q: unknown kind %q", text, words[0])
		}
		words = words[1:]
		if len(words) < kind.numbers {
			return nil, fmt.Errorf("tunnel %q: a number is missing", text)
		}
		numbers := make([]uint16, kind.numbers)
		for i := range numbers {
			n, err := strconv.ParseUint(words[i], 10, 16)
			if err != nil {
				return nil, err
			}
			numbers[i] = uint16(n)
		}
		words = words[kind.numbers:]
		var outer pcapwrite.Layer
		if kind.ends {
			if len(words) < 2 {
				return nil, fmt.Errorf("tunnel %q: two addresses are missing", text)
			}
			a, err := netip.ParseAddr(words[0])
			if err != nil {
				return nil, err
			}
			b, err := netip.ParseAddr(words[1])
			if err != nil {
				return nil, err
			}
			outer = pcapwrite.IP(a, b, 0)
			words = words[2:]
		}
		layers = append(layers, kind.layers(numbers, outer)...)
	}
	return layers, nil
}
