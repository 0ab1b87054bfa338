package session

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sipspan/internal/wire"
	"sipspan/record"
	"sipspan/session/shard"
	"sipspan/session/stats"
)

var signalNames = map[record.SignalKind]string{
	record.SignalFinal: "final", record.SignalUnanswered: "unanswered", record.SignalBound: "bound", record.SignalUnbound: "unbound",
	record.SignalLapsed: "lapsed", record.SignalLinkDown: "link_down",
}

// listener is a watcher that writes down what it is told, a line each.
type listener struct{ lines []string }

func (h *listener) Signal(s *record.Signal) {
	line := fmt.Sprintf("%.1f %s %s", float64(s.Time-flowEpoch)/1e9, signalNames[s.Kind], s.Method)
	if s.Status != 0 {
		line += fmt.Sprintf(" %d", s.Status)
	}
	if s.Event != "" {
		line += " event=" + s.Event
	}
	if s.Src.IsValid() {
		line += " " + lastOctet(s.Src.String()) + ">" + lastOctet(s.Dst.String())
	}
	if s.From != "" || s.To != "" {
		line += fmt.Sprintf(" peers=%s>%s", s.From, s.To)
	}
	if s.Delay != 0 {
		line += fmt.Sprintf(" delay=%g", s.Delay.Seconds())
	}
	if s.First {
		line += " first"
	}
	if s.Inside {
		line += " inside"
	}
	if s.Retried {
		line += " retried"
	}
	if s.Elsewhere {
		line += " elsewhere"
	}
	if s.Count != 0 {
		line += fmt.Sprintf(" count=%d", s.Count)
	}
	h.lines = append(h.lines, line)
}

func (h *listener) Record(at int64, r record.Record) {
	h.lines = append(h.lines, fmt.Sprintf("%.1f record %s", float64(at-flowEpoch)/1e9, r.Kind()))
}

func (h *listener) Advance(int64) {}

// watch returns what a watcher is told of a flow when b is the peer "edge".
func (f flow) watch(tb testing.TB, shards int, idle float64) []string {
	h := newHarness(tb, shards, func(c *shard.Config) {
		c.Peers = []stats.Peer{{Name: "edge", Addresses: []string{"192.0.2.2"}}}
	})
	w := new(listener)
	h.correlator.Watcher = w
	for _, t := range h.trackers {
		t.Watched = true
	}
	for _, m := range f.messages(tb) {
		h.handle(&m)
	}
	h.idle(idle)
	h.close()
	return w.lines
}

