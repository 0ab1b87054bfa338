package session

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sipspan/decode/sip"
	"sipspan/internal/wire"
	"sipspan/record"
	"sipspan/session/evidence"
	"sipspan/session/shard"
	"sipspan/session/transaction"
)

// notebook is an explainer that writes down what it is asked and says nothing.
type notebook struct {
	tb    testing.TB
	lines []string
}

func (n *notebook) Explain(c *evidence.Case) *record.Cause {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %d wait=%d", c.Method, c.Status, c.Wait)
	if c.Request != nil {
		b.WriteString(" " + n.first("request", c.Request))
	}
	if len(c.Response) > 0 {
		b.WriteString(" " + n.first("response", c.Response))
	}
	if len(c.Closing) > 0 {
		b.WriteString(" " + n.first("closing", c.Closing))
	}
	for _, r := range c.Rounds {
		fmt.Fprintf(&b, " round(%s %s)", n.first("round", r.Request), n.first("round", r.Response))
	}
	for i, s := range c.Path {
		if i == 0 {
			b.WriteString(" way=" + lastOctet(s.Src.String()))
		}
		b.WriteString(">" + lastOctet(s.Dst.String()))
	}
	if c.Origin.IsValid() {
		b.WriteString(" origin=" + lastOctet(c.Origin.String()))
	}
	for _, e := range c.Network {
		fmt.Fprintf(&b, " network=%d", e.Kind)
	}
	if c.Retry.Requests > 0 {
		fmt.Fprintf(&b, " repeats=%d next=%v", c.Retry.Requests, c.Retry.Next)
	}
	if c.Interval > 0 || c.Talk > 0 {
		fmt.Fprintf(&b, " talk=%v interval=%v", c.Talk, c.Interval)
	}
	if c.Looped {
		b.WriteString(" looped")
	}
	for _, r := range c.Rivals {
		b.WriteString(" rival=" + lastOctet(r.String()))
	}
	n.lines = append(n.lines, b.String())
	return nil
}

// first names a message of a case by its method or status, and by what it says why. It must be one, and whole.
func (n *notebook) first(what string, raw []byte) string {
	if len(raw) == 0 {
		return "-"
	}
	var m sip.Message
	if err := m.Parse(raw); err != nil {
		n.tb.Errorf("%s is no message: %v\n%q", what, err, raw)
		return "?"
	}
	name := m.Method.String()
	if !m.Request {
		name = fmt.Sprint(m.Status)
	}
	for _, id := range [...]sip.HeaderID{sip.HeaderReason, sip.HeaderWarning, sip.HeaderRetryAfter} {
		if h := m.Header(id); h != nil {
			name += "[" + string(h) + "]"
		}
	}
	return name
}

