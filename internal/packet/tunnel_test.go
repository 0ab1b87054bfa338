package packet

import (
	"bytes"
	"fmt"
	"testing"
)

func TestWalkTunnels(t *testing.T) {
	const v4 = "192.0.2.1:5060 192.0.2.2:5060"
	const v6 = "[2001:db8::1]:5060 [2001:db8::2]:5060"
	const ends = "198.51.100.1 198.51.100.2"
	const none = "invalid IP invalid IP"
	teredo := func(ip []byte) []byte { b := bytes.Clone(ip); copy(b[8:], u32(0x20010000)); return b }
	tests := []struct {
		name  string
		link  uint16
		frame []byte
		ends  string // Src and Dst
		outer string // Outer.Src and Outer.Dst
		path  string
		id    uint32
	}{
		{"VXLAN", LinkRaw, outerUDP(4789, vxlan(8, 0, 77, frame4)), v4, ends, "vxlan", 77},
		{"VXLAN, IPv6 inside", LinkRaw, outerUDP(4789, vxlan(8, 0, 77, frame6)), v6, ends, "vxlan", 77},
		{"VXLAN, tag inside", LinkRaw, outerUDP(8472, vxlan(8, 0, 1, mac(0x8100, tag(0x0800, inner4)))), v4, ends, "vxlan", 1},
		{"VXLAN on another port", LinkRaw, outerUDP(17777, vxlan(8, 0, 1<<23, frame4)), v4, ends, "vxlan", 1 << 23},
		{"VXLAN on the port of SIP", LinkRaw, outerUDP(5060, vxlan(8, 0, 7, frame6)), v6, ends, "vxlan", 7},
		{"VXLAN with a policy", LinkRaw, outerUDP(4789, vxlan(0x88, 9, 7, frame4)), v4, ends, "vxlan", 7},
		{"VXLAN-GPE, Ethernet", LinkRaw, outerUDP(4790, vxlan(0x0c, 3, 7, frame4)), v4, ends, "vxlan", 7},
		{"VXLAN-GPE, IPv4", LinkRaw, outerUDP(4790, vxlan(0x0c, 1, 7, inner4)), v4, ends, "vxlan", 7},
		{"VXLAN-GPE, IPv6", LinkRaw, outerUDP(4789, vxlan(0x0c, 2, 7, user6)), v6, ends, "vxlan", 7},
		{"Geneve", LinkRaw, outerUDP(6081, geneve(0x6558, nil, frame4)), v4, ends, "geneve", 5001},
		{"Geneve with options", LinkRaw, outerUDP(6081, geneve(0x6558, zeros(40), frame6)), v6, ends, "geneve", 5001},
		{"Geneve, IPv4", LinkRaw, outerUDP(6081, geneve(0x0800, zeros(8), inner4)), v4, ends, "geneve", 5001},
		{"Geneve, IPv6", LinkRaw, outerUDP(6081, geneve(0x86dd, nil, user6)), v6, ends, "geneve", 5001},
		{"TZSP", LinkRaw, outerUDP(37008, tzsp(0, 1, []byte{1}, frame4)), v4, ends, "tzsp", 0},
		{"TZSP with tags", LinkRaw, outerUDP(37008, tzsp(1, 1, []byte{0, 10, 1, 7, 0, 11, 2, 1, 1, 1}, frame6)), v6, ends, "tzsp", 0},
		{"TZSP, 802.11", LinkRaw, outerUDP(37008, tzsp(0, 18, []byte{1}, wifi(0x08, 1, nil, snap(0x0800, inner4)))), v4, ends, "tzsp", 0},

		{"ERSPAN I", LinkRaw, outer4(47, gre(0x88be, false, frame4)), v4, ends, "erspan", 0},
		{"ERSPAN II", LinkRaw, outer4(47, gre(0x88be, true, erspan2(100, frame4))), v4, ends, "erspan", 100},
		{"ERSPAN II without sequence", LinkRaw, outer4(47, gre(0x88be, false, erspan2(100, frame4))), v4, ends, "erspan", 100},
		{"ERSPAN III", LinkRaw, outer4(47, gre(0x22eb, true, erspan3(0x3ff, 0, frame6))), v6, ends, "erspan", 1023},
		{"ERSPAN III, platform", LinkRaw, outer4(47, gre(0x22eb, true, erspan3(5, 1, join(zeros(8), frame4)))), v4, ends, "erspan", 5},
		{"ERSPAN III, IP", LinkRaw, outer4(47, gre(0x22eb, true, erspan3(5, 2<<10, inner4))), v4, ends, "erspan", 5},
		{"GRE with key", LinkRaw, outer4(47, join(u16(0x2000), u16(0x6558), u32(42), frame4)), v4, ends, "gre", 42},
		{"GRE with checksum and key", LinkRaw, outer4(47, join(u16(0xa000), u16(0x0800), u32(1), u32(42), inner4)), v4, ends, "gre", 42},
		{"6in4", LinkRaw, outer4(41, user6), v6, ends, "6in4", 0},
		{"IP in IP", LinkRaw, outer4(4, inner4), v4, ends, "ipip", 0},
		{"GTP-U", LinkRaw, outerUDP(2152, gtp(0, 255, nil, inner4)), v4, ends, "gtp", 99},

		{"L2TP", LinkRaw, outerUDP(1701, join(u16(2), u16(3), u16(4), innerPPP)), v4, ends, "l2tp", 3<<16 | 4},
		{"L2TP with length", LinkRaw, outerUDP(1701, join(u16(0x4002), u16(8+len(innerPPP)), u16(3), u16(4), innerPPP)), v4, ends, "l2tp", 3<<16 | 4},
		{"L2TP with all fields", LinkRaw, outerUDP(1701, join(u16(0x4b02), u16(18+len(innerPPP)), u16(3), u16(4), u32(1), u16(4), zeros(4), innerPPP)), v4, ends, "l2tp", 3<<16 | 4},
		{"L2TP, compressed PPP", LinkRaw, outerUDP(1701, join(u16(2), u16(3), u16(4), []byte{0x57}, user6)), v6, ends, "l2tp", 3<<16 | 4},
		{"L2TPv3 over UDP", LinkRaw, outerUDP(1701, join(u32(3<<16), u32(9), zeros(4), frame4)), v4, ends, "l2tp", 9},
		{"L2TPv3", LinkRaw, outer4(115, join(u32(9), frame4)), v4, ends, "l2tp", 9},
		{"L2TPv3, cookie and sublayer", LinkRaw, outer4(115, join(u32(9), noise(8), zeros(4), frame6)), v6, ends, "l2tp", 9},
		{"L2TPv3, PPP", LinkRaw, outer4(115, join(u32(9), noise(4), innerPPP)), v4, ends, "l2tp", 9},
		{"L2TPv3, IP", LinkRaw, outer4(115, join(u32(9), inner4)), v4, ends, "l2tp", 9},

		{"Teredo", LinkRaw, outerUDP(3544, user6), v6, ends, "teredo", 0},
		{"Teredo with origin", LinkRaw, outerUDP(3544, join(zeros(8), user6)), v6, ends, "teredo", 0},
		{"Teredo with authentication", LinkRaw, outerUDP(3544, join([]byte{0, 1, 2, 3}, noise(14), zeros(8), user6)), v6, ends, "teredo", 0},
		{"Teredo on another port", LinkRaw, outerUDP(40000, teredo(user6)), "[2001:0::1]", ends, "teredo", 0},

		{"ESP, IPv4", LinkRaw, outer4(50, espOf(4, 0, 12, inner4)), v4, ends, "esp", 0xc1234567},
		{"ESP, IPv6", LinkRaw, outer4(50, espOf(41, 0, 16, user6)), v6, ends, "esp", 0xc1234567},
		{"ESP without check value", LinkRaw, outer4(50, espOf(4, 0, 0, inner4)), v4, ends, "esp", 0xc1234567},
		{"ESP, SHA-512", LinkRaw, outer4(50, espOf(4, 0, 32, inner4)), v4, ends, "esp", 0xc1234567},
		{"ESP, GMAC", LinkRaw, outer4(50, espOf(4, 8, 16, inner4)), v4, ends, "esp", 0xc1234567},
		{"ESP, UDP", LinkRaw, ip4(50, espOf(17, 0, 12, checked(udp(5060, 5060, sip), 17, 6, from4, to4))), v4, "192.0.2.1 192.0.2.2", "esp", 0xc1234567},
		{"ESP, UDP without checksum", LinkRaw, ip4(50, espOf(17, 0, 12, udp(5060, 5060, sip))), v4, "192.0.2.1 192.0.2.2", "esp", 0xc1234567},
		{"ESP, UDP over IPv6", LinkRaw, ip6(50, espOf(17, 0, 12, checked(udp(5060, 5060, sip), 17, 6, from6, to6))), v6, "2001:db8::1 2001:db8::2", "esp", 0xc1234567},
		{"ESP in UDP", LinkRaw, outerUDP(4500, espOf(4, 0, 12, inner4)), v4, ends, "esp", 0xc1234567},

		{"pseudowire", LinkEthernet, ether(0x8847, label(false, label(true, frame4))), v4, none, "pseudowire", 16},
		{"pseudowire with control word", LinkEthernet, ether(0x8847, label(true, join(u32(7), frame4))), v4, none, "pseudowire", 16},
		{"pseudowire with empty control word", LinkEthernet, ether(0x8847, label(true, join(u32(0), mac(0x8864, pppoe(join(u16(0x0021), user4)))))), v4, none, "pseudowire/pppoe", 16},
		{"pseudowire with tag", LinkEthernet, ether(0x8847, label(true, join(u32(0), mac(0x8100, tag(0x86dd, user6))))), v6, none, "pseudowire", 16},
		{"MPLS", LinkEthernet, ether(0x8848, label(true, inner4)), v4, none, "mpls", 16},
		{"MPLS, checksum left to the card", LinkEthernet, ether(0x8847, label(true, user4)), v4, none, "mpls", 16},
		{"MPLS in GRE", LinkRaw, outer4(47, gre(0x8847, false, label(true, user6))), v6, ends, "gre/mpls", 16},
		{"PPPoE", LinkPPPoE, pppoe(join(u16(0x0057), user6)), v6, none, "pppoe", 7},

		{"VXLAN in ERSPAN", LinkEthernet, ether(0x0800, outer4(47, gre(0x88be, true, erspan2(100, mac(0x0800, outerUDP(4789, vxlan(8, 0, 77, frame4))))))), v4, ends, "erspan/vxlan", 100},
		{"GTP-U in Geneve in VN-Tag", LinkEthernet, ether(0x8926, join(u32(1), u16(0x0800), outerUDP(6081, geneve(0x6558, nil, mac(0x0800, ip4(17, udp(2152, 2152, gtp(0, 255, nil, user4)))))))), v4, ends, "geneve/gtp", 5001},
		{"PPP in L2TP in 6in4", LinkRaw, outer4(41, ip6(17, udp(1701, 1701, join(u16(2), u16(3), u16(4), innerPPP)))), v4, ends, "6in4/l2tp", 3<<16 | 4},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := Packet{Outer: Outer{ID: 4711, Path: [MaxTunnels]Tunnel{5, 6, 7, 8}}, Depth: 4} // of the frame before
			if v := p.Walk(tt.link, tt.frame); v != VerdictUDP || string(p.Payload) != text || p.Missing != 0 {
				t.Fatalf("%v (%v), payload %q, %d missing", v, p.Reason, p.Payload, p.Missing)
			}
			if got := fmt.Sprint(p.Src, " ", p.Dst); tt.name != "Teredo on another port" && got != tt.ends {
				t.Errorf("from and to %s, want %s", got, tt.ends)
			}
			if got := fmt.Sprint(p.Outer.Src, " ", p.Outer.Dst); got != tt.outer {
				t.Errorf("from and to of the tunnel %s, want %s", got, tt.outer)
			}
			if path := string(p.Outer.AppendPath(nil)); path != tt.path || p.Outer.ID != tt.id {
				t.Errorf("path %s, number %d; want %s, %d", path, p.Outer.ID, tt.path, tt.id)
			}
			if n := testing.AllocsPerRun(10, func() { p.Walk(tt.link, tt.frame) }); n != 0 {
				t.Errorf("%v allocations", n)
			}
			checkPlain(t, tt.link, tt.frame)
			for n := range tt.frame { // cut: never another payload than the beginning of this one
				var p Packet
				if v := p.Walk(tt.link, tt.frame[:n]); (v == VerdictUDP || v == VerdictTCP) && p.Depth > 0 && p.Src.Port() == 5060 &&
					!bytes.HasPrefix(sip, p.Payload) {
					t.Errorf("cut to %d: %v, %q", n, v, p.Payload)
				}
			}
		})
	}
}

