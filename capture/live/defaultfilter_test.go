package live

import (
	"encoding/binary"
	"net/netip"
	"strings"
	"testing"

	"sipspan/capture"
	"sipspan/capture/pcapwrite"
	"sipspan/internal/bpf"
)

const (
	invite = "INVITE sip:bob@example.com SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1:40123\r\n\r\n"
	ok200  = "SIP/2.0 200 OK\r\nCSeq: 1 INVITE\r\n\r\n"
	rtp    = "\x80\x00\x12\x34\x00\x00\x00\xa0\xde\xad\xbe\xef voice voice voice voice"
	rtcp   = "\x81\xc8\x00\x06\xde\xad\xbe\xef the rest of a sender report"
	stun   = "\x00\x01\x00\x08\x21\x12\xa4\x42 transaction "
	turn   = "\x40\x00\x00\x20 channel" // TURN ChannelData, RFC 8656 section 12.4
	dtls   = "\x16\xfe\xfd\x00\x00\x00\x00\x00\x00\x00\x00 hello"
	zrtp   = "\x10\x00\x00\x01ZRTP hello"
	dns    = "ab\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x03sip\x07example\x03com\x00\x00\x21\x00\x01"
	ntp    = "\x23\x00\x06\xec\x00\x00\x00\x00\x00\x00\x00\x00"
	quic   = "\x4a\x17\xc3\x88\x02\xfe\x91\x77 short header"
)

// probe is a packet as it is on the innermost level, and whether it is to pass.
type probe struct {
	name string
	ip   []byte // from the IP header on
	pass bool
}

var addresses = map[string][2]netip.Addr{
	"IPv4": {netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("198.51.100.2")},
	"IPv6": {netip.MustParseAddr("2001:db8::1"), netip.MustParseAddr("2001:db8::2")},
}

