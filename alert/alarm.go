package alert

import (
	"time"

	"sipspan/record"
)

// state is how far an alert has come.
type state uint8

const (
	quiet   state = iota
	pending       // it holds, and not long enough yet
	firing
)

// alarm is the alert of one series: none, one that may come, or one that was handed on and is not over.
type alarm struct {
	state    state
	adopted  bool    // what it is about has lasted so long that it is learned
	long     bool    // it was seen over a longer time only
	unknown  bool    // nothing was known of what is usual when it began
	since    int64   // when what it is about began
	held     int64   // end of the slice that the rule held in first
	clear    int64   // since when it is as it should be, 0 when it is not
	over     int64   // and when that began to show
	rest     int64   // until then there is no other
	ended    int64   // when the last one was over
	again    bool    // it came back soon: it comes and goes, and is one alert
	expected float64 // silence: what was expected in a window when it began
	fired    *record.Alert
	total    tally // of what is firing: since it began, without tail
	tail     tally // since it is as it should be
	resumed  bool  // it began before a restart
}

// An alert that lasts and lasts is about what has become usual: from then on it is learned from, and the alert ends by
// itself. Where it was so from the first minute on, that is sooner.
const (
	usualAfter       = 24 * time.Hour
	usualAfterUnsure = time.Hour
)

// What comes back within that time comes and goes. To be over it has to stay away so many times as long.
const (
	comesBack = 30 * time.Minute
	patient   = 4
)

// learns says whether what happens now may become what is usual.
func (a *alarm) learns() bool { return a.state == quiet || a.adopted }

// change is what a step did.
type change uint8

const (
	none change = iota
	began
	ended
)

// step takes the verdict of a slice that ended at a time.
func (a *alarm) step(w *watch, at, interval int64, v *verdict) change {
	switch a.state {
	case quiet:
		if !v.holds || at < a.rest {
			return none
		}
		a.state, a.held, a.clear, a.adopted = pending, at, 0, false
		a.long = v.span == longTimes
		a.since = at - interval*int64(max(v.since, 1))
		a.unknown = w.factor > 0 && v.baseline != v.baseline
		a.expected = v.baseline * float64(w.spans[0]) / float64(max(v.span, 1))
		fallthrough
	case pending:
		if !v.holds {
			a.state = quiet
			return none
		}
		if at-a.held < int64(*w.For) {
			return none
		}
		a.state = firing
		a.again = a.ended != 0 && a.held-a.ended < int64(comesBack)
		return began
	}
	if !v.clears {
		a.clear = 0
		after := usualAfter
		if a.unknown {
			after = usualAfterUnsure
		}
		a.adopted = a.adopted || at-a.since >= int64(after)
		return none
	}
	if a.clear == 0 {
		a.clear, a.over = at-interval, at-interval*int64(max(v.since, 1))
	}
	patience := int64(*w.ResolveAfter)
	if a.again {
		patience *= patient
	}
	if at-a.clear < patience {
		return none
	}
	a.state, a.adopted, a.resumed, a.ended = quiet, false, false, at
	a.rest = at + int64(*w.CoolDown)
	return ended
}
