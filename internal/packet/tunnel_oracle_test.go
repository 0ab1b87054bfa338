package packet

import (
	"testing"

	"github.com/google/gopacket/layers"
)

// TestTunnelsAgreeWithLayers compares the walk with gopacket on each encapsulation that gopacket reads to its end. Those of the
// others (pseudowires, VN-Tag, ERSPAN III, TZSP, L2TP, Teredo, ESP) are compared with tshark in test/e2e.
func TestTunnelsAgreeWithLayers(t *testing.T) {
	for name, tt := range map[string]struct {
		link  layers.LinkType
		frame []byte
	}{
		"VXLAN":               {layers.LinkTypeEthernet, ether(0x0800, outerUDP(4789, vxlan(8, 0, 77, frame4)))},
		"VXLAN, IPv6":         {layers.LinkTypeEthernet, ether(0x0800, outerUDP(4789, vxlan(8, 0, 77, frame6)))},
		"VXLAN, tag":          {layers.LinkTypeEthernet, ether(0x8100, tag(0x0800, outerUDP(4789, vxlan(8, 0, 77, mac(0x8100, tag(0x0800, inner4))))))},
		"Geneve":              {layers.LinkTypeEthernet, ether(0x0800, outerUDP(6081, geneve(0x6558, nil, frame4)))},
		"GTP-U":               {layers.LinkTypeEthernet, ether(0x0800, outerUDP(2152, gtp(0, 255, nil, inner4)))},
		"GRE":                 {layers.LinkTypeEthernet, ether(0x0800, outer4(47, gre(0x0800, false, inner4)))},
		"GRE, Ethernet":       {layers.LinkTypeEthernet, ether(0x0800, outer4(47, gre(0x6558, true, frame6)))},
		"ERSPAN II":           {layers.LinkTypeEthernet, ether(0x0800, outer4(47, gre(0x88be, true, erspan2(100, frame4))))},
		"IP in IP":            {layers.LinkTypeEthernet, ether(0x0800, outer4(4, inner4))},
		"6in4":                {layers.LinkTypeEthernet, ether(0x0800, outer4(41, user6))},
		"MPLS":                {layers.LinkTypeEthernet, ether(0x8847, label(false, label(true, inner4)))},
		"PPPoE":               {layers.LinkTypeEthernet, ether(0x8864, pppoe(join(u16(0x0021), inner4)))},
		"PPP":                 {layers.LinkTypePPP, join(u16(0x0021), inner4)},
		"802.11":              {layers.LinkTypeIEEE802_11, join(wifi(0x08, 1, nil, snap(0x0800, inner4)), noise(4))},
		"802.11, QoS":         {layers.LinkTypeIEEE802_11, join(wifi(0x88, 2, zeros(2), snap(0x86dd, user6)), noise(4))},
		"radiotap":            {layers.LinkTypeIEEE80211Radio, radiotap(0x10, join(wifi(0x08, 1, nil, snap(0x0800, inner4)), noise(4)))},
		"Geneve in VXLAN":     {layers.LinkTypeEthernet, ether(0x0800, outerUDP(4789, vxlan(8, 0, 7, mac(0x0800, outerUDP(6081, geneve(0x6558, zeros(8), frame4))))))},
		"GRE in GTP-U in GRE": {layers.LinkTypeEthernet, ether(0x0800, outer4(47, gre(0x0800, false, outerUDP(2152, gtp(0, 255, nil, outer4(47, gre(0x86dd, true, user6)))))))},
	} {
		want, ok := decode(tt.link, tt.frame)
		if !ok {
			t.Errorf("%s: gopacket does not read it", name)
			continue
		}
		var p Packet
		verdict := p.Walk(uint16(tt.link), tt.frame)
		if got := (transport{verdict: verdict, src: p.Src, dst: p.Dst, payload: string(p.Payload)}); got != want {
			t.Errorf("%s: %v\n got %+v\nwant %+v", name, p.Reason, got, want)
		}
	}
}
