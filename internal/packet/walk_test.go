package packet

import (
	"fmt"
	"net/netip"
	"testing"
)

const text = "OPTIONS sip:a@example.com SIP/2.0\r\n\r\n"

var (
	sip   = []byte(text)
	user4 = ip4(17, udp(5060, 5060, sip)) // a datagram that a tunnel carries
	user6 = ip6(17, udp(5060, 5060, sip))
)

func cut(b []byte, n int) []byte { return b[:len(b)-n] }

func TestWalk(t *testing.T) {
	const v4 = "192.0.2.1:5060 192.0.2.2:5060"
	const v6 = "[2001:db8::1]:5060 [2001:db8::2]:5060"
	tests := []struct {
		name  string
		link  uint16
		frame []byte
		want  Verdict
		ends  string // Src and Dst
		encap string
	}{
		// Links.
		{"ethernet", LinkEthernet, ether(0x0800, user4), VerdictUDP, v4, ""},
		{"ethernet v6", LinkEthernet, ether(0x86dd, user6), VerdictUDP, v6, ""},
		{"802.1Q", LinkEthernet, ether(0x8100, tag(0x0800, user4)), VerdictUDP, v4, "vlan"},
		{"802.1ad", LinkEthernet, ether(0x88a8, tag(0x8100, tag(0x0800, user4))), VerdictUDP, v4, "vlan,qinq"},
		{"QinQ 0x9100", LinkEthernet, ether(0x9100, tag(0x8100, tag(0x86dd, user6))), VerdictUDP, v6, "vlan,qinq"},
		{"802.1Q twice", LinkEthernet, ether(0x8100, tag(0x8100, tag(0x0800, user4))), VerdictUDP, v4, "vlan,qinq"},
		{"MPLS", LinkEthernet, ether(0x8847, label(false, label(true, user4))), VerdictUDP, v4, "mpls"},
		{"SLL", LinkSLL, sll(0x0800, user4), VerdictUDP, v4, ""},
		{"SLL with tag", LinkSLL, sll(0x8100, tag(0x86dd, user6)), VerdictUDP, v6, "vlan"},
		{"SLL2", LinkSLL2, sll2(0x86dd, user6), VerdictUDP, v6, ""},
		{"raw", LinkRaw, user4, VerdictUDP, v4, ""},
		{"raw v6", LinkRaw, user6, VerdictUDP, v6, ""},
		{"raw BSD", LinkRawBSD, user4, VerdictUDP, v4, ""},
		{"raw OpenBSD", LinkRawOther, user6, VerdictUDP, v6, ""},
		{"IPv4 link", LinkIPv4, user4, VerdictUDP, v4, ""},
		{"IPv6 link", LinkIPv6, user6, VerdictUDP, v6, ""},
		{"loopback little", LinkNull, join([]byte{2, 0, 0, 0}, user4), VerdictUDP, v4, ""},
		{"loopback big", LinkNull, join([]byte{0, 0, 0, 2}, user4), VerdictUDP, v4, ""},
		{"loopback Darwin v6", LinkNull, join([]byte{30, 0, 0, 0}, user6), VerdictUDP, v6, ""},
		{"loopback FreeBSD v6", LinkNull, join([]byte{0, 0, 0, 28}, user6), VerdictUDP, v6, ""},
		{"loopback OpenBSD", LinkLoop, join([]byte{0, 0, 0, 24}, user6), VerdictUDP, v6, ""},
		{"PPP", LinkPPP, join(u16(0xff03), u16(0x0021), user4), VerdictUDP, v4, "ppp"},
		{"PPP compressed", LinkPPP, join([]byte{0x57}, user6), VerdictUDP, v6, "ppp"},
		{"PPPoE", LinkEthernet, ether(0x8864, pppoe(join(u16(0x0021), user4))), VerdictUDP, v4, "ppp,pppoe"},
		{"PPPoE link", LinkPPPoE, pppoe(join(u16(0x0057), user6)), VerdictUDP, v6, "ppp,pppoe"},

		// Tunnels.
		{"GRE", LinkRaw, ip4(47, join(u16(0), u16(0x0800), user4)), VerdictUDP, v4, "gre"},
		{"GRE C K S", LinkRaw, ip4(47, join(u16(0xb000), u16(0x86dd), zeros(12), user6)), VerdictUDP, v6, "gre"},
		{"GRE in IPv6", LinkRaw, ip6(47, join(u16(0x2000), u16(0x0800), zeros(4), user4)), VerdictUDP, v4, "gre"},
		{"GRE Ethernet", LinkRaw, ip4(47, join(u16(0), u16(0x6558), ether(0x8100, tag(0x0800, user4)))), VerdictUDP, v4, "vlan,gre"},
		{"PPTP", LinkRaw, ip4(47, join(u16(0x3081), u16(0x880b), u16(2+len(user4)), u16(1), zeros(8), u16(0x0021), user4)), VerdictUDP, v4, "ppp,gre"},
		{"IPv4 in IPv4", LinkRaw, ip4(4, user4), VerdictUDP, v4, "ipip"},
		{"6in4", LinkRaw, ip4(41, user6), VerdictUDP, v6, "6in4"},
		{"IPv6 in IPv6", LinkRaw, ip6(41, user6), VerdictUDP, v6, "ipip"},
		{"IPv4 in IPv6", LinkRaw, ip6(4, user4), VerdictUDP, v4, "ipip"},
		{"MPLS in IP", LinkRaw, ip4(137, label(true, user4)), VerdictUDP, v4, "mpls"},
		{"GTP-U", LinkRaw, ip4(17, udp(2152, 2152, gtp(0, 255, nil, user4))), VerdictUDP, v4, "gtp"},
		{"GTP-U sequence", LinkRaw, ip4(17, udp(2152, 9, gtp(2, 255, zeros(4), user6))), VerdictUDP, v6, "gtp"},
		{"GTP-U extensions", LinkRaw, ip4(17, udp(9, 2152, gtp(4, 255, join(zeros(3), []byte{0x85, 1, 0, 0, 0xc0, 2, 0, 0, 0, 0, 0, 0, 0}), user4))), VerdictUDP, v4, "gtp"},
		{"GTP port, other content", LinkRaw, ip4(17, udp(2152, 5060, sip)), VerdictUDP, "192.0.2.1:2152 192.0.2.2:5060", ""},

		// IP headers.
		{"IPv4 options", LinkRaw, ip4with(17, 0, zeros(40), udp(5060, 5060, sip)), VerdictUDP, v4, ""},
		{"DF is no fragment", LinkRaw, ip4with(17, 0x4000, nil, udp(5060, 5060, sip)), VerdictUDP, v4, ""},
		{"IPv4 AH", LinkRaw, ip4(51, join([]byte{17, 4}, zeros(22), udp(5060, 5060, sip))), VerdictUDP, v4, ""},
		{"IPv6 extension headers", LinkRaw, ip6(0, extension(43, 0, extension(60, 2, extension(51, 0, join([]byte{17, 4}, zeros(22), udp(5060, 5060, sip)))))), VerdictUDP, v6, ""},
		{"IPv6 atomic fragment", LinkRaw, ip6(44, fragment6(17, 0, 77, udp(5060, 5060, sip))), VerdictUDP, v6, ""},

		// Lengths.
		{"padding behind IPv4", LinkEthernet, join(ether(0x0800, user4), []byte("INVITE sip:stale")), VerdictUDP, v4, ""},
		{"padding behind IPv6", LinkEthernet, join(ether(0x86dd, user6), []byte("INVITE sip:stale")), VerdictUDP, v6, ""},
		{"bytes between UDP and IP length", LinkRaw, ip4(17, join(udp(5060, 5060, sip), []byte("trailer"))), VerdictUDP, v4, ""},
		{"padding in PPPoE", LinkPPPoE, join(pppoe(join(u16(0x0021), user4)), zeros(9)), VerdictUDP, v4, "ppp,pppoe"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var p Packet
			checkWalk(t, &p, tt.link, tt.frame, tt.want, tt.ends, tt.encap, text, 0)
			if n := testing.AllocsPerRun(10, func() { p.Walk(tt.link, tt.frame) }); n != 0 {
				t.Errorf("%v allocations", n)
			}
		})
	}
}

