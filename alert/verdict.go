package alert

import "math"

// verdict is what a rule says of a series at the end of a slice. While an alert is firing only the shortest span with
// enough samples is looked at: longer ones would hold on to what is over.
type verdict struct {
	holds                      bool // it is as it should not be
	clears                     bool // it is as it should be; between the two it stays what it was
	value, threshold, baseline float64
	events, of                 uint64
	span                       int // slices that were looked at
	since                      int // slices from the end back to where it began, or was over
}

// Chances below which it is not chance.
const (
	unlikely    = 1e-4 // that a share is as high, if it were half-way from what is usual to its level
	isOver      = 0.02 // that a share is as low, if it were at its level
	veryUnlike  = 1e-5 // that there is so little or so much
	stricter    = 2.0  // by how much a threshold is higher while nothing is known of what is usual
	deviations  = 2.0  // by which a mean has to be above its level
	quietAgain  = 0.7  // how far back to what is usual it has to be to be over
	atHalf      = 0.5  // silence has to be unlikely even with half of the traffic that is expected
	backAgain   = 0.3  // of the traffic that is expected: silence is over
	mostNoise   = 4.0  // by which counts are trusted less: after a time without anything the noise seems larger than it is
	ofBindings  = 0.1  // in a storm as many come in a window: phones that once registered together do so again, more spread out
	beyondAny   = 10.0 // by how much the threshold of a flood is higher while nothing is known of what is usual
	fewExpected = 10.0 // too few to compute a share of
)

// look says whether the rule holds for a series.
func (w *watch) look(p *series, slot int) verdict {
	switch w.Type {
	case StatusCount, RegistrationStorm, LinkDown, Flood:
		return w.lookAtCount(p, slot)
	case TrafficSilence:
		return w.lookForSilence(p, slot)
	case SetupDelay:
		return w.lookAtDelay(p, slot)
	case RegistrationsLost:
		return w.lookAtLost(p, slot)
	}
	return w.lookAtShare(p, slot)
}

// level returns the share of bad ones from which on the rule may hold, and the usual share, NaN while that is not known.
func (w *watch) level(p *series, slot int) (level, usual float64) {
	usual = math.NaN()
	if w.factor > 0 && !w.settling(p) {
		usual = p.habit.usual(slot)
	}
	unknown := math.IsNaN(usual)
	switch {
	case w.Type == AnswerRatio && unknown: // a service of its own kind: nobody can say what is few
		return math.Inf(1), usual
	case w.Type == AnswerRatio:
		return 1 - min(w.threshold, w.factor*(1-usual)), usual
	case w.factor == 0:
		return w.threshold, usual
	case unknown:
		return min(stricter*w.threshold, (1+w.threshold)/2), usual
	}
	factor := w.factor
	if !p.habit.season.known(slot) { // what is usual was learned from what may have been rising all the time
		factor = min(factor, stricter)
	}
	return max(w.threshold, min(factor*usual, (1+usual)/2)), usual
}

func (w *watch) lookAtShare(p *series, slot int) verdict {
	level, usual := w.level(p, slot)
	v := verdict{threshold: level, baseline: usual, value: math.NaN()}
	noise := p.habit.spread()
	low := 0.0
	if !math.IsNaN(usual) {
		low = usual
	}
	half := low + (level-low)/2
	chance := unlikely
	if w.Type == NoResponse { // the usual share is steady
		chance = 10 * unlikely
	}
	at := len(w.spans) - 1
	for i := range w.spans {
		t := &p.sums[i]
		if t.of < max(w.samples, 1) {
			continue
		}
		at = min(at, i)
		if p.alarm.state == firing {
			break
		}
		bad, of := float64(t.bad)/noise, float64(t.of)/noise
		if t.share() >= level && binomialTail(bad, of, half) <= chance {
			v.holds, at = true, i
			break
		}
		if float64(t.of) >= w.plenty || t.share() < level && 1-binomialTail(bad+1, of, level) <= isOver {
			break // longer spans hold what is over
		}
	}
	v.since = p.back(func(t tally) bool { return t.of > 0 && t.share() >= level })
	t := &p.sums[at]
	v.events, v.of, v.span = uint64(max(t.bad, 0)), uint64(max(t.of, 0)), w.spans[at]
	v.clears = t.of == 0 || t.share() < low+quietAgain*(level-low)
	if t.of > 0 {
		v.value = t.share()
	}
	if w.Type == AnswerRatio {
		v.value, v.threshold, v.baseline = 1-v.value, 1-level, 1-usual
		v.events = v.of - min(v.events, v.of)
	}
	return v
}

// fine is into how many parts a binding is divided, so that a slice can hold its part of those of a window.
const fine = 1000

// lookAtLost compares the bindings that ran out with those that were active. After a power cut they run out over the time
// they were granted for, so longer spans are looked at as well, with a level that grows more slowly than they do.
func (w *watch) lookAtLost(p *series, slot int) verdict {
	level, usual := w.level(p, slot)
	v := verdict{threshold: level, baseline: usual, value: math.NaN()}
	for i, span := range w.spans {
		windows := float64(span) / float64(w.spans[0])
		lost := float64(p.sums[i].bad)
		active := max(float64(p.sums[i].of)/windows/fine, lost) // before they were lost there were as many at least
		if i > 0 && (p.alarm.state == firing || v.holds || math.IsNaN(usual) || p.recalled && p.age < w.settle+span) {
			break // or it would look back at when few phones were known
		}
		l := min(0.9, max(level*math.Sqrt(windows), w.factor*usual*windows))
		if i == 0 {
			l = level
		}
		v.holds = lost >= float64(w.samples) && lost >= l*active && active > 0 && binomialTail(lost, active, l/2) <= unlikely
		if i == 0 || v.holds {
			v.value, v.threshold, v.baseline = lost/active, l, usual*windows
			v.events, v.of, v.span = uint64(lost), uint64(math.Round(active)), span
		}
		if i == 0 {
			v.clears = lost < quietAgain*l*active || lost == 0
		}
	}
	return v
}

