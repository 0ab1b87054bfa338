package sipgen

import "time"

// Workloads are the loads that the program is measured with. A real site keeps many calls open, so these do, too.
//
//   - udp: a million messages of 2,000 sessions a second, most of them calls of 60 s, of which some 79,000 are open at the end; 5 %
//     over IPv6, 1 % sent again.
//   - tcp: half a million messages of the same kind over TCP, cut into segments, 0.5 % of these swapped and 0.5 % sent again.
//   - span: 3.3 million packets, of which 5 % are SIP and nearly all others RTP.
//   - open: 300,000 calls that are open at the same time and end, ten messages each.
//   - change: 100,000 calls that stay open while messages of others come and go: 1,000,000 messages after the last of the 100,000.
func Workloads() map[string]Load {
	calls := Load{Seed: 1, Rate: 2000, Hold: time.Minute, Calls: 0.82, Answered: 0.96, Full: true}
	udp, tcp, span := calls, calls, calls
	udp.Messages, udp.IPv6, udp.Repeated = 1_000_000, 0.05, 0.01
	tcp.Messages, tcp.TCP = 500_000, &Segmented{Swapped: 0.005, Resent: 0.005}
	span.Messages, span.RTP, span.Rate = 165_000, 19, 500
	return map[string]Load{
		"udp": udp, "tcp": tcp, "span": span,
		"open":   {Seed: 1, Rate: 2000, Full: true, Standing: &Standing{Calls: 300_000, End: true}},
		"change": {Seed: 1, Rate: 5000, Full: true, Standing: &Standing{Calls: 100_000, Brief: true, Changes: 100_000}},
	}
}
