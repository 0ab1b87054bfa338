package alerteval

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"sipspan/record"
)

// judged is a timeline with two incidents of a trunk, and what an engine raised at some minutes of it.
func judged(tb testing.TB, raise func(o *Outcome, at func(minute int) int64)) *Outcome {
	tl := quiet(siteOf(tb, "carrier"), 1, 1)
	trunk := Incident{
		Name: "trunk", For: 10 * time.Minute, Within: 3 * time.Minute, Peer: "cable",
		Detects: []string{invite5xx}, Also: []string{answerRatio}, Fault: Fault{Trunk: "cable", Refuse: 503},
	}
	outage := Incident{Name: "outage", For: 10 * time.Minute, Within: 5 * time.Minute, Sudden: true, Detects: []string{noResponse}}
	at := func(minute int) int64 { return tl.at(0, 10*time.Hour+time.Duration(minute)*time.Minute) }
	tl.planted = []planted{{&trunk, at(0), at(10)}, {&outage, at(120), at(130)}}
	o := &Outcome{Timeline: tl}
	raise(o, at)
	o.judge()
	return o
}

func (o *Outcome) say(at int64, state, rule, kind, peer string) {
	o.now = at
	a := &record.Alert{Rule: rule, Type: kind, State: state}
	if peer != "" {
		a.Labels = []record.Label{{Name: "peer", Value: peer}}
	}
	o.take(a)
	o.deliver(a)
}

func TestWhatIsRaisedIsSetAgainstWhatWasPlanted(t *testing.T) {
	o := judged(t, func(o *Outcome, at func(int) int64) {
		o.say(at(-60), "firing", "setup-delay", setupDelay, "")       // nothing is planted there
		o.say(at(-50), "resolved", "setup-delay", setupDelay, "")     //
		o.say(at(1), "firing", invite5xx, "status_ratio", "")         // does not name the trunk
		o.say(at(2), "firing", invite5xx, "status_ratio", "cable")    // does
		o.say(at(3), "firing", "answer-ratio-drop", answerRatio, "")  // follows from it
		o.say(at(4), "firing", "scanner", scanner, "")                // does not
		o.say(at(12), "resolved", invite5xx, "status_ratio", "cable") //
		o.say(at(15), "firing", invite5xx, "status_ratio", "cable")   // callers try again
		o.say(at(22), "resolved", invite5xx, "status_ratio", "cable") //
		o.say(at(126), "firing", "no-response", noResponse, "")       // too late
	})
	trunk, outage := &o.Findings[0], &o.Findings[1]
	if trunk.Rule != invite5xx || trunk.Delay != 2*time.Minute || trunk.Alerts != 4 || trunk.Most != 2 || trunk.Resolved != -1 {
		t.Errorf("the fault of the trunk: %+v", trunk)
	}
	if !outage.Missed() || outage.Alerts != 1 {
		t.Errorf("the outage: %+v", outage)
	}
	var names []string
	for _, f := range o.False {
		names = append(names, f.Type)
	}
	if !slices.Equal(names, []string{setupDelay, scanner}) {
		t.Errorf("taken for false: %v", names)
	}

	r := Sum([]*Outcome{o}, true)
	if r.Planted != 2 || r.Missed != 1 || len(r.False) != 2 || r.Rate != 14 || len(r.Alerts) != 7 {
		t.Errorf("the report: %+v", r)
	}
	if len(r.Goals) != 2 || !strings.Contains(r.Goals[0], "1 of 2 incidents") || !strings.Contains(r.Goals[1], "14.00 false alerts a week") {
		t.Errorf("the goals: %q", r.Goals)
	}
	var text, object bytes.Buffer
	if err := r.WriteText(&text); err != nil || !strings.Contains(text.String(), "outage    0 of 1") || !strings.Contains(text.String(), "goal missed") {
		t.Errorf("%v, the text:\n%s", err, &text)
	}
	var back Report
	if err := r.WriteJSON(&object); err != nil || json.Unmarshal(object.Bytes(), &back) != nil || back.Missed != 1 || back.Incidents[1].Delays[0] != 2*time.Minute {
		t.Errorf("%v, the object:\n%s", err, &object)
	}
}

func TestASuddenOutageHasToBeFoundInAMinute(t *testing.T) {
	for delay, late := range map[time.Duration]int{55 * time.Second: 0, 65 * time.Second: 1} {
		o := judged(t, func(o *Outcome, at func(int) int64) {
			o.say(at(1), "firing", invite5xx, "status_ratio", "cable")
			o.say(at(120)+int64(delay), "firing", "no-response", noResponse, "")
		})
		r := Sum([]*Outcome{o}, false)
		if r.Late != late || r.Slowest != delay || r.Missed != 0 || len(r.Goals) != late {
			t.Errorf("found after %v: late %d, slowest %v, goals %q", delay, r.Late, r.Slowest, r.Goals)
		}
	}
}

func TestARuleMustNotFireAgainAndAgain(t *testing.T) {
	o := judged(t, func(o *Outcome, at func(int) int64) {
		for minute := range 3 {
			o.say(at(2*minute+1), "firing", invite5xx, "status_ratio", "cable")
			o.say(at(2*minute+2), "resolved", invite5xx, "status_ratio", "cable")
		}
		o.say(at(120), "firing", "no-response", noResponse, "")
	})
	if r := Sum([]*Outcome{o}, false); r.Repeated != 1 || len(r.Goals) != 1 {
		t.Errorf("repeated %d, goals %q", r.Repeated, r.Goals)
	}
}

// Not every engine passes: one that is silent misses everything, one that always cries has false alerts.
func TestBadEnginesDoNotPass(t *testing.T) {
	list := []*Timeline{Weeks(siteOf(t, "pbx"), 1)}
	silent := &listener{TB: t}
	if r := Evaluate(list, silent.engine, false); r.Missed != r.Planted || r.Planted < 20 || len(r.False) != 0 || len(r.Goals) == 0 {
		t.Errorf("a silent engine: missed %d of %d, %d false", r.Missed, r.Planted, len(r.False))
	}
}