func TestCases(t *testing.T) {
	challenge := " h=WWW-Authenticate:Digest_realm=\"r\",nonce=\"n\""
	for _, tt := range []struct {
		name string
		idle float64
		flow flow
		want []string
	}{
		{
			name: "what goes well is nobody's business",
			idle: 60,
			flow: established + `
				25.30 a>b BYE 2 to=t
				25.40 b>a 200 BYE 2 to=t`,
		},
		{
			name: "of two hops the response that says more is kept, and the way goes to where it came from",
			idle: 20,
			flow: `
				0.00 a>b INVITE 1 via=a sdp
				0.01 b>c INVITE 1 via=b,a sdp
				0.10 c>b 486 INVITE 1 via=b,a to=t h=Reason:Q.850;cause=17
				0.11 b>c ACK 1 via=b
				0.12 b>a 486 INVITE 1 via=a to=t
				0.13 a>b ACK 1 via=a`,
			want: []string{"INVITE 486 wait=0 INVITE 486[Q.850;cause=17] way=a>b>c origin=c"},
		},
		{
			name: "everything at the same time, as far as the clock tells",
			idle: 20,
			flow: `
				0.00 a>b INVITE 1 via=a sdp
				0.00 b>c INVITE 1 via=b,a sdp
				0.00 c>b 486 INVITE 1 via=b,a to=t h=Reason:Q.850;cause=17
				0.00 b>c ACK 1 via=b
				0.00 b>a 486 INVITE 1 via=a to=t
				0.00 a>b ACK 1 via=a`,
			want: []string{"INVITE 486 wait=0 INVITE 486[Q.850;cause=17] way=a>b>c origin=c"},
		},
		{
			name: "a request other than INVITE at the same time",
			idle: 20,
			flow: `
				0.00 a>b MESSAGE 1 via=a
				0.00 b>c MESSAGE 1 via=b,a
				0.00 c>b 404 MESSAGE 1 via=b,a to=t
				0.00 b>a 404 MESSAGE 1 via=a to=t`,
			want: []string{"MESSAGE 404 wait=0 MESSAGE 404 way=a>b>c origin=c"},
		},
		{
			name: "the response nearer to the sender, if that says more",
			idle: 20,
			flow: `
				0.00 a>b INVITE 1 via=a sdp
				0.01 b>c INVITE 1 via=b,a sdp
				0.10 c>b 503 INVITE 1 via=b,a to=t
				0.12 b>a 503 INVITE 1 via=a to=t h=Retry-After:30`,
			want: []string{"INVITE 503 wait=0 INVITE 503[30] way=a>b>c origin=c"},
		},
		{
			name: "of two forks the response that the caller was told",
			idle: 20,
			flow: `
				0.00 a>b INVITE 1 via=a sdp
				0.01 b>c INVITE 1 via=b,a sdp
				0.01 b>d INVITE 1 via=d,a sdp
				0.10 c>b 404 INVITE 1 via=b,a to=t h=Warning:399_x_"y"
				0.11 d>b 486 INVITE 1 via=d,a to=u
				0.12 b>a 486 INVITE 1 via=a to=u`,
			want: []string{"INVITE 486 wait=0 INVITE 486 way=a>b>d origin=d"},
		},
		{
			name: "each challenge with the request that it answers",
			idle: 20,
			flow: flow(`
				0.00 a>b REGISTER 1 via=a
				0.10 b>a 401 REGISTER 1 via=a to=x` + challenge + `
				0.20 a>b REGISTER 2 via=b h=Authorization:Digest_nonce="n"
				0.30 b>a 401 REGISTER 2 via=b to=x` + challenge + `
				0.40 a>b REGISTER 3 via=c h=Authorization:Digest_nonce="n"
				0.50 b>a 403 REGISTER 3 via=c to=x`),
			want: []string{"REGISTER 403 wait=0 REGISTER 403 round(- 401) round(REGISTER 401) round(REGISTER 403) way=a>b origin=b"},
		},
		{
			name: "a call whose first try is long forgotten",
			idle: 100,
			flow: flow(`
				0.00 a>b INVITE 1 via=a sdp
				0.10 b>a 407 INVITE 1 via=a to=x
				0.11 a>b ACK 1 via=a to=x
				30.0 a>b INVITE 2 via=b sdp
				30.1 b>a 407 INVITE 2 via=b to=x
				30.2 a>b ACK 2 via=b to=x`),
			want: []string{"INVITE 407 wait=0 INVITE 407 round(INVITE 407) round(INVITE 407) origin=b"},
		},
		{
			name: "who is refused and comes back at once",
			idle: 20,
			flow: `
				0.0 a>b OPTIONS 1 via=a
				0.1 b>a 503 OPTIONS 1 via=a to=x
				0.6 a>b OPTIONS 2 via=b
				0.7 b>a 503 OPTIONS 2 via=b to=x
				1.6 a>b OPTIONS 3 via=c
				1.7 b>a 503 OPTIONS 3 via=c to=x`,
			want: []string{
				"OPTIONS 503 wait=0 OPTIONS 503 way=a>b origin=b",
				"OPTIONS 503 wait=0 OPTIONS 503 way=a>b origin=b repeats=1 next=500ms",
				"OPTIONS 503 wait=0 OPTIONS 503 way=a>b origin=b repeats=2 next=500ms",
			},
		},
		{
			name: "nothing came back at all, or at the farthest hop",
			idle: 200,
			flow: `
				0.0 a>b OPTIONS 1 via=a
				0.5 a>b OPTIONS 1 via=a
				0.0 a>b INVITE 1 via=a id=c2
				0.1 b>a 100 INVITE 1 via=a id=c2
				0.1 b>c INVITE 1 via=b,a id=c2
				0.0 a>b INVITE 1 via=a id=c3
				0.1 b>a 180 INVITE 1 via=a to=t id=c3`,
			want: []string{
				"OPTIONS 0 wait=1 OPTIONS way=a>b",
				"INVITE 0 wait=1 INVITE way=a>b>c",
			},
		},
		{
			name: "a BYE that says why",
			idle: 20,
			flow: established + `
				5.30 b>a BYE 1 from=t to=f h=Reason:Q.850;cause=38
				5.40 a>b 200 BYE 1 from=t to=f`,
			want: []string{"INVITE 200 wait=0 INVITE 200 BYE[Q.850;cause=38] origin=b talk=4.1s interval=0s"},
		},
		{
			name: "a CANCEL that says why",
			idle: 20,
			flow: `
				0.0 a>b INVITE 1 via=a
				0.1 b>a 180 INVITE 1 via=a to=t
				1.0 a>b CANCEL 1 via=a h=Reason:SIP;cause=200
				1.1 b>a 200 CANCEL 1 via=a to=t
				1.2 b>a 487 INVITE 1 via=a to=t`,
			want: []string{"INVITE 487 wait=0 INVITE 487 CANCEL[SIP;cause=200] way=a>b origin=b"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := newHarness(t, 1, nil)
			for _, m := range tt.flow.messages(t) {
				h.handle(&m)
			}
			h.idle(tt.idle)
			h.close()
			if diff := cmp.Diff(tt.want, h.cases.lines); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// What is kept is bounded, and all of it is given back.
func TestEvidenceIsBoundedAndGivenBack(t *testing.T) {
	const limit = 2000
	h := newHarness(t, 1, func(c *shard.Config) { c.MaxEvidence = limit })
	tracker := h.trackers[0]
	most := 0
	for _, m := range load(t, 50, "a>b INVITE 1 via=a# sdp", "b>a 503 INVITE 1 via=a# to=x h=Retry-After:1", "a>b ACK 1 via=a# to=x",
		"a>b INVITE 2 via=b# sdp", "b>a 407 INVITE 2 via=b# to=x", "a>b ACK 2 via=b# to=x", "a>b INVITE 3 via=c# sdp", "a>b CANCEL 3 via=c# h=Reason:SIP;cause=200", "b>a 500 INVITE 3 via=c# to=x") {
		h.handle(&m)
		most = max(most, tracker.Evidence.Used())
	}
	if most > limit || most < limit/2 {
		t.Errorf("%d bytes were kept, the limit is %d", most, limit)
	}
	h.idle(1000)
	h.close()
	if tracker.Evidence.Used() != 0 {
		t.Errorf("%d bytes are still kept", tracker.Evidence.Used())
	}
	if len(h.cases.lines) == 0 {
		t.Error("no cases")
	}
}

func TestNetworkEvents(t *testing.T) {
	a, b, c := netip.MustParseAddrPort("192.0.2.1:5060"), netip.MustParseAddrPort("192.0.2.2:5060"), netip.MustParseAddrPort("192.0.2.3:5060")
	for _, tt := range []struct {
		name  string
		flow  flow
		event wire.NetworkEvent
		want  string
	}{
		{"about the request's datagram", "0.0 a>b OPTIONS 1", wire.NetworkEvent{Src: a, Dst: b}, "OPTIONS 0 wait=1 OPTIONS way=a>b network=0"},
		{"about the other direction", "0.0 a>b OPTIONS 1", wire.NetworkEvent{Src: b, Dst: a}, "OPTIONS 0 wait=1 OPTIONS way=a>b"},
		{"about somebody else", "0.0 a>b OPTIONS 1", wire.NetworkEvent{Src: a, Dst: c}, "OPTIONS 0 wait=1 OPTIONS way=a>b"},
		{"too early", "0.0 a>b OPTIONS 1", wire.NetworkEvent{Time: -1e9, Src: a, Dst: b}, "OPTIONS 0 wait=1 OPTIONS way=a>b"},
		{"a reset by the other side", "0.0 a>b OPTIONS 1", wire.NetworkEvent{Kind: wire.ConnectionReset, Src: b, Dst: a}, "OPTIONS 0 wait=1 OPTIONS way=a>b network=8"},
		{"a next hop that refuses", "0.0 a>b OPTIONS 1\n1.0 b>a 503 OPTIONS 1 to=x", wire.NetworkEvent{Kind: wire.ConnectionRefused, Src: b, Dst: c},
			"OPTIONS 503 wait=0 OPTIONS 503 way=a>b origin=b network=7"},
		{"a next hop that refuses somebody else's request, while this one goes on", "0.0 a>b OPTIONS 1 via=a\n0.1 b>d OPTIONS 1 via=b,a\n1.0 d>b 503 OPTIONS 1 via=b,a to=x\n1.1 b>a 503 OPTIONS 1 via=a to=x",
			wire.NetworkEvent{Kind: wire.ConnectionRefused, Src: b, Dst: c}, "OPTIONS 503 wait=0 OPTIONS 503 way=a>b>d origin=d"},
		{"a connection of somebody else", "0.0 a>b OPTIONS 1\n1.0 b>a 503 OPTIONS 1 to=x", wire.NetworkEvent{Kind: wire.ConnectionRefused, Src: c, Dst: b},
			"OPTIONS 503 wait=0 OPTIONS 503 way=a>b origin=b"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := newHarness(t, 1, nil)
			messages := tt.flow.messages(t)
			for i, m := range messages {
				h.handle(&m)
				if i == 0 {
					e := tt.event
					e.Time += m.meta.Time + 5e8
					h.trackers[0].Network(&e)
					h.trackers[0].Network(&e) // the end of the other direction
				}
			}
			h.idle(60)
			h.close()
			if diff := cmp.Diff([]string{tt.want}, h.cases.lines); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestNetworkEventsAreBounded(t *testing.T) {
	h := newHarness(t, 1, nil)
	tracker := h.trackers[0]
	for i := range 3 * transaction.MaxNetworkEvents {
		tracker.Network(&wire.NetworkEvent{Time: flowEpoch + int64(i)})
	}
	if len(tracker.Events) != transaction.MaxNetworkEvents || tracker.Events[tracker.OldestEvent].Time != flowEpoch+2*transaction.MaxNetworkEvents {
		t.Errorf("%d events, the oldest of %d", len(tracker.Events), tracker.Events[tracker.OldestEvent].Time-flowEpoch)
	}
}

// A session is seen to run out by a BYE at the times of RFC 4028 alone.
func TestSessionTimer(t *testing.T) {
	for _, tt := range []struct {
		bye float64
		out bool
	}{{30, false}, {61.2, true}, {75, false}, {91, true}, {120, false}} {
		flow := flow("0 a>b INVITE 1\n1 b>a 200 INVITE 1 to=t h=Session-Expires:90;refresher=uac\n1.1 a>b ACK 1 to=t via=k\n" +
			fmt.Sprintf("%g b>a BYE 1 from=t to=f\n%g a>b 200 BYE 1 from=t to=f", tt.bye, tt.bye+0.1))
		h := newHarness(t, 1, nil)
		for _, m := range flow.messages(t) {
			h.handle(&m)
		}
		h.idle(10)
		h.close()
		if got := len(h.cases.lines) > 0; got != tt.out {
			t.Errorf("BYE after %g s: %q", tt.bye, h.cases.lines)
		}
	}
}