func checkWalk(t *testing.T, p *Packet, link uint16, frame []byte, want Verdict, ends, encap, payload string, missing int) {
	t.Helper()
	if got := p.Walk(link, frame); got != want {
		t.Fatalf("verdict %v (%v), want %v", got, p.Reason, want)
	}
	if got := fmt.Sprint(p.Src, " ", p.Dst); got != ends {
		t.Errorf("from and to %s, want %s", got, ends)
	}
	if got := p.Encap.String(); got != encap {
		t.Errorf("encap %q, want %q", got, encap)
	}
	if string(p.Payload) != payload || p.Missing != missing {
		t.Errorf("payload %q, %d missing; want %q, %d", p.Payload, p.Missing, payload, missing)
	}
}

// A capture that was cut in the payload gives what there is and says what is
// missing; cut in a header it is short.
func TestWalkCut(t *testing.T) {
	for name, frame := range map[string][]byte{
		"udp":        ether(0x0800, user4),
		"udp in gtp": ether(0x86dd, ip6(17, udp(2152, 2152, gtp(0, 255, nil, user4)))),
		"tcp":        ether(0x0800, ip4(6, tcp(zeros(12), sip))),
		"gre":        ether(0x0800, ip4(47, join(u16(0), u16(0x0800), user4))),
		"ppp":        ether(0x8864, pppoe(join(u16(0x0057), user6))),
	} {
		for n := range len(frame) + 1 {
			var p Packet
			verdict := p.Walk(LinkEthernet, cut(frame, n))
			switch {
			case n <= len(text):
				if verdict == VerdictIgnored || p.Missing != n || string(p.Payload) != text[:len(text)-n] {
					t.Errorf("%s cut by %d: %v, payload %q, %d missing", name, n, verdict, p.Payload, p.Missing)
				}
			case name == "tcp" && n <= len(text)+12: // in the options
				if verdict != VerdictTCP || p.Missing != len(text) || len(p.Payload) != 0 || p.TCP.Seq != 1000 {
					t.Errorf("%s cut by %d: %v, %d missing", name, n, verdict, p.Missing)
				}
			case p.Dst.Port() == gtpPort && verdict == VerdictUDP: // in the GTP header: nobody can tell
			case verdict != VerdictIgnored || p.Reason != ReasonShortFrame:
				t.Errorf("%s cut by %d: %v, %v", name, n, verdict, p.Reason)
			}
		}
	}
}

