package timeline

// verdict says what the timestamp of the first held frame means.
type verdict uint8

const (
	pending     verdict = iota // not known yet: more frames are needed
	steady                     // it is close to the clock
	afterPause                 // nothing was captured for some time
	set                        // the clock was set
	setAsBefore                // … to what it was before another step
	late                       // it is close to the clock, but from before the last step
	wild                       // it is wrong: the frames around it have other timestamps
)

// outlook says whether frames follow those that are held.
type outlook uint8

const (
	moreToCome outlook = iota
	noneNow            // the live source is idle
	noneAtAll          // the source has ended
)

// judge returns what the first timestamp of w means. The others are those of the frames after it. wall is the wall clock of a
// live capture, 0 where there is none.
//
// Forward and backward are treated differently. Pauses are common in captures, and timers must fire in them; but if they fire
// because of a wild timestamp, calls end that are still running. So a timestamp ahead is accepted when most of the held frames
// follow it. If one behind is accepted wrongly, only durations are lost, so a few frames are enough.
func (t *line) judge(w []int64, o outlook, wall int64) verdict {
	s := w[0]
	if !t.started && !t.begin(w, o) {
		return pending
	}
	switch {
	case !readable(s):
		return wild
	case t.blind:
		return set
	case t.near(s) && s-t.offset < t.floor:
		return late
	case t.near(s):
		return steady
	case t.streak >= stuck:
		return set
	}
	if _, ok := t.formerLine(s); ok {
		return setAsBefore
	}
	until := len(w)
	for i := range w {
		if t.near(w[i]) {
			until = i
			break
		}
	}
	if s < t.low {
		return t.judgeBehind(w, until, o)
	}
	return t.judgeAhead(w, until, o, wall)
}

// begin starts with the first timestamp that can be read. It returns false while that may still come.
func (t *line) begin(w []int64, o outlook) bool {
	for _, s := range w {
		if readable(s) {
			t.start(s)
			return true
		}
	}
	if o != noneAtAll && len(w) < maxHeld {
		return false
	}
	t.startBlind()
	return true
}

func (t *line) judgeBehind(w []int64, until int, o outlook) verdict {
	follow, most := t.inOrder(w[:until])
	switch {
	case follow >= certain:
		return set
	case until < len(w), len(w) == maxHeld:
		return wild
	case o == moreToCome:
		return pending
	case follow >= 2 && follow == most:
		return set
	}
	return wild
}

func (t *line) judgeAhead(w []int64, until int, o outlook, wall int64) verdict {
	if wall != 0 && w[0] <= wall+outOfStep {
		return afterPause
	}
	follow, most := t.inOrder(w)
	switch {
	case until < len(w):
		return wild
	case len(w) == maxHeld && 2*follow > maxHeld:
		return afterPause
	case len(w) == maxHeld:
		return wild
	case o == moreToCome:
		return pending
	case o == noneNow, follow < most, 2*follow <= len(w) && t.returns(w):
		return wild
	case follow > 1 || w[0]-t.stampOfNow() <= longPause:
		return afterPause
	}
	return wild
}

// returns reports whether a later timestamp lies between the clock and the first one.
func (t *line) returns(w []int64) bool {
	for _, s := range w[1:] {
		if readable(s) && s >= t.low && s < w[0]-outOfStep {
			return true
		}
	}
	return false
}

// inOrder returns the length of the longest sequence of timestamps in order that begins with the first one, and that of the
// longest one at all. All members of a sequence are on the same side of the clock.
func (t *line) inOrder(w []int64) (follow, most int) {
	var from [maxHeld]int
	for i := len(w) - 1; i >= 0; i-- {
		from[i] = 1
		for j := i + 1; j < len(w); j++ {
			if readable(w[j]) && (w[j] < t.low) == (w[i] < t.low) && w[j] >= w[i]-outOfStep {
				from[i] = max(from[i], from[j]+1)
			}
		}
		if readable(w[i]) {
			most = max(most, from[i])
		}
	}
	return from[0], most
}
