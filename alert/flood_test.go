package alert

import (
	"testing"
	"time"

	"sipspan/record"
)

// coming lets requests come, so many a second as rate says, and returns the alerts of floods and losses.
func coming(t *testing.T, lasts time.Duration, rate func(at time.Duration) float64) (alerts []*record.Alert) {
	t.Helper()
	c := only("flood", "capture-drops")
	c.Group = true
	e := New(c, "test", func(a *record.Alert) { alerts = append(alerts, a) })
	n := 0.0
	for at := time.Duration(0); at < lasts; at += c.Interval {
		n += rate(at) * c.Interval.Seconds()
		e.Requests(uint64(n))
		e.Capture(uint64(2*n), uint64(max(0, rate(at)-10_000))*uint64(at/c.Interval))
		e.Advance(epoch + int64(at))
	}
	return alerts
}

func TestFlood(t *testing.T) {
	alerts := coming(t, 2*time.Hour, func(at time.Duration) float64 {
		if at >= time.Hour && at < 65*time.Minute {
			return 25_000
		}
		return 200
	})
	if len(alerts) != 2 || alerts[0].Rule != "flood" || alerts[0].Severity != Critical || alerts[1].State != "resolved" {
		t.Fatalf("%q", lines(alerts))
	}
	if a := alerts[0]; a.Start < epoch+int64(time.Hour-15*time.Second) || a.Start > epoch+int64(time.Hour+15*time.Second) || a.Events < 100_000 ||
		a.Baseline < 1500 || a.Baseline > 2500 || a.Command != "calls" || a.LookAt == "" {
		t.Errorf("%+v", a)
	}
	if s := alerts[1].Symptoms; len(s) != 1 || s[0].Rule != "capture-drops" {
		t.Errorf("with %+v", s)
	}
	for name, rate := range map[string]func(time.Duration) float64{
		"a busy hour":     func(at time.Duration) float64 { return 300 + 20_000*at.Hours()/3 },
		"a burst":         func(at time.Duration) float64 { return 300 + 900*float64(int(at.Minutes())/10%2) },
		"a large site":    func(time.Duration) float64 { return 9_000 },
		"nothing at all":  func(time.Duration) float64 { return 0 },
		"after the night": func(at time.Duration) float64 { return min(9_000, 3_000*(1+at.Hours()*4)) },
	} {
		if alerts := coming(t, 3*time.Hour, rate); len(alerts) > 0 && alerts[0].Rule == "flood" {
			t.Errorf("%s: %q", name, lines(alerts))
		}
	}
	if alerts := coming(t, 10*time.Minute, func(time.Duration) float64 { return 25_000 }); len(alerts) == 0 || alerts[0].Rule != "flood" {
		t.Errorf("from the start on: %q", lines(alerts))
	}
}
