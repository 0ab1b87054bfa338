package pipeline

import (
	"strings"
	"testing"
)

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