// TestWalkWithoutTunnel walks a plain frame after one in a tunnel.
func TestWalkWithoutTunnel(t *testing.T) {
	var p Packet
	p.Walk(LinkRaw, outerUDP(4789, vxlan(8, 0, 77, frame4)))
	if p.Walk(LinkRaw, user4); p.Depth != 0 || p.Encap != 0 {
		t.Errorf("%d tunnels, %v", p.Depth, p.Encap)
	}
}

// TestTunnelPortsHoldOthers sends what is no tunnel from and to the port of each: it stays what it is.
func TestTunnelPortsHoldOthers(t *testing.T) {
	rtp := join([]byte{0x80, 0x08}, noise(170))
	for _, port := range []int{2152, 4789, 4790, 8472, 6081, 37008, 1701, 3544, 4500} {
		for name, payload := range map[string][]byte{
			"request":           sip,
			"INVITE":            []byte("INVITE sip:a@example.com SIP/2.0\r\n\r\n"),
			"BYE":               []byte("BYE sip:a@example.com SIP/2.0\r\n\r\n"),
			"response":          []byte("SIP/2.0 200 OK\r\n\r\n"),
			"own method":        []byte("`a-method sip:a@example.com SIP/2.0\r\n\r\n"),
			"after empty lines": []byte("\r\n\r\nOPTIONS sip:a@example.com SIP/2.0\r\n\r\n"),
			"RTP":               rtp,
			"RTP, 8 sources":    join([]byte{0x88, 0x08}, noise(170)),
			"RTCP":              join([]byte{0x81, 0xc8}, u16(6), noise(24)),
			"STUN":              join(u16(0x0001), u16(8), u32(0x2112a442), noise(20)),
			"STUN response":     join(u16(0x0101), u16(0x0c), u32(0x2112a442), noise(24)),
			"TURN response":     join(u16(0x0103), u16(0x0c), u32(0x2112a442), noise(24)),
			"TURN data":         join(u16(0x4000), u16(len(rtp)), rtp),
			"DNS":               join(u16(0x0800), u16(0x0100), u16(1), zeros(6), []byte("\x03sip\x00"), u16(1), u16(1)),
			"DTLS":              join([]byte{0x16, 0xfe, 0xfd}, zeros(8), noise(41)),
			"one byte":          {8},
			"zeros":             zeros(40),
		} {
			for _, ports := range [][2]int{{port, 40000}, {40000, port}, {port, port}} {
				frame := ip4(17, udp(ports[0], ports[1], payload))
				var p Packet
				if v := p.Walk(LinkRaw, frame); v != VerdictUDP || !bytes.Equal(p.Payload, payload) || p.Depth != 0 {
					t.Errorf("%s from %d to %d: %v (%v), %v", name, ports[0], ports[1], v, p.Reason, p.Encap)
				}
			}
		}
	}
}

