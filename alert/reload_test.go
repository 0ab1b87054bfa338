package alert

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"sipspan/record"
)

// reloaded plays a story and gives the engine other rules at a time of it.
func reloaded(t *testing.T, c, next Config, peers []string, story string, at time.Duration) (alerts []*record.Alert, e *Engine) {
	t.Helper()
	e = New(c, "test", func(a *record.Alert) { alerts = append(alerts, a) })
	all := tell(t, story)
	i, _ := slices.BinarySearchFunc(all, epoch+int64(at), func(h told, at int64) int { return int(h.at - at) })
	run(e, all[:i])
	e.Reload(next.Rules, peers)
	run(e, all[i:])
	return alerts, e
}

// withRule returns a configuration with one of its rules changed.
func withRule(c Config, change func(*Rule)) Config {
	c.Rules = slices.Clone(c.Rules)
	for i := range c.Rules {
		if *c.Rules[i].Enabled {
			change(&c.Rules[i])
		}
	}
	return c
}

func TestReload(t *testing.T) {
	const failing = `
		0s-90m 2 INVITE 200 to=carrier-a
		60m-65m 2 INVITE 503 to=carrier-a`
	peers := []string{"carrier-a"}
	for _, test := range []struct {
		name   string
		before Config
		change func(*Rule)
		peers  []string
		story  string
		at     time.Duration
		want   []string
	}{
		{
			"another threshold keeps what is usual", only("answer-ratio-drop"),
			func(r *Rule) { r.MinSamples, r.Severity = new(15), Critical }, peers, `
			0s-90m 1 INVITE 200
			0s-90m 1 INVITE 486
			60m-75m 4 INVITE 480`, 58 * time.Minute,
			[]string{"firing answer-ratio-drop 1h0m0s", "resolved answer-ratio-drop 1h0m0s-1h15m0s"},
		},
		{
			"a threshold that is out of reach", only("invite-5xx"),
			func(r *Rule) { r.Threshold = new(0.9) }, peers, failing, 58 * time.Minute, nil,
		},
		{
			"an alert goes on, and ends once", only("invite-5xx"),
			func(r *Rule) { r.Severity = Warning }, peers, failing, 62 * time.Minute,
			[]string{
				"firing invite-5xx 1h0m0s", "firing invite-5xx direction=outbound peer=carrier-a 1h0m0s",
				"resolved invite-5xx 1h0m0s-1h5m0s", "resolved invite-5xx direction=outbound peer=carrier-a 1h0m0s-1h5m0s",
			},
		},
		{
			"a rule that is switched off", only("invite-5xx"),
			func(r *Rule) { r.Enabled = new(false) }, peers, failing, 62 * time.Minute,
			[]string{
				"firing invite-5xx 1h0m0s", "firing invite-5xx direction=outbound peer=carrier-a 1h0m0s",
				"resolved invite-5xx 1h0m0s-1h2m15s", "resolved invite-5xx direction=outbound peer=carrier-a 1h0m0s-1h2m15s",
			},
		},
		{
			"a rule no longer looks at peers by themselves", only("invite-5xx"),
			func(r *Rule) { r.ByPeer = new(false) }, peers, failing, 62 * time.Minute,
			[]string{
				"firing invite-5xx 1h0m0s", "firing invite-5xx direction=outbound peer=carrier-a 1h0m0s",
				"resolved invite-5xx direction=outbound peer=carrier-a 1h0m0s-1h2m15s", "resolved invite-5xx 1h0m0s-1h5m0s",
			},
		},
		{
			"a group that is no longer there is not missed", only("traffic-silence"),
			func(*Rule) {}, []string{"carrier-b"}, `
			0s-58m 1 INVITE 200 to=carrier-a
			58m-90m 1 INVITE 200 to=carrier-b`, 58 * time.Minute, nil,
		},
		{
			"a group that stays and is silent is", only("traffic-silence"),
			func(*Rule) {}, []string{"carrier-a", "carrier-b"}, `
			0s-58m 1 INVITE 200 to=carrier-a
			58m-90m 1 INVITE 200 to=carrier-b`, 58 * time.Minute,
			[]string{"firing traffic-silence peer=carrier-a 58m0s"},
		},
	} {
		got, e := reloaded(t, test.before, withRule(test.before, test.change), test.peers, test.story, test.at)
		if list := lines(got); !slices.Equal(list, test.want) {
			t.Errorf("%s: %q, expected %q", test.name, list, test.want)
		}
		for _, s := range e.Status() {
			firing := 0
			for _, a := range got {
				if firing++; a.State == "resolved" {
					firing -= 2
				}
			}
			if s.Firing != firing {
				t.Errorf("%s: %+v, expected %d that are firing", test.name, s, firing)
			}
		}
	}
}

// TestReloadEndsWhatIsNoLongerWatched looks at what the end of such an alert says.
func TestReloadEndsWhatIsNoLongerWatched(t *testing.T) {
	c := only("scanner")
	got, _ := reloaded(t, c, withRule(c, func(r *Rule) { r.Enabled = new(false) }), nil, `
		0s-90m 1 INVITE 200
		60m-80m 5 INVITE 404 src=203.0.113.9 users=500`, 65*time.Minute)
	if len(got) != 2 || got[1].State != "resolved" || !strings.HasPrefix(got[1].Summary, "No longer watched: ") || got[0].ID != got[1].ID {
		t.Errorf("%+v", lines(got))
	}
}

// TestARuleIsSwitchedOffAndOn looks whether its baseline is still there.
func TestARuleIsSwitchedOffAndOn(t *testing.T) {
	c := only("answer-ratio-drop")
	off := withRule(c, func(r *Rule) { r.Enabled = new(false) })
	var alerts []*record.Alert
	e := New(c, "test", func(a *record.Alert) { alerts = append(alerts, a) })
	for _, h := range tell(t, `
		0s-200m 1 INVITE 200
		0s-200m 1 INVITE 486
		130m-145m 4 INVITE 480`) {
		switch {
		case h.at < epoch+int64(100*time.Minute):
		case h.at < epoch+int64(110*time.Minute):
			e.Reload(off.Rules, nil)
		default:
			e.Reload(c.Rules, nil)
		}
		e.Signal(h.signal)
	}
	if len(alerts) == 0 || alerts[0].State != "firing" || !(alerts[0].Baseline > 0.4) {
		t.Errorf("%+v", lines(alerts))
	}
}

// TestReloadWhileItRuns reloads and asks from other goroutines.
func TestReloadWhileItRuns(t *testing.T) {
	c := only("invite-5xx", "traffic-silence", "scanner")
	off := withRule(c, func(r *Rule) { r.Enabled = new(r.Type != Scanner) })
	e := New(c, "test", func(*record.Alert) {})
	stop := make(chan struct{})
	var beside sync.WaitGroup
	beside.Go(func() {
		for n := 0; ; n++ {
			select {
			case <-stop:
				return
			default:
			}
			if n%2 == 0 {
				e.Reload(c.Rules, []string{"carrier-a"})
			} else {
				e.Reload(off.Rules, nil)
			}
			e.Status()
		}
	})
	run(e, tell(t, `
		0s-60m 2 INVITE 200 to=carrier-a
		30m-40m 5 INVITE 503 to=carrier-a`))
	close(stop)
	beside.Wait()
}