func TestWalkLengthsLeftToOffload(t *testing.T) {
	noIP, noIP6 := ip4(6, tcp(nil, sip)), ip6(6, tcp(nil, sip))
	noIP[2], noIP[3] = 0, 0
	noIP6[4], noIP6[5] = 0, 0
	noUDP := ip4(17, udp(5061, 5060, sip))
	noUDP[24], noUDP[25] = 0, 0
	for _, frame := range [][]byte{noIP, noIP6, noUDP} {
		var p Packet
		if p.Walk(LinkRaw, frame) == VerdictIgnored || string(p.Payload) != text || p.Missing != 0 {
			t.Errorf("%v: payload %q, %d missing", p.Reason, p.Payload, p.Missing)
		}
	}
}

// A UDP length beyond the IP length promises what nobody sent.
func TestWalkUDPLongerThanIP(t *testing.T) {
	frame := ip4(17, udp(1, 2, sip))
	frame[24], frame[25] = 0, byte(8+len(sip)+3)
	var p Packet
	if v := p.Walk(LinkRaw, join(frame, zeros(9))); v != VerdictUDP || string(p.Payload) != text || p.Missing != 3 {
		t.Errorf("%v, payload %q, %d missing", v, p.Payload, p.Missing)
	}
}

func TestWalkTCP(t *testing.T) {
	var p Packet
	checkWalk(t, &p, LinkEthernet, join(ether(0x0800, ip4(6, tcp(zeros(12), sip))), zeros(4)), VerdictTCP,
		"192.0.2.1:5061 192.0.2.2:5060", "", text, 0)
	if want := (TCP{Seq: 1000, Ack: 2000, Flags: PSH | ACK, Window: 512}); p.TCP != want {
		t.Errorf("%+v, want %+v", p.TCP, want)
	}
}