// probes builds one packet of every kind over IPv4 and IPv6.
func probes() []probe {
	var out []probe
	for family, a := range addresses {
		add := func(name string, pass bool, payload string, layers ...pcapwrite.Layer) {
			all := append([]pcapwrite.Layer{pcapwrite.IP(a[0], a[1], 1)}, layers...)
			out = append(out, probe{name + " over " + family, pcapwrite.Build([]byte(payload), all...), pass})
		}
		odd := pcapwrite.UDP{Src: 40123, Dst: 17777}
		inner := pcapwrite.IP(a[1], a[0], 2)
		add("request", true, invite, pcapwrite.UDP{Src: 5060, Dst: 5060})
		add("request on odd ports", true, invite, odd)
		add("response on odd ports", true, ok200, odd)
		add("request behind empty lines", true, "\r\n\r\n"+invite, odd)
		add("method of odd characters", true, "!interesting-Method0123456789_*+`.%indeed'~ sip:x SIP/2.0\r\n", odd)
		add("RTP", false, rtp, odd)
		add("RTP on the SIP port", false, rtp, pcapwrite.UDP{Src: 5060, Dst: 5060})
		add("RTCP", false, rtcp, odd)
		add("STUN", false, stun, odd)
		add("TURN", false, turn, odd)
		add("DTLS", false, dtls, odd)
		add("ZRTP", false, zrtp, odd)
		add("DNS", false, dns, pcapwrite.UDP{Src: 40000, Dst: 53})
		add("NTP", false, ntp, pcapwrite.UDP{Src: 123, Dst: 123})
		add("QUIC", false, quic, pcapwrite.UDP{Src: 443, Dst: 50000})
		add("empty datagram", false, "", odd)
		add("TCP", true, "", pcapwrite.TCP{Src: 40123, Dst: 5060, Flags: pcapwrite.SYN})
		add("TCP with binary", true, rtp, pcapwrite.TCP{Src: 40123, Dst: 443, Flags: pcapwrite.ACK})
		add("ICMP error", true, invite, pcapwrite.Undelivered{V6: family == "IPv6"}, inner, odd)
		add("GRE with RTP", true, rtp, pcapwrite.GRE{}, inner, odd)
		add("IP in IP", true, invite, inner, odd)
		add("GTP-U", true, rtp, pcapwrite.UDP{Src: 2152, Dst: 2152}, pcapwrite.GTP{TEID: 7}, inner, odd)
		add("SCTP", true, rtp, pcapwrite.SCTP{Src: 5060, Dst: 5060, Tag: 1})
		add("SCTP in UDP", true, rtp, pcapwrite.UDP{Src: 9899, Dst: 9899}, pcapwrite.SCTP{Src: 40000, Dst: 5060, Tag: 1})
		big := pcapwrite.Build([]byte(strings.Repeat("\x80", 3000)), pcapwrite.IP(a[0], a[1], 3), odd)
		for i, part := range pcapwrite.Fragments(big, 1400, 9) {
			out = append(out, probe{[]string{"first", "middle", "last"}[i] + " fragment over " + family, part, true})
		}
		echo := pcapwrite.Build(nil, pcapwrite.IP(a[0], a[1], 4), pcapwrite.Undelivered{V6: family == "IPv6"})
		esp := pcapwrite.Build([]byte(invite), pcapwrite.IP(a[0], a[1], 4), odd)
		if family == "IPv4" {
			echo[20], esp[9] = 8, 50
		} else {
			echo[40], esp[6] = 128, 50
		}
		out = append(out, probe{"ping over " + family, echo, false}, probe{"ESP over " + family, esp, true})
		if family == "IPv6" {
			hop := append([]byte{17, 0, 1, 4, 0, 0, 0, 0}, esp[40:]...)
			extended := append(append([]byte(nil), esp[:40]...), hop...)
			extended[6] = 0
			binary.BigEndian.PutUint16(extended[4:], uint16(len(hop)))
			out = append(out, probe{"request behind a hop-by-hop header", extended, true})
		} else {
			options := append(append([]byte(nil), esp[:20]...), 1, 1, 1, 0)
			options[0], options[9] = 0x46, 17
			out = append(out, probe{"request behind IPv4 options", append(options, esp[20:]...), true})
			options = append(append([]byte(nil), options[:24]...), pcapwrite.Build([]byte(rtp), odd)...)
			out = append(out, probe{"RTP behind IPv4 options", options, false})
		}
	}
	return out
}

// onEthernet puts p behind Ethernet and the tags.
func (p probe) onEthernet(tags ...pcapwrite.Layer) []byte {
	ethernet := pcapwrite.Ethernet{Src: pcapwrite.MACOf(addresses["IPv4"][0]), Dst: pcapwrite.MACOf(addresses["IPv4"][1])}
	head := pcapwrite.Build(nil, append(append([]pcapwrite.Layer{ethernet}, tags...), family(p.ip))...)
	return append(head[:len(head)-len(pcapwrite.Build(nil, family(p.ip)))], p.ip...)
}

// family returns an IP layer of the packet's family.
func family(ip []byte) pcapwrite.Layer {
	a := addresses["IPv4"]
	if ip[0]>>4 == 6 {
		a = addresses["IPv6"]
	}
	return pcapwrite.IP(a[0], a[1], 0)
}

