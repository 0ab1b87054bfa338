package alert

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"sipspan/alert/incident"
	"sipspan/record"
)

// pair is an engine that goes on, and one that is started anew with the memory of the first.
type pair struct {
	testing.TB
	on, anew        *Engine
	ofOn, ofAnew    []*record.Alert
	before, restart Config
	changed         func(*Memory)
}

// live tells both the same; at the time of the restart, since the epoch, the second takes the place of an engine that ends.
func (p *pair) live(story string, restart, gap time.Duration) {
	p.Helper()
	p.on = New(p.before, "test", func(a *record.Alert) { p.ofOn = append(p.ofOn, a) })
	at, last := epoch+int64(restart), int64(0)
	for _, h := range tell(p.TB, story) {
		if p.anew == nil && h.at >= at {
			p.anew = New(p.restart, "test", func(a *record.Alert) { p.ofAnew = append(p.ofAnew, a) })
			p.anew.Remember(p.through(p.on.Memory()))
		}
		p.on.Signal(h.signal)
		if p.anew != nil && h.at >= at+int64(gap) {
			p.anew.Signal(h.signal)
		}
		last = h.at
	}
	p.on.Advance(last + int64(20*time.Second))
	p.anew.Advance(last + int64(20*time.Second))
}

// through writes a memory as JSON and reads it again.
func (p *pair) through(m Memory) (back Memory) {
	p.Helper()
	if p.changed != nil {
		p.changed(&m)
	}
	text, err := json.Marshal(m)
	if err == nil {
		err = json.Unmarshal(text, &back)
	}
	if err != nil {
		p.Fatal(err)
	}
	if !reflect.DeepEqual(m, back) {
		p.Errorf("the memory is another one after it was written and read")
	}
	return back
}

// after returns the lines of the alerts that began after a time of the story.
func after(alerts []*record.Alert, since time.Duration) []string {
	return lines(slices.DeleteFunc(slices.Clone(alerts), func(a *record.Alert) bool { return a.Start < epoch+int64(since) }))
}

// a week of calls from eight to eighteen o'clock, in which one of twenty fails by day, and registrations all the time.
// The story begins at nine.
func week(more string) string {
	var b strings.Builder
	for day := range 9 {
		from, to := day*24-1, day*24+9
		fmt.Fprintf(&b, "%dh-%dh 0.2 INVITE 200 to=carrier-a\n%dh-%dh 0.01 INVITE 503 to=carrier-a\n", max(from, 0), to, max(from, 0), to)
	}
	return b.String() + "0s-210h 0.05 REGISTER 200\n0s-210h 0.02 SUBSCRIBE 200 event=presence\n" + more
}

// On the eighth day, a Monday, the daemon is started anew at ten past twelve. A fault of the carrier follows, and calls that stop.
// The one that was started anew says the same as the one that went on, with the same baselines within a little.
func TestMemorySurvivesARestart(t *testing.T) {
	const restart = 7*24*time.Hour + 190*time.Minute
	p := pair{TB: t, before: DefaultConfig(), restart: DefaultConfig()}
	p.live(week(`172h-172h20m 0.1 INVITE 503 to=carrier-a
		175h-175h40m 1 REGISTER 200`), restart, time.Minute)
	on, anew := after(p.ofOn, restart), after(p.ofAnew, restart)
	if !slices.Equal(on, anew) || len(on) < 6 {
		t.Errorf("the one that went on says\n%s\nthe one that was started anew\n%s", strings.Join(on, "\n"), strings.Join(anew, "\n"))
	}
	for i, w := range p.on.watches {
		o := p.anew.watches[i]
		for _, s := range w.list {
			at := slices.IndexFunc(o.list, func(x *series) bool { return x.peer == s.peer })
			if at < 0 {
				t.Errorf("%s knows nothing of %q", w.Name, s.peer)
				continue
			}
			for slot := range slots {
				a, b := s.baselines(slot), o.list[at].baselines(slot)
				for n := range a {
					if isNaN(a[n]) != isNaN(b[n]) || math.Abs(a[n]-b[n]) > 0.02+0.1*math.Abs(a[n]) {
						t.Errorf("%s of %q: usual in slot %d is %v, and %v after a restart", w.Name, s.peer, slot, a, b)
					}
				}
			}
		}
	}
}