// TestRandomIsNoTunnel walks datagrams of random bytes on every port with a tunnel, and random ESP: nothing is found in them.
func TestRandomIsNoTunnel(t *testing.T) {
	state := uint64(1)
	random := func(b []byte) {
		for i := range b {
			state = state*6364136223846793005 + 1442695040888963407
			b[i] = byte(state >> 56)
		}
	}
	ports := []int{2152, 4789, 4790, 8472, 6081, 37008, 1701, 3544, 4500, 17777}
	payload := make([]byte, 160)
	found := map[string]int{}
	const rounds = 200_000
	for i := range rounds {
		random(payload)
		var p Packet
		port := ports[i%len(ports)]
		if p.Walk(LinkRaw, ip4(17, udp(40000, port, payload))); p.Depth > 0 {
			found[fmt.Sprint(port, " ", p.Encap)]++
		}
		if v := p.Walk(LinkRaw, ip4(50, payload)); v != VerdictIgnored || p.Reason != ReasonEncryptedESP {
			t.Fatalf("ESP: %v, %v, % x", v, p.Reason, payload)
		}
	}
	for what, n := range found {
		// Of GTP-U, four bits, a length that fits and a type of 255 are all that it has: one in 2^4 * 2^8 * 400.
		if n > 2 {
			t.Errorf("%s: %d of %d", what, n, rounds/len(ports))
		}
	}
}

