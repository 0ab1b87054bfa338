package pcapwrite

import (
	"bytes"
	"fmt"
	"net/netip"
	"testing"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
)

var (
	alice = netip.MustParseAddr("192.0.2.10")
	bob   = netip.MustParseAddr("192.0.2.12")
	six   = netip.MustParseAddr("2001:db8::10")
	seven = netip.MustParseAddr("2001:db8::12")
)

// gopacket is the oracle: it finds the layers that were stacked, with nothing left over and right checksums.
func TestBuildIsWhatGopacketReads(t *testing.T) {
	payload := []byte("OPTIONS sip:bob@example.com SIP/2.0\r\n\r\n")
	for _, test := range []struct {
		name   string
		first  gopacket.LayerType
		layers []Layer
		want   string
	}{
		{"udp", layers.LayerTypeEthernet, []Layer{Ethernet{}, IP(alice, bob, 7), UDP{5060, 5062}}, "[Ethernet IPv4 UDP]"},
		{"udp6", layers.LayerTypeEthernet, []Layer{Ethernet{}, IP(six, seven, 7), UDP{5060, 5062}}, "[Ethernet IPv6 UDP]"},
		{"tcp", layers.LayerTypeEthernet, []Layer{Ethernet{}, IP(alice, bob, 7), TCP{Src: 5060, Dst: 40000, Seq: 9, Flags: ACK}}, "[Ethernet IPv4 TCP]"},
		{"tcp6", layers.LayerTypeIPv6, []Layer{IP(six, seven, 7), TCP{Src: 5060, Dst: 40000, Flags: SYN}}, "[IPv6 TCP]"},
		{"qinq", layers.LayerTypeEthernet, []Layer{Ethernet{}, VLAN{100, true}, VLAN{20, false}, IP(alice, bob, 7), UDP{1, 2}}, "[Ethernet Dot1Q Dot1Q IPv4 UDP]"},
		{"pppoe", layers.LayerTypeEthernet, []Layer{Ethernet{}, PPPoE{5}, IP(alice, bob, 7), UDP{1, 2}}, "[Ethernet PPPoE PPP IPv4 UDP]"},
		{"pppoe6", layers.LayerTypeEthernet, []Layer{Ethernet{}, PPPoE{5}, IP(six, seven, 7), UDP{1, 2}}, "[Ethernet PPPoE PPP IPv6 UDP]"},
		{"sll", layers.LayerTypeLinuxSLL, []Layer{SLL{}, IP(alice, bob, 7), UDP{1, 2}}, "[Linux SLL IPv4 UDP]"},
		{"loopback", layers.LayerTypeLoopback, []Layer{Loopback{}, IP(alice, bob, 7), UDP{1, 2}}, "[Loopback IPv4 UDP]"},
		{"ipip", layers.LayerTypeIPv4, []Layer{IP(alice, bob, 1), IP(bob, alice, 7), UDP{1, 2}}, "[IPv4 IPv4 UDP]"},
		{"6in4", layers.LayerTypeIPv4, []Layer{IP(alice, bob, 1), IP(six, seven, 7), UDP{1, 2}}, "[IPv4 IPv6 UDP]"},
		{"gre", layers.LayerTypeIPv4, []Layer{IP(alice, bob, 1), GRE{}, IP(bob, alice, 7), UDP{1, 2}}, "[IPv4 GRE IPv4 UDP]"},
		{"gtp", layers.LayerTypeIPv4, []Layer{IP(alice, bob, 1), UDP{GTPPort, GTPPort}, GTP{9}, IP(bob, alice, 7), UDP{1, 2}}, "[IPv4 UDP GTPv1U IPv4 UDP]"},
		{"icmp", layers.LayerTypeIPv4, []Layer{IP(bob, alice, 7), Undelivered{}}, "[IPv4 ICMPv4]"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := gopacket.NewPacket(Build(payload, test.layers...), test.first, gopacket.NoCopy)
			var names []string
			for _, l := range p.Layers() {
				if l.LayerType() != gopacket.LayerTypePayload && l.LayerType() != gopacket.LayerTypeDecodeFailure && l.LayerType().String() != "SIP" {
					names = append(names, l.LayerType().String())
				}
			}
			if got := fmt.Sprint(names); got != test.want {
				t.Errorf("%s, want %s", got, test.want)
			}
			if p.Metadata().Truncated {
				t.Error("truncated")
			}
			last := p.Layers()[len(names)-1]
			if !bytes.Equal(last.LayerPayload(), payload) {
				t.Errorf("payload %q", last.LayerPayload())
			}
			checkSums(t, p)
		})
	}
}

