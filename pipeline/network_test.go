package pipeline

import (
	"net/netip"
	"strings"
	"testing"

	"sipspan/internal/packet"
	"sipspan/internal/wire"
)

func TestICMPKind(t *testing.T) {
	v4, v6 := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("2001:db8::1")
	for _, tt := range []struct {
		from       netip.Addr
		kind, code uint8
		want       wire.NetworkKind
	}{
		{v4, 3, 0, wire.NetUnreachable}, {v4, 3, 1, wire.HostUnreachable}, {v4, 3, 3, wire.PortUnreachable},
		{v4, 3, 4, wire.TooBig}, {v4, 3, 6, wire.NetUnreachable}, {v4, 3, 7, wire.HostUnreachable},
		{v4, 3, 9, wire.Prohibited}, {v4, 3, 10, wire.Prohibited}, {v4, 3, 13, wire.Prohibited}, {v4, 3, 15, wire.OtherICMP},
		{v4, 3, 200, wire.OtherICMP}, {v4, 11, 0, wire.TimeExceeded}, {v4, 4, 0, wire.OtherICMP},
		{v6, 1, 0, wire.NetUnreachable}, {v6, 1, 1, wire.Prohibited}, {v6, 1, 3, wire.HostUnreachable}, {v6, 1, 4, wire.PortUnreachable},
		{v6, 1, 5, wire.Prohibited}, {v6, 1, 99, wire.OtherICMP}, {v6, 2, 0, wire.TooBig}, {v6, 3, 0, wire.TimeExceeded}, {v6, 4, 0, wire.OtherICMP},
	} {
		p := packet.Packet{Src: netip.AddrPortFrom(tt.from, 0), ICMP: packet.ICMP{Type: tt.kind, Code: tt.code}}
		if got := icmpKind(&p); got != tt.want {
			t.Errorf("%v type %d code %d is %d, want %d", tt.from, tt.kind, tt.code, got, tt.want)
		}
	}
}

const register = `REGISTER sip:example.com SIP/2.0
Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK-1
From: <sip:a@example.com>;tag=a
To: <sip:a@example.com>
Call-ID: lost@192.0.2.1
CSeq: 1 REGISTER
`

// Events of the network reach the sessions that wait, whatever the number of workers, and are counted as nothing else.
func TestNetworkEventsExplainTimeouts(t *testing.T) {
	const later = `
@60 b -> a udp
OPTIONS sip:a SIP/2.0
Via: SIP/2.0/UDP 192.0.2.2:5060;branch=z9hG4bK-2
From: <sip:b@example.com>;tag=b
To: <sip:a@example.com>
Call-ID: later@192.0.2.2
CSeq: 1 OPTIONS
`
	for name, tt := range map[string]struct{ flow, want string }{
		"ICMP":            {"@0 a -> b udp\n" + register + "\n@0.1 b -> a icmp\n", `"source":"icmp","code":"port_unreachable"`},
		"a reset":         {"@0 a -> b tcp\n" + register + "\n@0.1 b -> a tcp rst\n", `"source":"tcp","code":"reset"`},
		"nothing":         {"@0 a -> b udp\n" + register, `"source":"timeout","code":"timer_f"`},
		"refused, not us": {"@0 a -> b udp\n" + register + "\n@0.1 c -> b tcp refused\n", `"source":"timeout","code":"timer_f"`},
		"ICMP, not SIP":   {"@0 a -> b udp\n" + register + "\n@0.1 a -> b udp\nhello\n\n@0.2 b -> a icmp\n", `"source":"timeout","code":"timer_f"`},
	} {
		t.Run(name, func(t *testing.T) {
			flow := packets(t, "hosts: a=192.0.2.1 b=192.0.2.2 c=192.0.2.3\n\n"+tt.flow+later)
			var first string
			for _, workers := range []int{1, 2, 8, 32} {
				out, snapshot := run(t, settings(workers), &frames{packets: flow})
				if first == "" {
					first = out
				}
				if out != first {
					t.Errorf("%d workers:\n%s\n1 worker:\n%s", workers, out, first)
				}
				if !strings.Contains(out, tt.want) {
					t.Errorf("no %s in\n%s", tt.want, out)
				}
				if n := snapshot.Session.Messages(); n != 2 {
					t.Errorf("%d messages", n)
				}
				if missing := snapshot.Account.Missing(); missing != 0 {
					t.Errorf("%d packets without a fate", missing)
				}
			}
		})
	}
}