func TestWalkIgnored(t *testing.T) {
	echo := join([]byte{8, 0}, zeros(6), []byte("ping"))
	badIHL, badTotal, badVersion := ip4(17, udp(1, 2, sip)), ip4(17, udp(1, 2, sip)), ip6(17, nil)
	badIHL[0] = 0x44
	badTotal[2], badTotal[3] = 0, 19
	badVersion[0] = 0x50
	badUDP, badTCP := udp(1, 2, nil), tcp(nil, nil)
	badUDP[5] = 7
	badTCP[12] = 0x40
	deep := user4
	for range DefaultTunnels + 1 {
		deep = ip4(4, deep)
	}
	tests := []struct {
		name   string
		link   uint16
		frame  []byte
		reason Reason
		ends   bool // Src and Dst are set
	}{
		{"unknown link", 147, user4, ReasonUnknownLink, false},
		{"empty", LinkEthernet, nil, ReasonShortFrame, false},
		{"802.3", LinkEthernet, ether(100, zeros(100)), ReasonNotIP, false},
		{"LLDP", LinkEthernet, ether(0x88cc, zeros(100)), ReasonNotIP, false},
		{"ARP", LinkEthernet, ether(0x0806, zeros(28)), ReasonARP, false},
		{"PPPoE discovery", LinkEthernet, ether(0x8863, zeros(28)), ReasonNotIP, false},
		{"PPP LCP", LinkPPP, join(u16(0xff03), u16(0xc021), zeros(10)), ReasonNotIP, false},
		{"netlink", LinkSLL, join(zeros(2), u16(824), zeros(10), u16(0x0800), user4), ReasonNotIP, false},
		{"loopback other family", LinkNull, join([]byte{7, 0, 0, 0}, user4), ReasonNotIP, false},
		{"MPLS, no IP inside", LinkEthernet, ether(0x8847, label(true, zeros(60))), ReasonNotIP, false},
		{"version", LinkRaw, []byte{0x75}, ReasonNotIP, false},
		{"IPv4 header length", LinkRaw, badIHL, ReasonBadIP, false},
		{"IPv4 total length", LinkRaw, badTotal, ReasonBadIP, false},
		{"IPv6 version", LinkIPv6, badVersion, ReasonBadIP, false},
		{"IPv6 extension too long", LinkRaw, ip6(0, []byte{17, 9, 0, 0, 0, 0, 0, 0}), ReasonBadIP, true},
		{"ICMP echo", LinkRaw, ip4(1, echo), ReasonICMP, true},
		{"ICMPv6", LinkRaw, ip6(58, echo), ReasonICMP, true},
		{"IGMP", LinkRaw, ip4(2, zeros(8)), ReasonIGMP, true},
		{"ESP", LinkRaw, ip6(50, zeros(20)), ReasonEncryptedESP, true},
		{"no next header", LinkRaw, ip6(59, nil), ReasonOtherTransport, true},
		{"UDP header", LinkRaw, ip4(17, zeros(7)), ReasonBadTransport, true},
		{"UDP length", LinkRaw, ip4(17, badUDP), ReasonBadTransport, true},
		{"TCP header length", LinkRaw, ip4(6, badTCP), ReasonBadTransport, true},
		{"GRE version", LinkRaw, ip4(47, join(u16(2), u16(0x0800), user4)), ReasonBadTunnel, true},
		{"GRE source route", LinkRaw, ip4(47, join(u16(0x4000), u16(0x0800), zeros(4), user4)), ReasonBadTunnel, true},
		{"GRE too short", LinkRaw, ip4(47, join(u16(0x2000), u16(0x0800))), ReasonBadTunnel, true},
		{"PPTP acknowledgement", LinkRaw, ip4(47, join(u16(0x2081), u16(0x880b), zeros(8))), ReasonTunnelControl, true},
		{"PPPoE version", LinkPPPoE, join([]byte{0x21, 0}, zeros(30)), ReasonBadTunnel, false},
		{"GTP-U echo", LinkRaw, ip4(17, udp(2152, 2152, gtp(2, 1, zeros(4), nil))), ReasonTunnelControl, true},
		{"GTP-U extension of length 0", LinkRaw, ip4(17, udp(2152, 2152, gtp(4, 255, []byte{0, 0, 0, 1, 0, 0, 0, 0}, user4))), ReasonBadTunnel, true},
		{"too deep", LinkRaw, deep, ReasonTunnelTooDeep, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var p Packet
			p.Walk(LinkRaw, user4) // leaves behind what must not show
			if v := p.Walk(tt.link, tt.frame); v != VerdictIgnored || p.Reason != tt.reason {
				t.Errorf("%v, %v; want %v", v, p.Reason, tt.reason)
			}
			if p.Payload != nil || p.Quoted != nil || p.Src.IsValid() != tt.ends {
				t.Errorf("payload %q, quoted %q, from %v", p.Payload, p.Quoted, p.Src)
			}
		})
	}
}