// checkSums recomputes each checksum and compares.
func checkSums(t *testing.T, p gopacket.Packet) {
	t.Helper()
	var network gopacket.NetworkLayer
	for _, l := range p.Layers() {
		switch l := l.(type) {
		case *layers.IPv4:
			network = l
			if sum := checksum(l.Contents, 0); sum != 0 {
				t.Errorf("IPv4 header checksum: rest %#x", sum)
			}
		case *layers.IPv6:
			network = l
		case *layers.UDP:
			have := l.Checksum
			recompute(t, l, l.SetNetworkLayerForChecksum(network), func() uint16 { return l.Checksum }, have)
		case *layers.TCP:
			have := l.Checksum
			recompute(t, l, l.SetNetworkLayerForChecksum(network), func() uint16 { return l.Checksum }, have)
		}
	}
}

func recompute(t *testing.T, l interface {
	gopacket.Layer
	gopacket.SerializableLayer
}, err error, now func() uint16, have uint16,
) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	b := gopacket.NewSerializeBuffer()
	inner, _ := b.AppendBytes(len(l.LayerPayload()))
	copy(inner, l.LayerPayload())
	if err := l.SerializeTo(b, gopacket.SerializeOptions{ComputeChecksums: true, FixLengths: true}); err != nil {
		t.Fatal(err)
	}
	if now() != have {
		t.Errorf("%s checksum %#04x, want %#04x", l.LayerType(), have, now())
	}
}

func TestFragmentsJoin(t *testing.T) {
	payload := bytes.Repeat([]byte("0123456789"), 120)
	for _, ends := range [][2]netip.Addr{{alice, bob}, {six, seven}} {
		whole := Build(payload, IP(ends[0], ends[1], 7), UDP{1, 2})
		head := 20
		if ends[0].Is6() {
			head = 40
		}
		for size := 8; size < 1300; size += 37 {
			var joined []byte
			parts := Fragments(whole, size, 99)
			for i, part := range parts {
				var body []byte
				p := gopacket.NewPacket(part, layers.LayerTypeIPv4, gopacket.NoCopy)
				if ends[0].Is6() {
					p = gopacket.NewPacket(part, layers.LayerTypeIPv6, gopacket.NoCopy)
				}
				last := i == len(parts)-1
				if l, ok := p.Layer(layers.LayerTypeIPv6Fragment).(*layers.IPv6Fragment); ok {
					body = l.LayerPayload()
					if int(l.FragmentOffset)*8 != len(joined) || l.MoreFragments == last {
						t.Fatalf("fragment %d: offset %d, more %v", i, l.FragmentOffset, l.MoreFragments)
					}
				} else if l, ok := p.Layer(layers.LayerTypeIPv4).(*layers.IPv4); ok {
					body = l.LayerPayload()
					if int(l.FragOffset)*8 != len(joined) || (l.Flags&layers.IPv4MoreFragments != 0) == last {
						t.Fatalf("fragment %d: offset %d, flags %v", i, l.FragOffset, l.Flags)
					}
				} else { // a single part is the packet itself
					body = part[head:]
				}
				joined = append(joined, body...)
			}
			if !bytes.Equal(joined, whole[head:]) {
				t.Fatalf("size %d: the fragments do not make the packet", size)
			}
		}
	}
}
