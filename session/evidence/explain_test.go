package evidence

import (
	"testing"

	"sipspan/record"
)

type stepped struct{ at int64 }

func (s stepped) Stamp(at int64) int64      { return at }
func (s stepped) Differs() bool             { return s.at != 0 }
func (s stepped) Apart(from, to int64) bool { return from < s.at && s.at <= to }

type mirror struct{}

func (mirror) Explain(c *Case) *record.Cause {
	if c.ClockStep {
		return &record.Cause{Text: "stepped"}
	}
	return &record.Cause{}
}

func TestExplainNotesASteppedClock(t *testing.T) {
	if cause := Explain(nil, stepped{5}, &Case{}); cause != nil {
		t.Errorf("%v without an explainer", cause)
	}
	for _, test := range []struct {
		clock Clock
		c     Case
		want  bool
	}{
		{nil, Case{Start: 1, End: 9}, false},
		{stepped{}, Case{Start: 1, End: 9}, false},
		{stepped{5}, Case{Start: 1, End: 9}, true},
		{stepped{5}, Case{Start: 6, End: 9}, false},
		{stepped{5}, Case{Start: 1, End: 4}, false},
	} {
		if got := Explain(mirror{}, test.clock, &test.c).Text == "stepped"; got != test.want {
			t.Errorf("%v, from %d to %d: stepped is %v", test.clock, test.c.Start, test.c.End, got)
		}
	}
}