// What an ICMP error quotes is kept, and walked again by who wants it.
func TestWalkICMPError(t *testing.T) {
	tests := []struct {
		name  string
		frame []byte
		want  ICMP
	}{
		{"port unreachable", ip4(1, join([]byte{3, 3}, zeros(6), user4)), ICMP{3, 3}},
		{"with extensions", ip4(1, join([]byte{11, 0, 0, 0, 0, byte(len(user4)+3) / 4, 0, 0}, user4, zeros((4-len(user4)%4)%4), []byte("extension"))), ICMP{11, 0}},
		{"ICMPv6 unreachable", ip6(58, join([]byte{1, 4}, zeros(6), user6)), ICMP{1, 4}},
		{"ICMPv6 packet too big", ip6(58, join([]byte{2, 0, 0, 0, 0, 0, 5, 0}, user6)), ICMP{2, 0}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var p, quoted Packet
			if v := p.Walk(LinkRaw, tt.frame); v != VerdictIgnored || p.Reason != ReasonICMP || p.ICMP != tt.want {
				t.Fatalf("%v, %v, %+v", v, p.Reason, p.ICMP)
			}
			if v := quoted.Walk(LinkRaw, p.Quoted); v != VerdictUDP || string(quoted.Payload) != text || quoted.Src.Port() != 5060 {
				t.Errorf("quoted: %v, %v, %q", v, quoted.Reason, quoted.Payload)
			}
		})
	}
}

func TestWalkFragment(t *testing.T) {
	piece := []byte("12345678")
	src4, dst4 := netip.MustParseAddr(from4), netip.MustParseAddr(to4)
	src6, dst6 := netip.MustParseAddr(from6), netip.MustParseAddr(to6)
	tests := []struct {
		name  string
		frame []byte
		want  Fragment
	}{
		{"first", ip4with(17, 0x2000, nil, piece), Fragment{src4, dst4, 17, 0x1234, 0, true}},
		{"middle, DF", ip4with(17, 0x6002, nil, piece), Fragment{src4, dst4, 17, 0x1234, 16, true}},
		{"last", ip4with(17, 0x0100, nil, piece), Fragment{src4, dst4, 17, 0x1234, 2048, false}},
		{"IPv6 first", ip6(44, fragment6(17, 0x0001, 1<<31, piece)), Fragment{src6, dst6, 17, 1 << 31, 0, true}},
		{"IPv6 last", ip6(0, extension(44, 0, fragment6(60, 0x0208, 5, piece))), Fragment{src6, dst6, 60, 5, 0x208, false}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var p Packet
			if v := p.Walk(LinkRaw, join(tt.frame, []byte("padding"))); v != VerdictFragment || p.Fragment != tt.want || string(p.Payload) != string(piece) {
				t.Errorf("%v, %+v, %q", v, p.Fragment, p.Payload)
			}
		})
	}
}

func TestResume(t *testing.T) {
	src4, dst4 := netip.MustParseAddr(from4), netip.MustParseAddr(to4)
	src6, dst6 := netip.MustParseAddr(from6), netip.MustParseAddr(to6)
	var p Packet
	p.Walk(LinkEthernet, ether(0x8100, tag(0x0800, ip4with(17, 0x2000, nil, sip))))
	if v := p.Resume(src4, dst4, 17, udp(7, 8, sip)); v != VerdictUDP || string(p.Payload) != text || p.Src.String() != "192.0.2.1:7" || p.Encap != EncapVLAN {
		t.Errorf("%v, %v, %v, %q", v, p.Src, p.Encap, p.Payload)
	}
	p = Packet{}
	if v := p.Resume(src6, dst6, 60, extension(6, 1, tcp(nil, sip))); v != VerdictTCP || string(p.Payload) != text || p.Dst.Addr() != dst6 {
		t.Errorf("%v, %v, %q", v, p.Dst, p.Payload)
	}
	if v := p.Resume(src4, dst4, 47, join(u16(0), u16(0x0800), ip4with(17, 1, nil, sip))); v != VerdictFragment || p.Fragment.Offset != 8 {
		t.Errorf("a fragment in a fragment: %v", v)
	}
	if v := p.Resume(src4, dst4, 17, cut(udp(7, 8, sip), 4)); v != VerdictUDP || p.Missing != 4 {
		t.Errorf("%v, %d missing", v, p.Missing)
	}
	payload := udp(7, 8, sip)
	if n := testing.AllocsPerRun(10, func() { p.Resume(src6, dst6, 17, payload) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