func (p *series) baselines(slot int) [3]float64 {
	return [3]float64{p.habit.usual(slot), p.rate.atMost(slot), p.rate.atLeast(slot)}
}

// faulty is an hour and a half, a restart, and soon after it a share of failures that is usual: with the memory that is known.
const faulty = `0s-90m 1 INVITE 200 to=carrier-a
	0s-90m 0.4 INVITE 503 to=carrier-a
	90m-120m 1 INVITE 200 to=carrier-a
	90m-120m 0.4 INVITE 503 to=carrier-a`

func ofRule(change Rule) Config {
	c := only("invite-5xx")
	change.Name = "invite-5xx"
	c.Rules = append([]Rule{change.over(c.Rules[0])}, c.Rules[1:]...)
	return c
}

func TestWhatIsRememberedAfterAChange(t *testing.T) {
	zone := ofRule(Rule{})
	zone.TimeZone = "Asia/Tokyo"
	for name, test := range map[string]struct {
		restart Config
		changed func(*Memory)
		gap     time.Duration
		forgot  bool
	}{
		"nothing is changed":             {restart: ofRule(Rule{})},
		"thresholds and times":           {restart: ofRule(Rule{Threshold: new(0.15), Factor: new(2.0), For: new(5 * time.Second), CoolDown: new(time.Hour), ResolveAfter: new(time.Minute), MinSamples: new(6), Severity: "page"})},
		"the order of what it looks at":  {restart: ofRule(Rule{Codes: []string{"5xx", "5xx"}})},
		"another time zone":              {restart: zone},
		"a short break":                  {restart: ofRule(Rule{}), gap: 15 * time.Minute},
		"the clock is set back a little": {restart: ofRule(Rule{}), changed: func(m *Memory) { shift(m, 30*time.Minute) }},
		"other codes":                    {restart: ofRule(Rule{Codes: []string{"503"}}), forgot: true},
		"other exceptions":               {restart: ofRule(Rule{Except: []string{"501"}}), forgot: true},
		"other methods":                  {restart: ofRule(Rule{Methods: []string{"INVITE", "MESSAGE"}}), forgot: true},
		"another window":                 {restart: ofRule(Rule{Window: new(2 * time.Minute)}), forgot: true},
		"another type":                   {restart: ofRule(Rule{Type: StatusCount, Threshold: new(5.0)}), forgot: true},
		"of late it was long ago":        {restart: ofRule(Rule{}), changed: func(m *Memory) { shift(m, -3*time.Hour) }, forgot: true},
		"all is long ago":                {restart: ofRule(Rule{}), changed: func(m *Memory) { shift(m, -29*24*time.Hour) }, forgot: true},
		"the memory is of the future":    {restart: ofRule(Rule{}), changed: func(m *Memory) { shift(m, 2*time.Hour) }, forgot: true},
		"another version":                {restart: ofRule(Rule{}), changed: func(m *Memory) { m.Version++ }, forgot: true},
		"numbers that cannot be": {restart: ofRule(Rule{}), changed: func(m *Memory) {
			for i := range m.Rules[0].Series {
				m.Rules[0].Series[i].Share.Of = -1
			}
		}, forgot: true},
	} {
		t.Run(name, func(t *testing.T) {
			p := pair{TB: t, before: ofRule(Rule{}), restart: test.restart, changed: test.changed}
			p.live(faulty, 90*time.Minute, test.gap)
			if got := len(p.ofAnew) > 0; got != test.forgot {
				t.Errorf("raised %q, expected that it was forgotten: %v", lines(p.ofAnew), test.forgot)
			}
		})
	}
}

// shift moves all times of a memory.
func shift(m *Memory, by time.Duration) {
	m.At = m.At.Add(by)
	for i := range m.Rules {
		for j := range m.Rules[i].Series {
			m.Rules[i].Series[j].Learned = m.Rules[i].Series[j].Learned.Add(by)
		}
	}
}