func (w *watch) lookAtCount(p *series, slot int) verdict {
	n := float64(p.sums[0].bad)
	v := verdict{value: n, threshold: w.threshold, baseline: math.NaN(), events: uint64(p.sums[0].bad), span: w.spans[0]}
	if w.factor > 0 {
		v.baseline = p.rate.atMost(slot)
		switch {
		case !math.IsNaN(v.baseline):
			v.threshold = max(v.threshold, w.factor*v.baseline)
		case w.Type == RegistrationStorm: // a large site has as many all day
			v.threshold = math.Inf(1)
		case w.Type == Flood: // the same, up to what no site has
			v.threshold *= beyondAny
		default:
			v.threshold *= stricter
		}
	}
	if w.Type == RegistrationStorm {
		v.threshold = max(v.threshold, ofBindings*float64(w.bound))
	}
	v.holds = n >= v.threshold && n > 0
	if noise := min(p.rate.spread(), mostNoise); v.holds && !math.IsNaN(v.baseline) {
		v.holds = poissonUpper(n/noise, v.baseline/noise) <= veryUnlike
	}
	v.clears = n < quietAgain*v.threshold
	v.since = p.back(func(t tally) bool { return float64(t.bad)*float64(w.spans[0]) >= v.threshold })
	return v
}

// lookForSilence compares what there is with what is expected now. While the rule holds, what was expected when it began
// is expected still, unless it would be less by this time of the day.
func (w *watch) lookForSilence(p *series, slot int) verdict {
	usual := p.rate.atLeast(slot)
	if p.alarm.state != quiet {
		usual = p.alarm.expected
		if s := p.rate.season; s.known(slot) && float64(s.a[slot]) > 0 {
			usual = min(usual, float64(s.a[slot]))
		}
	}
	v := verdict{threshold: w.threshold, baseline: math.NaN(), value: math.NaN()}
	if math.IsNaN(usual) || w.settling(p) {
		return v
	}
	noise := p.rate.spread()
	at := 0
	for at < len(w.spans)-1 && usual*float64(w.spans[at])/float64(w.spans[0]) < fewExpected {
		at++
	}
	for i, span := range w.spans {
		n, expected := float64(p.sums[i].bad), usual*float64(span)/float64(w.spans[0])
		if p.alarm.state == firing || p.ended < span || expected >= fewExpected && n >= backAgain*expected {
			break // or it is over, and longer spans only tell that it was
		}
		if expected < float64(w.samples) || expected <= 0 {
			continue
		}
		if n <= w.threshold*expected && poissonLower(n/noise, atHalf*expected/noise) <= veryUnlike {
			v.holds, at = true, i
			break
		}
	}
	v.since = min(p.back(func(t tally) bool { return t.bad == 0 }), max(p.age, 1))
	n := float64(p.sums[at].bad)
	v.baseline, v.span = usual*float64(w.spans[at])/float64(w.spans[0]), w.spans[at]
	v.events, v.of = uint64(n), uint64(math.Round(v.baseline))
	if v.baseline > 0 {
		v.value = n / v.baseline
	}
	v.clears = n > 0 && n >= backAgain*v.baseline
	return v
}

// lookAtDelay compares the typical delay, which is the geometric mean: a few that wait very long do not move it.
func (w *watch) lookAtDelay(p *series, slot int) verdict {
	v := verdict{threshold: w.threshold, baseline: math.NaN(), value: math.NaN()}
	if w.factor > 0 {
		v.baseline = math.Exp(p.habit.usual(slot))
		if math.IsNaN(v.baseline) {
			v.threshold *= stricter
		} else {
			v.threshold = max(v.threshold, w.factor*v.baseline)
		}
	}
	level := math.Log(v.threshold)
	deviation := math.Sqrt(max(p.variance, 0.25))
	at := len(w.spans) - 1
	for i := range w.spans {
		t := &p.sums[i]
		if t.of < max(w.samples, 1) {
			continue
		}
		at = min(at, i)
		if p.alarm.state == firing {
			break
		}
		if t.typical()-deviations*deviation/math.Sqrt(float64(t.of)) >= level {
			v.holds, at = true, i
			break
		}
	}
	v.since = p.back(func(t tally) bool { return t.of > 0 && t.typical() >= level })
	t := &p.sums[at]
	v.events, v.span = uint64(max(t.of, 0)), w.spans[at]
	low := level - math.Log(stricter)
	if !math.IsNaN(v.baseline) {
		low = math.Log(v.baseline)
	}
	v.clears = t.of == 0 || t.typical() < low+quietAgain*(level-low)
	if t.of > 0 {
		v.value = math.Exp(t.typical())
	}
	return v
}

// typical is the mean of the logarithms of delays.
func (t *tally) typical() float64 { return float64(t.sum) / 1000 / float64(t.of) }
