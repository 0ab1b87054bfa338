package alert

import (
	"math"
	"testing"
	"time"

	"sipspan/record"
)

func TestSlotsOfTheDay(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		at   string
		zone *time.Location
		want int
	}{
		{"2026-03-02T00:00:00Z", time.UTC, 0},
		{"2026-03-02T09:29:59Z", time.UTC, 18},
		{"2026-03-06T23:59:59Z", time.UTC, 47},
		{"2026-03-07T00:00:00Z", time.UTC, 48}, // a Saturday
		{"2026-03-08T23:30:00Z", time.UTC, 95},
		{"2026-03-08T23:30:00Z", berlin, 1}, // a Monday there
		{"2026-07-01T22:10:00Z", berlin, 0}, // summer time
	} {
		at, err := time.Parse(time.RFC3339, test.at)
		if err != nil {
			t.Fatal(err)
		}
		if got := slotOf(at.UnixNano(), test.zone); got != test.want {
			t.Errorf("%s in %v is slot %d, want %d", test.at, test.zone, got, test.want)
		}
	}
}

// A rate that is high at noon and nothing at night, every work day.
func TestRateKnowsTheTimeOfDay(t *testing.T) {
	var r rate
	keep := math.Exp(-60 / rateMemory.Seconds())
	const noon, night = 24, 4
	for day := range 5 {
		for range 30 {
			r.learn(float64(100+day), noon, keep)
		}
		for range 30 {
			r.learn(0, night, keep)
		}
	}
	r.learn(0, noon, keep)
	if got := r.atMost(noon); got < 100 || got > 110 {
		t.Errorf("at most %v at noon, want about 102", got)
	}
	if got := r.atLeast(noon); got > 20 {
		t.Errorf("at least %v at noon: of late there was nothing, so nothing can be expected", got)
	}
	for range 60 {
		r.learn(100, night, keep)
	}
	if got := r.atLeast(night); got > 50 {
		t.Errorf("at least %v at night, where there never was much", got)
	}
	r.asleep()
	if got := r.lately(); !math.IsNaN(got) {
		t.Errorf("%v of late after a long sleep", got)
	}
}

func TestNothingIsUsualBeforeEnoughWasSeen(t *testing.T) {
	var h habit
	var r rate
	if got := h.usual(0); !math.IsNaN(got) {
		t.Errorf("a share of %v is usual before anything was seen", got)
	}
	for range enoughWindows - 1 {
		r.learn(5, 0, 0.9)
	}
	if got := r.atMost(0); !math.IsNaN(got) {
		t.Errorf("%v are usual after %d windows", got, enoughWindows-1)
	}
	r.learn(5, 0, 0.9)
	if got := r.atMost(0); math.Abs(got-5) > 1e-9 {
		t.Errorf("%v are usual, want 5", got)
	}
	for range 20 {
		h.learn(1, 100, 0, 0.99)
	}
	if got := h.usual(0); got < 0.01 || got > 0.02 {
		t.Errorf("a share of %v is usual, want 0.01 and a deviation", got)
	}
}

// The share that fails is twice as high at night. After two days that is known.
func TestShareKnowsTheTimeOfDay(t *testing.T) {
	var h habit
	keep := math.Exp(-300 / shareMemory.Seconds())
	const day, night = 24, 4
	for range 4 {
		for range 6 {
			h.learn(10, 100, night, keep)
		}
		for range 200 {
			h.learn(1, 100, day, keep)
		}
	}
	if got := h.usual(night); got < 0.09 || got > 0.11 {
		t.Errorf("a share of %v is usual at night, want 0.1", got)
	}
	if got := h.usual(day); got > 0.02 {
		t.Errorf("a share of %v is usual by day, want 0.01", got)
	}
}

// Nothing is learned from an incident: when it comes back after hours it is found again.
func TestTheBaselineDoesNotLearnFromTheIncident(t *testing.T) {
	alerts := play(t, only("invite-5xx"), tell(t, `
		0s-10h 2 INVITE 200
		60m-4h 1 INVITE 503
		6h-7h 1 INVITE 503`))
	if len(alerts) != 4 {
		t.Fatalf("alerts are %q", lines(alerts))
	}
	if first, second := alerts[0].Baseline, alerts[2].Baseline; first > 0.01 || second > 0.01 {
		t.Errorf("the baseline was %v and then %v", first, second)
	}
}

// What lasts for a day is usual, and what was there from the first minute on after an hour.
func TestWhatLastsBecomesUsual(t *testing.T) {
	for story, want := range map[string][2]time.Duration{
		"0s-60h 0.5 INVITE 200\n2h-60h 0.3 INVITE 503": {2 * time.Hour, 30 * time.Hour},
		"0s-9h 0.5 INVITE 200\n0s-9h 0.5 INVITE 503":   {0, 4 * time.Hour},
	} {
		alerts := play(t, only("invite-5xx"), tell(t, story))
		if len(alerts) != 2 || alerts[1].State != "resolved" {
			t.Errorf("%s:\nalerts are %q", story, lines(alerts))
			continue
		}
		if begin, end := time.Duration(alerts[0].Start-epoch), time.Duration(alerts[1].End-epoch); begin > want[0]+time.Minute || end > want[1] {
			t.Errorf("%s:\nfrom %v to %v", story, begin, end)
		}
	}
}

func TestCaptureDrops(t *testing.T) {
	var alerts []*record.Alert
	e := New(only("capture-drops"), "test", func(a *record.Alert) { alerts = append(alerts, a) })
	e.Signal(&record.Signal{Time: epoch, Method: "INVITE", Status: 200, First: true})
	packets, lost := uint64(1000), uint64(7) // what was lost before the engine began
	e.Capture(packets, lost)
	for at := epoch; at < epoch+int64(20*time.Minute); at += int64(5 * time.Second) {
		packets += 10_000
		if minute := (at - epoch) / int64(time.Minute); 5 <= minute && minute < 7 {
			lost += 100
		}
		e.Capture(packets, lost)
		e.Advance(at)
	}
	if len(alerts) != 2 || alerts[0].State != "firing" || alerts[1].State != "resolved" {
		t.Fatalf("alerts are %q", lines(alerts))
	}
	if a := alerts[0]; a.Start != epoch+int64(5*time.Minute) || a.Value < 0.001 || a.Value > 0.01 {
		t.Errorf("the alert is %+v", a)
	}
}