// Of days the memory is longer: after a week without the daemon it still knows what is usual at that hour.
func TestTheDaysAreRememberedForWeeks(t *testing.T) {
	e := New(only("invite-5xx", "registration-storm"), "test", func(*record.Alert) {})
	run(e, tell(t, week("")))
	m := e.Memory()
	for days, want := range map[int]bool{7: true, 26: true, 30: false, -1: true, -20000: true} {
		anew := New(only("invite-5xx", "registration-storm"), "test", func(*record.Alert) {})
		anew.Remember(m)
		anew.Signal(&record.Signal{Time: m.At.UnixNano() + int64(days)*int64(24*time.Hour), Method: "INVITE", Status: 200, First: true})
		anew.Signal(&record.Signal{Time: m.At.UnixNano() + int64(days)*int64(24*time.Hour), Method: "REGISTER", Status: 200, First: true})
		const noon = 24
		for _, w := range anew.watches {
			b := w.all.baselines(noon)
			if got := !isNaN(b[0]) || !isNaN(b[1]); got != want {
				t.Errorf("after %d days %s has the baselines %v", days, w.Name, b)
			}
			if !isNaN(w.all.rate.lately()) || w.all.habit.windows > 0 {
				t.Errorf("after %d days %s knows what was of late", days, w.Name)
			}
		}
	}
}

// What is missing right after a restart was not lost: neither traffic that the capture has not seen yet, nor bindings.
func TestARestartLosesNothing(t *testing.T) {
	const story = `0s-10m 1 REGISTER bound
		0s-110m 1 INVITE 200 to=carrier-a
		10m-180m 0.005 REGISTER lapsed
		10m-180m 0.005 REGISTER bound
		110m-114m 0.001 INVITE 200
		114m-180m 1 INVITE 200 to=carrier-a
		110m-120m 0.5 REGISTER bound
		120m-140m 0.07 REGISTER lapsed`
	c := only("registrations-lost", "traffic-silence", "call-silence")
	p := pair{TB: t, before: c, restart: c}
	p.live(story, 110*time.Minute, 0)
	if len(p.ofAnew) > 0 {
		t.Errorf("raised %q", lines(p.ofAnew))
	}
}

// When calls had stopped before the restart, that is told five minutes after it; of a peer that is no longer there nothing is.
func TestSilenceThatLastsOverARestart(t *testing.T) {
	c := only("call-silence")
	p := pair{TB: t, before: c, restart: c}
	p.live(`0s-120m 1 INVITE 200 to=carrier-a
		0s-180m 1 OPTIONS 200
		120m-180m 0.002 INVITE 200`, 121*time.Minute, 0)
	if len(p.ofAnew) != 1 || p.ofAnew[0].Rule != "call-silence" || len(p.ofAnew[0].Labels) > 0 {
		t.Fatalf("raised %q", lines(p.ofAnew))
	}
	if at := time.Duration(p.ofAnew[0].Start - epoch); at < 121*time.Minute || at > 127*time.Minute {
		t.Errorf("it began at %v, and the engine watches since 2h1m", at)
	}
}

// The bindings of before a restart are no storm when they are refreshed, and forgotten an hour after it.
func TestBindingsOfBefore(t *testing.T) {
	c := only("registration-storm", "registrations-lost")
	p := pair{TB: t, before: c, restart: c}
	p.live("0s-50m 1 REGISTER bound\n0s-200m 0.1 REGISTER 200\n70m-71m 2 REGISTER 200", time.Hour, 0)
	if len(p.ofAnew) > 0 {
		t.Errorf("raised %q", lines(p.ofAnew))
	}
	if n := p.anew.bindings(epoch + int64(90*time.Minute)); n != 3000 {
		t.Errorf("%d bindings after half an hour", n)
	}
	if n := p.anew.bindings(epoch + int64(3*time.Hour)); n != 0 {
		t.Errorf("%d bindings after two hours", n)
	}
}

