package session

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sipspan/record"
)

func (p *PeerCounters) lines() (list []string) {
	labels := func(name string, t *Tally[PeerLabels]) {
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
	trunks := []Peer{
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
			h := newHarness(t, 1, func(c *Config) { c.Peers = trunks })
			for _, m := range test.flow.messages(t) {
				h.handle(&m)
			}
			h.idle(test.idle)
			h.close()
			var sum Counters
			sum.Add(h.counters.Copy())
			sum.Add(h.correlator.Counters().Copy())
			if diff := cmp.Diff(test.want, sum.Peers.lines()); diff != "" {
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
		if got := append(h.counters.Peers.lines(), h.correlator.Counters().Peers.lines()...); len(got) > 0 {
			t.Errorf("%v", got)
		}
	})
}

func TestTally(t *testing.T) {
	var a, b Tally[int]
	for i := range maxLabelSets + 10 {
		a.CountOf(i, -1, Exemplar{CallID: fmt.Sprint(i), Time: int64(i + 1)})
	}
	before := a.copy()
	a.Count(5, -1)
	a.Count(1_000_000, -1)
	// The first of them has its own count still, those behind the limit share one, and the copy stands still.
	if a.Of(5) != 2 || a.Of(-1) != 11 || a.Len() != maxLabelSets+1 || a.Of(1_000_000) != 0 {
		t.Errorf("%d, %d, %d label sets, %d", a.Of(5), a.Of(-1), a.Len(), a.Of(1_000_000))
	}
	sum, last := uint64(0), Exemplar{}
	for _, n := range before.All {
		sum, last = sum+n.N, n.Last
	}
	if sum != maxLabelSets+10 || last.CallID != fmt.Sprint(maxLabelSets+9) {
		t.Errorf("the copy has %d, last of %+v", sum, last)
	}
	b.Add(&before, -1)
	b.Add(&before, -1)
	if b.Of(5) != 2 || b.Of(-1) != 20 || b.Len() != a.Len() {
		t.Errorf("added up: %d, %d, %d label sets", b.Of(5), b.Of(-1), b.Len())
	}
	if n := testing.AllocsPerRun(100, func() { a.Count(7, -1); a.CountOf(8, -1, last) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestCauseLabel(t *testing.T) {
	for _, test := range []struct{ source, code, want string }{
		{"", "", "none"},
		{"sip", "486", "sip:486"},
		{"sip", "0486", "sip:other"},
		{"sip", "700", "sip:other"},
		{"q850", "17", "q850:17"},
		{"q850", "128", "q850:other"},
		{"q850", "-1", "q850:other"},
		{"reason", "200", "reason:200"},
		{"reason", "99999", "reason:other"},
		{"warning", "370", "warning:370"},
		{"warning", "007", "warning:other"},
		{"ms-diagnostics", "1003", "ms-diagnostics:1003"},
		{"ms-diagnostics", "5000.7", "ms-diagnostics:5000"},
		{"ms-diagnostics", "4294967295", "ms-diagnostics:other"},
		{"ms-diagnostics", "", "ms-diagnostics:other"},
		{"timeout", "timer_b", "timeout:timer_b"},
		{"tcp", "Refused", "tcp:other"},
		{"icmp", strings.Repeat("a", 41), "icmp:other"},
	} {
		if got := CauseLabel(&record.Cause{Source: test.source, Code: test.code}); got != test.want {
			t.Errorf("%s %s: %s, want %s", test.source, test.code, got, test.want)
		}
	}
	if got := CauseLabel(nil); got != "none" {
		t.Errorf("no cause: %s", got)
	}
}

// What a scrape takes of the owner's time is one copy: no work for each session, and a few allocations.
func TestCountersCopy(t *testing.T) {
	var c Counters
	for i := range 1000 {
		c.Count(&record.Failure{Header: record.Header{CallID: "x", End: int64(i)}, Method: "INVITE", Status: 100 + i%600})
	}
	c.Peers.Requests.Count(PeerLabels{Peer: "p"}, otherPeer)
	var kept *Counters
	if n := testing.AllocsPerRun(10, func() { kept = c.Copy() }); n > 12 {
		t.Errorf("%v allocations", n)
	}
	c.Count(&record.Failure{Method: "INVITE", Status: 100})
	if labels := (FailureLabels{Method: 1, Code: 100, Source: "sip"}); c.Failures.Of(labels) != 3 {
		t.Errorf("%d", c.Failures.Of(labels))
	}
	var sum Counters
	sum.Add(kept)
	if labels := (FailureLabels{Method: 1, Code: 100, Source: "sip"}); sum.Failures.Of(labels) != 2 || kept.Records[record.KindFailure] != 1000 {
		t.Errorf("a copy that goes on counting")
	}
}