func TestWalkOtherLinks(t *testing.T) {
	for name, tt := range map[string]struct {
		link  uint16
		frame []byte
	}{
		"PPP with direction":  {LinkPPPWithDir, join([]byte{1}, innerPPP)},
		"pppd":                {LinkPPPD, join([]byte{1, 3}, u16(0x0021), inner4)},
		"Cisco HDLC":          {LinkCiscoHDLC, join(u16(0x0f00), u16(0x0800), inner4)},
		"HDLC with direction": {LinkHDLCWithDir, join([]byte{0}, u16(0x0f00), u16(0x0800), inner4)},
		"E-Tag":               {LinkEthernet, ether(0x893f, join(zeros(6), u16(0x0800), inner4))},
		"VN-Tag and 802.1Q":   {LinkEthernet, ether(0x8926, join(u32(1), u16(0x8100), tag(0x0800, inner4)))},
	} {
		var p Packet
		if v := p.Walk(tt.link, tt.frame); v != VerdictUDP || string(p.Payload) != text || p.Depth != 0 {
			t.Errorf("%s: %v (%v), %q, %d tunnels", name, v, p.Reason, p.Payload, p.Depth)
		}
		for n := range min(len(tt.frame), 20) {
			if tt.link == LinkPPPWithDir && n == 2 {
				continue // the address reads as a protocol of one byte
			}
			if v := p.Walk(tt.link, tt.frame[:n]); v != VerdictIgnored || p.Reason != ReasonShortFrame {
				t.Errorf("%s cut to %d: %v (%v)", name, n, v, p.Reason)
			}
		}
	}
}