func program(t testing.TB, link capture.LinkType) *bpf.Program {
	t.Helper()
	code, err := CompileFilter(link, MaxSnaplen, DefaultFilter)
	if err != nil {
		t.Fatal(err)
	}
	if len(code) > 700 { // 20 KiB, the default of net.core.optmem_max before Linux 6.7, hold more
		t.Errorf("%v: %d instructions are much for the kernel's memory limit of a socket filter", link, len(code))
	}
	p, err := bpf.Load(code)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestDefaultFilter(t *testing.T) {
	ethernet := program(t, capture.LinkEthernet)
	for _, p := range probes() {
		for name, frame := range map[string][]byte{
			"untagged":       p.onEthernet(),
			"VLAN":           p.onEthernet(pcapwrite.VLAN{ID: 7}),
			"QinQ":           p.onEthernet(pcapwrite.VLAN{ID: 7}, pcapwrite.VLAN{ID: 8}),
			"802.1ad":        p.onEthernet(pcapwrite.VLAN{ID: 7, Service: true}, pcapwrite.VLAN{ID: 8}),
			"VLAN, priority": p.onEthernet(pcapwrite.VLAN{}),
		} {
			if got := ethernet.Match(frame, len(frame)); got != p.pass {
				t.Errorf("%s, %s: passes: %v, want %v", p.name, name, got, p.pass)
			}
		}
		for name, tags := range map[string][]pcapwrite.Layer{
			"PPPoE":         {pcapwrite.PPPoE{Session: 3}},
			"PPPoE in VLAN": {pcapwrite.VLAN{ID: 7}, pcapwrite.PPPoE{Session: 3}},
			"PPPoE in QinQ": {pcapwrite.VLAN{ID: 7}, pcapwrite.VLAN{ID: 8}, pcapwrite.PPPoE{Session: 3}},
		} {
			if frame := p.onEthernet(tags...); !ethernet.Match(frame, len(frame)) {
				t.Errorf("%s in %s does not pass", p.name, name)
			}
		}
	}
}

// TestDefaultFilterCooked: the same packets on the link types that have no VLAN tags.
func TestDefaultFilterCooked(t *testing.T) {
	for link, head := range map[capture.LinkType]func(ip []byte) []byte{
		capture.LinkRaw:       func(ip []byte) []byte { return ip },
		capture.LinkDLTRaw:    func(ip []byte) []byte { return ip },
		capture.LinkLinuxSLL:  func(ip []byte) []byte { return cooked(ip, pcapwrite.SLL{}) },
		capture.LinkLinuxSLL2: func(ip []byte) []byte { return cooked(ip, pcapwrite.SLL2{}) },
	} {
		filter := program(t, link)
		for _, p := range probes() {
			frame := head(p.ip)
			if got := filter.Match(frame, len(frame)); got != p.pass {
				t.Errorf("%v: %s: passes: %v, want %v", link, p.name, got, p.pass)
			}
		}
	}
	tagged := cooked(probes()[0].ip, pcapwrite.SLL{}, pcapwrite.VLAN{ID: 7})
	if !program(t, capture.LinkLinuxSLL).Match(tagged, len(tagged)) {
		t.Error("a tagged packet of a cooked capture does not pass")
	}
}

// cooked puts ip behind layers.
func cooked(ip []byte, layers ...pcapwrite.Layer) []byte {
	head := pcapwrite.Build(nil, append(layers, family(ip))...)
	return append(head[:len(head)-len(pcapwrite.Build(nil, family(ip)))], ip...)
}

// TestDefaultFilterOther: what is not IP stays in the kernel.
func TestDefaultFilterOther(t *testing.T) {
	filter := program(t, capture.LinkEthernet)
	for name, frame := range map[string][]byte{
		"ARP":         append(make([]byte, 12), append([]byte{0x08, 0x06}, make([]byte, 28)...)...),
		"LLDP":        append(make([]byte, 12), append([]byte{0x88, 0xcc}, make([]byte, 46)...)...),
		"empty":       nil,
		"header only": append(make([]byte, 12), 8, 0),
	} {
		if filter.Match(frame, len(frame)) {
			t.Errorf("%s passes", name)
		}
	}
}

func BenchmarkDefaultFilter(b *testing.B) {
	filter := program(b, capture.LinkEthernet)
	for _, p := range probes() {
		if p.name == "RTP over IPv4" || p.name == "request over IPv6" {
			b.Run(p.name, func(b *testing.B) {
				frame := p.onEthernet()
				b.ReportAllocs()
				for b.Loop() {
					filter.Match(frame, len(frame))
				}
			})
		}
	}
}
