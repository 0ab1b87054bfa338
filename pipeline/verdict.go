package pipeline

// verdict is what the stamp of the first held packet means.
type verdict uint8

const (
	pending     verdict = iota // the packets that follow will show
	steady                     // it is close to the clock
	afterPause                 // nothing was captured for some time
	set                        // the clock was set
	setAsBefore                // … to what it was before another step
	late                       // it is close to the clock, and older than the last step
	wild                       // nothing: the packets around it have other stamps
)

// outlook is what is known of the packets that follow those held.
type outlook uint8

const (
	moreToCome outlook = iota
	noneNow            // the live source is idle
	noneAtAll          // the source has ended
)

// judge says what the first stamp of w means. The others are those of the packets behind it. wall is the wall clock of a live
// capture, 0 where there is none. What is decided depends on the packets alone, not on when it is asked.
//
// A stamp that goes back and one that goes forth are not alike. A pause is usual in a capture and its timers must fire; but if
// they fire over a wild stamp, calls end that go on. So a stamp ahead is believed when most of the packets that are held follow
// it. If one behind is believed wrongly, no more is lost than durations, and a few packets are enough.
func (t *timeline) judge(w []int64, o outlook, wall int64) verdict {
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

// begin starts the timeline with the first stamp that can be read. It returns false while that may still come.
func (t *timeline) begin(w []int64, o outlook) bool {
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

func (t *timeline) judgeBehind(w []int64, until int, o outlook) verdict {
	follow, most := t.rows(w[:until])
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

func (t *timeline) judgeAhead(w []int64, until int, o outlook, wall int64) verdict {
	if wall != 0 && w[0] <= wall+outOfStep {
		return afterPause
	}
	follow, most := t.rows(w)
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
	case follow > 1 || w[0]-t.own() <= longPause:
		return afterPause
	}
	return wild
}

// returns reports whether a later stamp lies between the clock and the first one.
func (t *timeline) returns(w []int64) bool {
	for _, s := range w[1:] {
		if readable(s) && s >= t.low && s < w[0]-outOfStep {
			return true
		}
	}
	return false
}

// rows returns how many of the stamps can follow one another if the first is one of them, and how many at most. All of them
// are on the same side of the clock.
func (t *timeline) rows(w []int64) (follow, most int) {
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
