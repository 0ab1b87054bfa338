package live

import (
	"net/netip"
	"testing"

	"sipspan/capture"
	"sipspan/capture/pcapwrite"
	"sipspan/internal/bpf"
	"sipspan/internal/dev/sipgen"
)

// encapsulations are the tunnels that the program reads, as sipgen names them; A and B are the ends.
var encapsulations = []string{
	"vntag", "etag", "mpls 16", "pseudowire 16", "pseudowire-bare 16", "pppoe 1",
	"ipip A B", "gre A B", "gre-ppp A B", "gre-frame A B", "erspan1 A B", "erspan2 A B", "erspan3 A B", "gtp A B",
	"vxlan A B", "vxlan-odd A B", "vxlan-gpe A B", "geneve A B", "geneve-ip A B", "tzsp A B", "tzsp-wifi A B",
	"l2tp A B", "l2tp3 A B", "teredo A B", "esp A B", "esp-nat A B", "erspan2 A B vxlan A B", "vntag gre A B",
}

// TestDefaultFilterPassesTunnels runs the filter over a call in each tunnel, outside and inside of tags, over both families and
// on each link: what the program would read never stays in the kernel.
func TestDefaultFilterPassesTunnels(t *testing.T) {
	links := map[capture.LinkType]*bpf.Program{}
	for _, link := range []capture.LinkType{capture.LinkEthernet, capture.LinkLinuxSLL, capture.LinkLinuxSLL2, capture.LinkRaw} {
		links[link] = program(t, link)
	}
	for _, text := range encapsulations {
		for family, a := range addresses {
			layers := parseTunnel(t, text, family)
			for inner, b := range addresses {
				packet := pcapwrite.Build([]byte(invite), pcapwrite.IP(b[0], b[1], 1), pcapwrite.UDP{Src: 5060, Dst: 5060})
				for _, tags := range [][]pcapwrite.Layer{
					nil, {pcapwrite.VLAN{ID: 7}}, {pcapwrite.VLAN{ID: 7, Service: true}, pcapwrite.VLAN{ID: 8}},
				} {
					for link, filter := range links {
						if link == capture.LinkRaw && (tags != nil || isTagged(layers)) {
							continue // there is IP and nothing else on such a link
						}
						frame := pcapwrite.Framing{Link: pcapwrite.Link(link), Tunnel: append(tags, layers...)}.Frame(packet, a[0], a[1])
						if !filter.Match(frame, len(frame)) {
							t.Errorf("%s over %s around %s, %d tags, %v: stays in the kernel", text, family, inner, len(tags), link)
						}
					}
				}
			}
		}
	}
}

// isTagged reports whether a tunnel needs a header with an EtherType.
func isTagged(layers []pcapwrite.Layer) bool {
	switch layers[0].(type) {
	case pcapwrite.IPv4, pcapwrite.IPv6:
		return false
	}
	return true
}

// parseTunnel reads the name of a tunnel between the addresses of a family.
func parseTunnel(t *testing.T, text, family string) []pcapwrite.Layer {
	t.Helper()
	a := addresses[family]
	var full []byte
	for _, c := range []byte(text) {
		switch c {
		case 'A':
			full = append(full, a[0].String()...)
		case 'B':
			full = append(full, a[1].String()...)
		default:
			full = append(full, c)
		}
	}
	layers, err := sipgen.ParseTunnel(string(full))
	if err != nil {
		t.Fatal(err)
	}
	return layers
}

// TestDefaultFilterTeredoOnAnyPort tells Teredo between two clients by its addresses.
func TestDefaultFilterTeredoOnAnyPort(t *testing.T) {
	filter := program(t, capture.LinkEthernet)
	other := netip.MustParseAddr("2001:db8::2")
	for name, want := range map[string]bool{"2001:0:1::1": true, "2001:db8::1": false} {
		client := netip.MustParseAddr(name)
		for _, a := range []pcapwrite.Layer{pcapwrite.IP(client, other, 0), pcapwrite.IP(other, client, 0)} {
			for family := range addresses {
				outer := addresses[family]
				frame := pcapwrite.Build([]byte(rtp), pcapwrite.Ethernet{}, pcapwrite.IP(outer[0], outer[1], 1), pcapwrite.UDP{Src: 40000, Dst: 40001},
					a, pcapwrite.UDP{Src: 5060, Dst: 5060})
				if got := filter.Match(frame, len(frame)); got != want {
					t.Errorf("%s over %s: passes: %v", name, family, got)
				}
			}
		}
	}
}

// TestDefaultFilterWiFi passes everything on the links whose headers a filter cannot look behind.
func TestDefaultFilterWiFi(t *testing.T) {
	a := addresses["IPv4"]
	packet := pcapwrite.Build([]byte(invite), pcapwrite.IP(a[0], a[1], 1), pcapwrite.UDP{Src: 5060, Dst: 5060})
	for _, link := range []pcapwrite.Link{pcapwrite.LinkWiFi, pcapwrite.LinkRadiotap, pcapwrite.LinkPrism, pcapwrite.LinkPPI, pcapwrite.LinkPPP, pcapwrite.LinkHDLC} {
		frame := pcapwrite.Framing{Link: link}.Frame(packet, a[0], a[1])
		if !program(t, capture.LinkType(link)).Match(frame, len(frame)) {
			t.Errorf("link type %d: stays in the kernel", link)
		}
	}
}