func TestSignals(t *testing.T) {
	for _, test := range []struct {
		name string
		flow flow
		idle float64
		want []string
	}{
		{"a call that fails at the second hop, with a peer between", `
			0.0 a>b INVITE 1 via=x from=f touri=sip:bob@example.com
			0.1 b>c INVITE 1 via=y,x from=f touri=sip:bob@example.com
			0.2 c>b 503 INVITE 1 via=y,x from=f to=t touri=sip:bob@example.com
			0.3 b>a 503 INVITE 1 via=x from=f to=t touri=sip:bob@example.com
			0.4 a>b ACK 1 via=x from=f to=t touri=sip:bob@example.com`, 60, []string{
			"0.2 final INVITE 503 b>c peers=edge> delay=0.2",
			"0.3 final INVITE 503 a>b peers=>edge delay=0.3 first",
			"5.4 record call", "5.4 record failure",
		}},
		{"the delay of an answered call is the time to its first ring", `
			0.0 a>c INVITE 1 via=x from=f
			1.5 c>a 180 INVITE 1 via=x from=f to=t
			9.0 c>a 200 INVITE 1 via=x from=f to=t
			9.1 a>c ACK 1 via=z from=f to=t
			10 c>a BYE 7 via=w from=t to=f
			10.2 a>c 200 BYE 7 via=w from=t to=f`, 60, []string{
			"9.0 final INVITE 200 a>c delay=1.5 first",
			"10.2 final BYE 200 c>a delay=0.2 first inside",
			"15.2 record call",
		}},
		{"nobody answers", `
			0.0 a>b INVITE 1 via=x from=f
			0.5 a>b INVITE 1 via=x from=f
			1.5 a>b INVITE 1 via=x from=f
			0.0 a>c OPTIONS 1 via=o from=f id=other
			0.5 a>c OPTIONS 1 via=o from=f id=other
			9.0 a>c OPTIONS 1 via=o from=f id=unrepeated`, 90, []string{
			"32.0 unanswered OPTIONS a>c first",
			"37.0 unanswered INVITE a>b peers=>edge first",
			"37.0 record call", "37.0 record transaction", "37.0 record failure", "37.0 record failure",
			"46.0 record transaction", "46.0 record failure",
		}},
		{"a proxy turns from one that is silent to another", `
			0.0 a>c INVITE 1 via=x from=f
			0.1 c>b INVITE 1 via=y,x from=f
			4.1 c>d INVITE 1 via=z,x from=f
			4.2 d>c 200 INVITE 1 via=z,x from=f to=t
			4.3 c>a 200 INVITE 1 via=x from=f to=t
			4.4 a>c ACK 1 via=q from=f to=t
			5 c>a BYE 7 via=w from=t to=f
			5.2 a>c 200 BYE 7 via=w from=t to=f`, 60, []string{
			"4.1 unanswered INVITE c>b peers=>edge",
			"4.3 final INVITE 200 a>c delay=4.3 first",
			"5.2 final BYE 200 c>a delay=0.2 first inside",
			"10.2 record call",
		}},
		{"two phones ring together, and one answers", `
			0.0 a>c INVITE 1 via=x from=f
			0.1 c>b INVITE 1 via=y,x from=f
			0.1 c>d INVITE 1 via=z,x from=f
			0.5 b>c 180 INVITE 1 via=y,x from=f to=s
			2.0 d>c 200 INVITE 1 via=z,x from=f to=t
			2.1 c>a 200 INVITE 1 via=x from=f to=t
			2.2 c>b CANCEL 1 via=y from=f
			2.3 b>c 200 CANCEL 1 via=y from=f to=s
			2.4 b>c 487 INVITE 1 via=y,x from=f to=s
			2.5 a>c ACK 1 via=q from=f to=t`, 0, []string{
			"2.1 final INVITE 200 a>c delay=2.1 first",
			"2.4 final INVITE 487 c>b peers=>edge delay=2.4 elsewhere",
			"2.5 record call",
		}},
		{"a registration that is challenged and then lapses", `
			0.0 a>c REGISTER 1 via=x from=f h=Contact:<sip:a@192.0.2.1> h=Expires:20
			0.1 c>a 401 REGISTER 1 via=x from=f to=t
			0.2 a>c REGISTER 2 via=y from=f h=Contact:<sip:a@192.0.2.1> h=Expires:20
			0.3 c>a 200 REGISTER 2 via=y from=f to=t h=Contact:<sip:a@192.0.2.1>;expires=20`, 60, []string{
			"0.1 final REGISTER 401 a>c delay=0.1 first",
			"0.3 final REGISTER 200 a>c delay=0.3 first retried",
			"0.3 bound REGISTER count=1",
			"52.3 lapsed REGISTER count=1",
			"52.3 record registration",
		}},
		{"a binding that is no longer listed is not lost", `
			0.0 a>c REGISTER 1 id=one via=x from=f h=Contact:<sip:u@192.0.2.1> h=Expires:20 h=User-Agent:desk
			0.1 c>a 200 REGISTER 1 id=one via=x from=f to=t h=Contact:<sip:u@192.0.2.1>;expires=20
			1.0 b>c REGISTER 1 id=two via=y from=g h=Contact:<sip:u@192.0.2.2> h=Expires:600 h=User-Agent:soft
			1.1 c>b 200 REGISTER 1 id=two via=y from=g to=t h=Contact:<sip:u@192.0.2.2>;expires=600,<sip:u@192.0.2.1>;expires=19
			2.0 b>c REGISTER 2 id=two via=z from=g h=Contact:<sip:u@192.0.2.2> h=Expires:600 h=User-Agent:soft
			2.1 c>b 200 REGISTER 2 id=two via=z from=g to=t h=Contact:<sip:u@192.0.2.2>;expires=600`, 60, []string{
			"0.1 final REGISTER 200 a>c delay=0.1 first",
			"0.1 bound REGISTER count=1",
			"1.1 final REGISTER 200 b>c peers=edge> delay=0.1 first",
			"1.1 bound REGISTER count=1",
			"2.1 final REGISTER 200 b>c peers=edge> delay=0.1 first",
			"2.1 record registration",
			"2.1 record registration",
			"2.1 unbound REGISTER count=1",
			"52.1 record registration",
		}},
		{"a subscription", `
			0.0 a>c SUBSCRIBE 1 via=x from=f h=Event:presence h=Expires:60
			0.1 c>a 403 SUBSCRIBE 1 via=x from=f to=t`, 60, []string{
			"0.1 final SUBSCRIBE 403 event=presence a>c delay=0.1 first",
			"5.1 record subscription", "5.1 record failure",
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := test.flow.watch(t, 1, test.idle)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if other := test.flow.watch(t, 3, test.idle); !slices.Equal(got, other) {
				t.Errorf("three trackers tell other things:\n%s", cmp.Diff(got, other))
			}
		})
	}
}

func TestALinkThatIsDownIsToldOnce(t *testing.T) {
	h := newHarness(t, 4, nil)
	w := new(listener)
	h.correlator.Watcher = w
	e := wire.NetworkEvent{Time: flowEpoch + 1e9, Kind: wire.ConnectionRefused, Src: flowHost(t, "a"), Dst: flowHost(t, "b")}
	leaves := wire.NetworkEvent{Time: flowEpoch + 2e9, Kind: wire.WebSocketClosed, Src: e.Src, Dst: e.Dst, Code: 1001} // nothing is down
	for _, tracker := range h.trackers {
		tracker.Watched = true
		tracker.Network(&e)
		tracker.Network(&leaves)
	}
	h.close()
	if len(w.lines) != 1 {
		t.Errorf("told %d times: %q", len(w.lines), w.lines)
	}
}

// Nobody pays for signals that nobody wants, and they cost no memory of their own.
func TestNoSignalsWithoutAWatcher(t *testing.T) {
	for _, watched := range []bool{false, true} {
		h := newHarness(t, 1, nil)
		counting := &signalCount{Sink: h.correlator}
		h.trackers[0] = New(h.cfg, &h.counters, counting)
		h.trackers[0].Watched = watched
		for _, m := range mixedLoad(t) {
			h.handle(&m)
		}
		h.close()
		if (counting.n > 0) != watched {
			t.Errorf("watched %v: %d signals", watched, counting.n)
		}
	}
}

type signalCount struct {
	shard.Sink
	n int
}

func (s *signalCount) Signal(*record.Signal) { s.n++ }
