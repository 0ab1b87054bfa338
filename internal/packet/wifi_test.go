package packet

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

func TestWalkWiFi(t *testing.T) {
	const v4 = "192.0.2.1:5060 192.0.2.2:5060"
	body := snap(0x0800, inner4)
	for _, tt := range []struct {
		name   string
		link   uint16
		frame  []byte
		want   Verdict
		reason Reason
	}{
		{"data to the network", LinkWiFi, wifi(0x08, 1, nil, body), VerdictUDP, 0},
		{"data from the network", LinkWiFi, wifi(0x08, 2, nil, body), VerdictUDP, 0},
		{"four addresses", LinkWiFi, wifi(0x08, 3, zeros(6), body), VerdictUDP, 0},
		{"QoS", LinkWiFi, wifi(0x88, 1, zeros(2), body), VerdictUDP, 0},
		{"QoS, four addresses", LinkWiFi, wifi(0x88, 3, zeros(8), body), VerdictUDP, 0},
		{"QoS, HT control", LinkWiFi, wifi(0x88, 0x81, zeros(6), body), VerdictUDP, 0},
		{"checksum behind", LinkWiFi, wifi(0x08, 1, nil, join(body, noise(4))), VerdictUDP, 0},
		{"aggregate", LinkWiFi, wifi(0x88, 1, []byte{0x80, 0}, subframe(true, body)), VerdictUDP, 0},
		{"decrypted", LinkWiFi, wifi(0x08, 0x41, nil, body), VerdictUDP, 0},
		{"decrypted aggregate", LinkWiFi, wifi(0x88, 0x41, []byte{0x80, 0}, subframe(true, body)), VerdictUDP, 0},
		{"radiotap", LinkRadiotap, radiotap(0, wifi(0x08, 1, nil, body)), VerdictUDP, 0},
		{"radiotap, padded", LinkRadiotap, radiotap(0x20, wifi(0x88, 1, zeros(4), body)), VerdictUDP, 0},
		{"Prism", LinkPrism, join(zeros(4), []byte{144, 0, 0, 0}, zeros(136), wifi(0x08, 1, nil, body)), VerdictUDP, 0},
		{"Prism of another byte order", LinkPrism, join(zeros(4), u32(144), zeros(136), wifi(0x08, 1, nil, body)), VerdictUDP, 0},
		{"AVS", LinkAVS, join(u32(0x80211001), u32(64), zeros(56), wifi(0x08, 1, nil, body)), VerdictUDP, 0},
		{"PPI", LinkPPI, ppi(LinkWiFi, wifi(0x08, 1, nil, body)), VerdictUDP, 0},
		{"PPI, Ethernet", LinkPPI, ppi(LinkEthernet, frame4), VerdictUDP, 0},

		{"protected", LinkWiFi, wifi(0x08, 0x41, nil, noise(60)), VerdictIgnored, ReasonEncryptedWiFi},
		{"beacon", LinkWiFi, join([]byte{0x80, 0}, zeros(60)), VerdictIgnored, ReasonWiFiControl},
		{"acknowledgement", LinkWiFi, join([]byte{0xd4, 0}, zeros(8)), VerdictIgnored, ReasonWiFiControl},
		{"null data", LinkWiFi, wifi(0x48, 1, nil, nil), VerdictIgnored, ReasonWiFiControl},
		{"first piece", LinkWiFi, wifi(0x08, 5, nil, body), VerdictIgnored, ReasonWiFiFragment},
		{"later piece", LinkWiFi, join([]byte{8, 1}, zeros(20), []byte{0x51, 0x12}, body), VerdictIgnored, ReasonWiFiFragment},
		{"damaged", LinkRadiotap, radiotap(0x40, wifi(0x08, 1, nil, body)), VerdictIgnored, ReasonWiFiDamaged},
		{"no SNAP", LinkWiFi, wifi(0x08, 1, nil, noise(60)), VerdictIgnored, ReasonNotIP},
		{"PPI in PPI", LinkPPI, bytes.Repeat(ppi(LinkPPI, nil), 1000), VerdictIgnored, ReasonTunnelTooDeep},
		{"radiotap that lies", LinkRadiotap, []byte{0, 0, 255, 255, 0, 0, 0, 0}, VerdictIgnored, ReasonShortFrame},
		{"radiotap without end", LinkRadiotap, join([]byte{0, 0, 40, 0}, bytes.Repeat([]byte{0, 0, 0, 0x80}, 9)), VerdictIgnored, ReasonShortFrame},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var p Packet
			if v := p.Walk(tt.link, tt.frame); v != tt.want || p.Reason != tt.reason {
				t.Fatalf("%v (%v), want %v (%v)", v, p.Reason, tt.want, tt.reason)
			}
			if tt.want == VerdictIgnored {
				return
			}
			if got := fmt.Sprint(p.Src, " ", p.Dst); got != v4 || string(p.Payload) != text {
				t.Errorf("%s, %q", got, p.Payload)
			}
			if p.Depth != 0 {
				t.Errorf("%d tunnels", p.Depth)
			}
			if _, more := p.Next(); more {
				t.Error("more follows")
			}
		})
	}
}

// TestWalkAggregateInTunnel keeps the tunnel around an aggregate for all of its parts, and forgets those in one part.
func TestWalkAggregateInTunnel(t *testing.T) {
	inside := snap(0x0800, outerUDP(4789, vxlan(8, 0, 77, frame4)))
	body := join(subframe(false, inside), subframe(false, snap(0x0800, inner4)), subframe(true, inside))
	frame := outerUDP(37008, tzsp(0, 18, []byte{1}, wifi(0x88, 1, []byte{0x80, 0}, body)))
	var p Packet
	v := p.Walk(LinkRaw, frame)
	for i, want := range []string{"tzsp/vxlan", "tzsp", "tzsp/vxlan"} {
		if path := string(p.Outer.AppendPath(nil)); v != VerdictUDP || path != want || p.Outer.Src.String() != "198.51.100.1" ||
			int(p.Depth) != strings.Count(want, "/")+1 || string(p.Payload) != text {
			t.Errorf("part %d: %v (%v) in %s, %d tunnels, from %v", i, v, p.Reason, path, p.Depth, p.Outer.Src)
		}
		v, _ = p.Next()
	}
}

func TestWalkAggregate(t *testing.T) {
	first := snap(0x0800, ip4(17, udp(1, 2, join(sip, []byte("x")))))
	second := snap(0x0800, ip4(6, tcp(nil, sip)))
	frame := wifi(0x88, 1, []byte{0x80, 0}, join(subframe(false, first), subframe(false, snap(0x0806, zeros(28))), subframe(true, second)))
	var p Packet
	var got []string
	v := p.Walk(LinkWiFi, frame)
	for more := true; more; v, more = p.Next() {
		got = append(got, fmt.Sprint(v, " ", p.Reason, " ", string(p.Payload)))
	}
	want := []string{"udp none " + text + "x", "ignored arp ", "tcp none " + text}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%q, want %q", got, want)
	}
	if n := testing.AllocsPerRun(10, func() {
		for p.Walk(LinkWiFi, frame); p.more != nil; p.Next() {
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
