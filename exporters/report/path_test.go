package report

import (
	"strings"
	"testing"

	"sipspan/record"
)

func TestPath(t *testing.T) {
	for _, tt := range []struct {
		name     string
		path     Path
		line     string
		remedies string
	}{
		{"nothing", Path{}, "", ""},
		{"SIP alone", Path{Packets: 3, Delivered: 3, Transports: []record.Count{{Name: "udp", Value: 3}}}, "100 % SIP over udp", ""},
		{"undecided", Path{Packets: 4, Delivered: 2, Ignored: []record.Count{{Name: "arp", Value: 2}}}, "50 % ARP · 50 % TCP in which SIP is looked for", ""},
		{
			"a mirror", Path{
				Packets: 100_000, Delivered: 3000, Transports: []record.Count{{Name: "UDP", Value: 2000}, {Name: "TCP", Value: 900}},
				Ignored: []record.Count{
					{Name: "rtp", Value: 94_000}, {Name: "tls_without_keys", Value: 1500}, {Name: "encrypted_esp", Value: 900}, {Name: "tunnel_too_deep", Value: 1},
					{Name: "arp", Value: 599},
				},
				Tunnels: []record.Count{{Name: "vxlan", Value: 90_000}, {Name: "gtp", Value: 2000}},
				Blind:   record.Servers{Servers: 3, Busiest: "192.0.2.20:5061"},
			},
			"94 % RTP · 3.0 % SIP over UDP, TCP · 1.5 % TLS without keys (3 servers) · 0.9 % encrypted IPsec · 0.6 % ARP; in tunnels 90 % VXLAN · 2.0 % GTP",
			"TLS without keys (3 servers): give the key log of its servers or, for RSA key exchange, their private keys; the most packets are of 192.0.2.20:5061\n" +
				"encrypted IPsec: capture where IPsec ends, or let its ends use NULL encryption\n" +
				"too many tunnels in one another: raise capture.max_tunnels",
		},
		{
			"one server", Path{
				Packets: 10, Ignored: []record.Count{{Name: "tls_without_keys", Value: 10}}, Blind: record.Servers{Servers: 1, Busiest: "192.0.2.20:5061"},
			},
			"100 % TLS without keys (1 server)",
			"TLS without keys (1 server): give the key log of 192.0.2.20:5061 or, for RSA key exchange, its private key",
		},
		{
			"more servers than are counted", Path{
				Packets: 10, Ignored: []record.Count{{Name: "tls_without_keys", Value: 10}}, Blind: record.Servers{Servers: 1000, More: true},
			},
			"100 % TLS without keys (over 1,000 servers)",
			"TLS without keys (over 1,000 servers): give the key log of its servers or, for RSA key exchange, their private keys",
		},
		{
			"nearly all", Path{Packets: 1_000_000, Delivered: 1, Ignored: []record.Count{{Name: "rtp", Value: 999_999}}},
			"99.9 % RTP", "",
		},
		{
			"many kinds", Path{
				Packets: 1000, Dropped: []record.Count{{Name: "queue_batch_full", Value: 100}},
				Ignored: []record.Count{
					{Name: "rtp", Value: 500}, {Name: "stun", Value: 90}, {Name: "icmp", Value: 80}, {Name: "igmp", Value: 70}, {Name: "arp", Value: 60},
					{Name: "sctp", Value: 50}, {Name: "not_ip", Value: 50},
				},
			},
			"50 % RTP · 10 % lost · 9.0 % STUN · 8.0 % ICMP · 7.0 % IGMP · 6.0 % ARP · 10 % others", "",
		},
	} {
		if got := tt.path.String(); got != tt.line {
			t.Errorf("%s:\n got %s\nwant %s", tt.name, got, tt.line)
		}
		if got := strings.Join(tt.path.Remedies(), "\n"); got != tt.remedies {
			t.Errorf("%s:\n got %s\nwant %s", tt.name, got, tt.remedies)
		}
	}
}

// TestPathAddsUpWhatWasLost has packets lost for several reasons, which the line does not tell apart.
func TestPathAddsUpWhatWasLost(t *testing.T) {
	p := Path{Packets: 100, Delivered: 70, Dropped: []record.Count{{Name: "queue_batch_full", Value: 10}, {Name: "shed_new_call", Value: 20}}}
	if got := p.String(); strings.Count(got, "lost") != 1 || !strings.Contains(got, "30 % lost") {
		t.Error(got)
	}
}