// What is remembered of a peer that is not seen goes from memory to memory, until it is too old.
func TestPeersThatWereNotSeenAreCarriedOn(t *testing.T) {
	c := only("invite-5xx")
	e := New(c, "test", func(*record.Alert) {})
	run(e, tell(t, "0s-60m 1 INVITE 200 to=carrier-a\n0s-60m 1 INVITE 200 to=carrier-b"))
	m := e.Memory()
	for range 10 {
		e = New(c, "test", func(*record.Alert) {})
		e.Remember(m)
		if !reflect.DeepEqual(e.Memory(), m) {
			t.Error("an engine that has seen nothing has another memory than it was given")
		}
		start := m.At.Add(3 * 24 * time.Hour).UnixNano()
		e.Signal(&record.Signal{Time: start, Method: "INVITE", Status: 200, First: true, To: "carrier-a"})
		e.Advance(start + int64(time.Minute))
		m = e.Memory()
	}
	var peers []string
	for _, s := range m.Rules[0].Series {
		peers = append(peers, s.Peer)
	}
	if !slices.Equal(peers, []string{"", "carrier-a"}) {
		t.Errorf("after 30 days these are remembered: %q", peers)
	}
}

// A memory is bounded, whatever there is, and names no address.
func TestMemoryIsBounded(t *testing.T) {
	e := New(DefaultConfig(), "test", func(*record.Alert) {})
	r := rand.New(rand.NewPCG(1, 1))
	for i := range 5 * maxSeries {
		e.Signal(stranger(epoch+int64(i), i))
	}
	for _, w := range e.watches {
		for _, p := range w.list {
			p.habit.season, p.rate.season, p.habit.windows, p.rate.windows = new(season), new(season), 1, 1
			for slot := range slots {
				for _, s := range []*season{p.habit.season, p.rate.season} {
					s.a[slot], s.b[slot], s.days[slot] = r.Float32(), 100*r.Float32(), 255
				}
			}
		}
	}
	m := e.Memory()
	n := 0
	for _, r := range m.Rules {
		n += len(r.Series)
		if r.Series[0].Peer != "" {
			t.Errorf("the first series of %s is of %s", r.Rule, r.Series[0].Peer)
		}
	}
	text, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	if n != maxRemembered || len(text) > 16<<20 {
		t.Errorf("%d series in %d bytes", n, len(text))
	}
	for _, secret := range []string{"198.51.100", "192.0.2", "call-1"} {
		if strings.Contains(string(text), secret) {
			t.Errorf("the memory holds %s", secret)
		}
	}
}

// stranger is one request of a stranger to one of many peers.
func stranger(at int64, i int) *record.Signal {
	return &record.Signal{
		Time: at, Method: []string{"INVITE", "REGISTER", "OPTIONS", "MESSAGE", "SUBSCRIBE"}[i%5], Status: []int{200, 403, 503}[i%3], First: true,
		Src: netip.AddrPortFrom(netip.AddrFrom4([4]byte{198, 51, 100, byte(i)}), 5060), Dst: netip.MustParseAddrPort("192.0.2.2:5060"),
		To: fmt.Sprintf("peer-%d", i), CallID: fmt.Sprintf("call-%d", i), Target: uint64(i),
	}
}

func TestAskMemory(t *testing.T) {
	e := New(only("invite-5xx"), "test", func(*record.Alert) {})
	asked := e.AskMemory()
	if m := e.Memory(); !m.At.IsZero() {
		t.Errorf("an engine that has seen nothing remembers %+v", m)
	}
	run(e, tell(t, "0s-60m 1 INVITE 200"))
	m := <-asked
	if got := m.At.UnixNano() - epoch; got <= 0 || got > int64(10*time.Second) {
		t.Errorf("the copy is of %v", m.At)
	}
	asked = e.AskMemory()
	at := epoch + int64(time.Hour+20*time.Second)
	e.Advance(at + 2*e.interval)
	if m = <-asked; !reflect.DeepEqual(m.Rules, e.memory(m.At.UnixNano()).Rules) || len(m.Rules) != 1 {
		t.Errorf("the copy is %+v", m)
	}
	select {
	case <-asked:
		t.Error("there is a second copy")
	default:
	}
}

// What an engine remembers does not change when it goes on.
func TestAMemoryIsACopy(t *testing.T) {
	e := New(DefaultConfig(), "test", func(*record.Alert) {})
	all := tell(t, week(""))
	run(e, all[:len(all)/2])
	m := e.Memory()
	before, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	anew := New(DefaultConfig(), "test", func(*record.Alert) {})
	anew.Remember(m)
	run(e, all[len(all)/2:])
	run(anew, all[len(all)/2:])
	if after, _ := json.Marshal(m); string(after) != string(before) {
		t.Error("the memory has changed")
	}
}