func TestWalkTunnelsIgnored(t *testing.T) {
	cipher := noise(60)
	for _, tt := range []struct {
		name   string
		frame  []byte
		reason Reason
	}{
		{"ESP", outer4(50, join(u32(7), u32(1), cipher)), ReasonEncryptedESP},
		{"ESP in UDP", outerUDP(4500, join(u32(0xc0000007), u32(1), cipher)), ReasonEncryptedESP},
		{"ESP, checksum wrong", outer4(50, espOf(17, 0, 12, checked(udp(5060, 5060, sip), 17, 6, from4, to4))), ReasonEncryptedESP},
		{"ESP cut", cut(outer4(50, espOf(4, 0, 12, inner4)), 1), ReasonShortFrame},
		{"L2TP control", outerUDP(1701, join(u16(0xc802), u16(20), zeros(16))), ReasonTunnelControl},
		{"L2TPv3 control", outer4(115, zeros(20)), ReasonTunnelControl},
		{"L2TPv3, no IP", outer4(115, join(u32(7), mac(0x88cc, zeros(60)))), ReasonNotIP},
		{"VXLAN-GPE OAM", outerUDP(4790, vxlan(0x0d, 3, 7, frame4)), ReasonTunnelControl},
		{"VXLAN, ARP", outerUDP(4789, vxlan(8, 0, 7, mac(0x0806, zeros(28)))), ReasonARP},
		{"Geneve control", outerUDP(6081, join([]byte{0, 0x80, 0x65, 0x58}, u32(7<<8), frame4)), ReasonTunnelControl},
		{"Geneve, options cut", cut(outerUDP(6081, geneve(0x0800, zeros(200), inner4)), len(inner4)+50), ReasonShortFrame},
		{"TZSP keep-alive", outerUDP(37008, tzsp(4, 0, nil, nil)), ReasonTunnelControl},
		{"ERSPAN II, version", outer4(47, gre(0x88be, true, join(zeros(8), frame4))), ReasonBadTunnel},
		{"ERSPAN III, version", outer4(47, gre(0x22eb, true, join(zeros(12), frame4))), ReasonBadTunnel},
		{"ERSPAN III, frame type", outer4(47, gre(0x22eb, true, erspan3(1, 3<<10, frame4))), ReasonNotIP},
		{"ERSPAN III, short", outer4(47, gre(0x22eb, true, zeros(7))), ReasonBadTunnel},
		{"pseudowire, OAM", ip4(137, label(true, join(u32(0x10000021), zeros(40)))), ReasonNotIP},
	} {
		var p Packet
		if v := p.Walk(LinkRaw, tt.frame); v != VerdictIgnored || p.Reason != tt.reason {
			t.Errorf("%s: %v (%v), want %v", tt.name, v, p.Reason, tt.reason)
		}
	}
}

