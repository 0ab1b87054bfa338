package session

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sipspan/session/shard"
	"sipspan/session/stats"
)

func peerLines(p *stats.PeerCounters) (list []string) {
	labels := func(name string, t *stats.Tally[stats.PeerLabels]) {
		for k, n := range t.All {
			list = append(list, strings.TrimSpace(fmt.Sprintf("%s %s %v %v %d %s", name, k.Peer, k.Direction, k.Method, k.Code, k.Cause))+fmt.Sprintf(" = %d", n.N))
		}
	}
	labels("request", &p.Requests)
	labels("response", &p.Responses)
	labels("failure", &p.Failures)
	for k, n := range p.Calls.All {
		list = append(list, fmt.Sprintf("call %s %v %v = %d", k.Peer, k.Direction, k.Disposition, n.N))
	}
	parts := [...]string{"total", "redirected", "established", "effective", "ineffective", "completed", "unanswered"}
	for k, n := range p.Setups.All {
		if n.N == 0 {
			continue
		}
		list = append(list, fmt.Sprintf("setup %s %v %s = %d", k.Peer, k.Direction, parts[k.Part], n.N))
	}
	slices.Sort(list)
	return list
}

func TestPeerCounters(t *testing.T) {
	trunks := []stats.Peer{
		{Name: "site", Addresses: []string{"192.0.2.1"}},
		{Name: "carrier", Addresses: []string{"192.0.2.3"}},
		{Name: "spare", Addresses: []string{"192.0.2.4"}},
	}
	for _, test := range []struct {
		name string
		idle float64
		flow flow
		want []string
	}{
		{
			// The proxy b tries the carrier c, which is overloaded, and then the spare one, d. The carrier's own challenge is answered
			// and no request of its own.
			name: "fail-over", idle: 10,
			flow: `
				0.00 a>b INVITE 1 via=a
				0.10 b>c INVITE 1 via=b1,a
				0.20 c>b 503 INVITE 1 via=b1,a to=x
				0.30 b>d INVITE 1 via=b2,a
				0.50 d>b 180 INVITE 1 via=b2,a to=t
				0.55 b>a 180 INVITE 1 via=a to=t
				0.90 d>b 200 INVITE 1 via=b2,a to=t
				1.00 b>a 200 INVITE 1 via=a to=t
				1.10 a>b ACK 1 via=k to=t
				2.00 a>b BYE 2 via=e to=t
				2.10 b>d BYE 2 via=e2,e to=t
				2.20 d>b 200 BYE 2 via=e2,e to=t
				2.30 b>a 200 BYE 2 via=e to=t`,
			want: []string{
				"call carrier outbound answered = 1",
				"call site inbound answered = 1",
				"call spare outbound answered = 1",
				"request carrier outbound INVITE 0 = 1",
				"request site inbound BYE 0 = 1",
				"request site inbound INVITE 0 = 1",
				"request spare outbound BYE 0 = 1",
				"request spare outbound INVITE 0 = 1",
				"response carrier outbound INVITE 503 = 1",
				"response site inbound BYE 200 = 1",
				"response site inbound INVITE 200 = 1",
				"response spare outbound BYE 200 = 1",
				"response spare outbound INVITE 200 = 1",
				"setup carrier outbound ineffective = 1",
				"setup carrier outbound total = 1",
				"setup site inbound completed = 1",
				"setup site inbound effective = 1",
				"setup site inbound established = 1",
				"setup site inbound total = 1",
				"setup spare outbound completed = 1",
				"setup spare outbound effective = 1",
				"setup spare outbound established = 1",
				"setup spare outbound total = 1",
			},
		},
		{
			// A challenge and its answer are one request for a session; a failure and the next try are two. A hop between two peers
			// counts for both.
			name: "challenged, refused, tried again", idle: 10,
			flow: `
				0.0 a>c INVITE 1 via=i1
				0.1 c>a 407 INVITE 1 via=i1 to=p
				0.2 a>c ACK 1 via=i1 to=p
				0.3 a>c INVITE 2 via=i2
				0.4 c>a 404 INVITE 2 via=i2 to=p
				0.5 a>c ACK 2 via=i2 to=p
				0.6 a>c INVITE 3 via=i3
				0.7 c>a 486 INVITE 3 via=i3 to=p
				0.8 a>c ACK 3 via=i3 to=p`,
			want: []string{
				"call carrier outbound busy = 1",
				"call site inbound busy = 1",
				"failure carrier outbound INVITE 404 sip:404 = 1",
				"failure carrier outbound INVITE 486 sip:486 = 1",
				"failure site inbound INVITE 404 sip:404 = 1",
				"failure site inbound INVITE 486 sip:486 = 1",
				"request carrier outbound INVITE 0 = 3",
				"request site inbound INVITE 0 = 3",
				"response carrier outbound INVITE 404 = 1",
				"response carrier outbound INVITE 407 = 1",
				"response carrier outbound INVITE 486 = 1",
				"response site inbound INVITE 404 = 1",
				"response site inbound INVITE 407 = 1",
				"response site inbound INVITE 486 = 1",
				"setup carrier outbound effective = 1",
				"setup carrier outbound total = 2",
				"setup site inbound effective = 1",
				"setup site inbound total = 2",
			},
		},
		{
			// The carrier never answers; the proxy makes a 408 of it, and the failure is the carrier's all the same.
			name: "silence", idle: 60,
			flow: `
				0.00 a>b INVITE 1 via=a
				0.10 b>c INVITE 1 via=b1,a
				0.60 b>c INVITE 1 via=b1,a
				31.2 b>a 408 INVITE 1 via=a to=x
				31.3 a>b ACK 1 via=a to=x`,
			want: []string{
				"call carrier outbound no_answer = 1",
				"call site inbound no_answer = 1",
				"failure carrier outbound INVITE 408 sip:408 = 1",
				"failure site inbound INVITE 408 sip:408 = 1",
				"request carrier outbound INVITE 0 = 1",
				"request site inbound INVITE 0 = 1",
				"response site inbound INVITE 408 = 1",
				"setup carrier outbound total = 1",
				"setup carrier outbound unanswered = 1",
				"setup site inbound ineffective = 1",
				"setup site inbound total = 1",
				"setup site inbound unanswered = 1",
			},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			h := newHarness(t, 1, func(c *shard.Config) { c.Peers = trunks })
			for _, m := range test.flow.messages(t) {
				h.handle(&m)
			}
			h.idle(test.idle)
			h.close()
			var sum stats.Counters
			sum.Add(h.counters.Copy())
			sum.Add(h.correlator.Counters().Copy())
			if diff := cmp.Diff(test.want, peerLines(&sum.Peers)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
	t.Run("nobody is named", func(t *testing.T) {
		h := newHarness(t, 1, nil)
		for _, m := range flow(established).messages(t) {
			h.handle(&m)
		}
		h.close()
		if got := append(peerLines(&h.counters.Peers), peerLines(&h.correlator.Counters().Peers)...); len(got) > 0 {
			t.Errorf("%v", got)
		}
	})
}