// restarted plays a story up to a time, keeps what is firing and what is usual, and plays the rest to another engine. It returns what
// each of them hands on.
func restarted(t *testing.T, c, after Config, story string, at time.Duration) (first, second []string) {
	t.Helper()
	all := tell(t, story)
	split := slices.IndexFunc(all, func(x told) bool { return x.at >= epoch+int64(at) })
	if split < 0 {
		split = len(all)
	}
	var before, then []*record.Alert
	e := New(c, "test", func(a *record.Alert) { before = append(before, a) })
	var faults []incident.Fault
	e.Changed = func(now []incident.Fault) { faults = now }
	run(e, all[:split])
	text, err := json.Marshal(faults)
	if err != nil {
		t.Fatal(err)
	}
	var kept []incident.Fault
	if err := json.Unmarshal(text, &kept); err != nil {
		t.Fatal(err)
	}
	next := New(after, "test", func(a *record.Alert) { then = append(then, a) })
	next.Remember(e.Memory())
	alerts, err := next.Resume(kept)
	if err != nil || len(alerts) != len(faults) {
		t.Fatalf("%d alerts go on of %d: %v", len(alerts), len(faults), err)
	}
	if split < len(all) {
		run(next, all[split:])
	}
	for i, a := range then {
		if a.State == "resolved" && (len(before) == 0 || a.ID != before[0].ID) {
			t.Errorf("record %d has the ID %s", i, a.ID)
		}
	}
	return lines(before), lines(then)
}

// TestFiringOverARestart stops the engine while an alert is firing. What ends meanwhile is handed on as over, once; what goes on is
// handed on only when it is over.
func TestFiringOverARestart(t *testing.T) {
	c := DefaultConfig()
	off := DefaultConfig()
	off.Rules = []Rule{{Name: "invite-5xx", Enabled: new(false)}, {Name: "scanner", Enabled: new(false)}, {Name: "call-silence", Enabled: new(false)}}
	const ordinary = "0s-150m 2 INVITE 200 to=carrier-a users=100\n"
	for _, test := range []struct {
		name, story string
		after       Config
		began       string
		over        []string
	}{
		{
			"quiet traffic", ordinary + "60m-65m 2 INVITE 503 to=carrier-a users=50", c,
			"firing invite-5xx direction=outbound origin=carrier-a peer=carrier-a 1h0m0s",
			[]string{"resolved invite-5xx direction=outbound origin=carrier-a peer=carrier-a 1h0m0s-"},
		},
		{
			"still bad", ordinary + "60m-90m 2 INVITE 503 to=carrier-a users=50", c,
			"firing invite-5xx direction=outbound origin=carrier-a peer=carrier-a 1h0m0s",
			[]string{"resolved invite-5xx direction=outbound origin=carrier-a peer=carrier-a 1h0m0s-1h3"},
		},
		{
			"no longer watched", ordinary + "60m-90m 2 INVITE 503 to=carrier-a users=50", off,
			"firing invite-5xx direction=outbound origin=carrier-a peer=carrier-a 1h0m0s",
			[]string{"resolved invite-5xx direction=outbound origin=carrier-a peer=carrier-a 1h0m0s-1h"},
		},
		{
			"an address", ordinary + "60m-64m 10 INVITE 404 src=198.51.100.9", c,
			"firing scanner source=198.51.100.9 1h0m0.350001s",
			[]string{"resolved scanner source=198.51.100.9 1h0m0.350001s-1h4m"},
		},
		{
			"silence that ends", "0s-60m 2 INVITE 200 to=carrier-a users=100\n0s-150m 1 OPTIONS 200\n70m-150m 2 INVITE 200 to=carrier-a users=100", c,
			"firing call-silence 1h0m0s", []string{"resolved call-silence 1h0m0s-1h10m"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			first, second := restarted(t, c, test.after, test.story, 64*time.Minute)
			if len(first) != 1 || first[0] != test.began {
				t.Errorf("before the restart: %q", first)
			}
			if len(second) != len(test.over) {
				t.Fatalf("after the restart: %q", second)
			}
			for i, want := range test.over {
				if !strings.HasPrefix(second[i], want) {
					t.Errorf("after the restart: %q, want %q", second[i], want)
				}
			}
		})
	}
}