// TestWalkDepth nests each tunnel a thousand times: what is configured is walked, and what is deeper is counted.
func TestWalkDepth(t *testing.T) {
	wrap := map[string]func(frame []byte) []byte{
		"VXLAN":      func(f []byte) []byte { return mac(0x0800, outerUDP(4789, vxlan(8, 0, 7, f))) },
		"Geneve":     func(f []byte) []byte { return mac(0x0800, outerUDP(6081, geneve(0x6558, nil, f))) },
		"TZSP":       func(f []byte) []byte { return mac(0x0800, outerUDP(37008, tzsp(0, 1, []byte{1}, f))) },
		"ERSPAN":     func(f []byte) []byte { return mac(0x0800, outer4(47, gre(0x88be, true, erspan2(1, f)))) },
		"GRE":        func(f []byte) []byte { return mac(0x0800, outer4(47, gre(0x6558, false, f))) },
		"L2TPv3":     func(f []byte) []byte { return mac(0x0800, outer4(115, join(u32(9), f))) },
		"pseudowire": func(f []byte) []byte { return mac(0x8847, label(true, join(u32(0), f))) },
	}
	for name, wrap := range wrap {
		frame := frame4
		for depth := 1; depth <= 1000 && len(frame) < 60_000; depth++ {
			frame = wrap(frame)
			for _, limit := range []uint8{0, 1, 4, MaxTunnels, 200} {
				allowed := int(min(limit, MaxTunnels))
				if limit == 0 {
					allowed = DefaultTunnels
				}
				p := Packet{Tunnels: limit}
				v := p.Walk(LinkEthernet, frame)
				if depth <= allowed && (v != VerdictUDP || string(p.Payload) != text || int(p.Depth) != depth) {
					t.Fatalf("%s, %d of at most %d: %v (%v), %d tunnels", name, depth, limit, v, p.Reason, p.Depth)
				}
				if depth > allowed && (v != VerdictIgnored || p.Reason != ReasonTunnelTooDeep) {
					t.Fatalf("%s, %d of at most %d: %v (%v)", name, depth, limit, v, p.Reason)
				}
			}
		}
	}
}

// TestResumeInTunnel joins what was fragmented inside of a tunnel, and what was fragmented around it.
func TestResumeInTunnel(t *testing.T) {
	var p Packet
	piece := outerUDP(4789, vxlan(8, 0, 77, mac(0x0800, summed(ip4with(17, 0x2000, nil, zeros(64))))))
	if v := p.Walk(LinkRaw, piece); v != VerdictFragment || p.Depth != 1 {
		t.Fatalf("%v (%v), %d tunnels", v, p.Reason, p.Depth)
	}
	f := p.Fragment
	if v := p.Resume(f.Src, f.Dst, f.Proto, udp(5060, 5060, sip)); v != VerdictUDP || p.Depth != 1 || p.Outer.ID != 77 {
		t.Errorf("%v, %d tunnels, %d", v, p.Depth, p.Outer.ID)
	}
	p.Walk(LinkRaw, ip4with(17, 0x2000, nil, zeros(64)))
	f = p.Fragment
	if v := p.Resume(f.Src, f.Dst, f.Proto, udp(33333, 4789, vxlan(8, 0, 78, frame4))); v != VerdictUDP || p.Depth != 1 || p.Outer.ID != 78 || p.Outer.Src != f.Src {
		t.Errorf("%v (%v), %d tunnels, %+v", v, p.Reason, p.Depth, p.Outer)
	}
}
