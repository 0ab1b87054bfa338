package alert

import (
	"math"
	"time"
)

// tally is what was counted in a slice of time. sum is of the logarithms of delays, in thousandths.
type tally struct{ bad, of, sum int64 }

func (t *tally) add(u tally) { t.bad += u.bad; t.of += u.of; t.sum += u.sum }
func (t *tally) sub(u tally) { t.bad -= u.bad; t.of -= u.of; t.sum -= u.sum }

// share is how much of what was counted is bad.
func (t *tally) share() float64 { return float64(t.bad) / float64(t.of) }

// slice is a tally as it is kept.
type slice struct {
	bad, of uint32
	sum     int32
}

// series is what one rule counts of one thing: of everything, or of a peer.
type series struct {
	peer  string
	now   tally   // the slice that has not ended
	ring  []slice // those that have
	next  int     // place in the ring of the next to end
	ended int     // slices that have since the series began, or since its windows were emptied
	sums  []tally // over each span of the rule
	habit habit
	rate  rate
	alarm alarm
	age   int // slices since the series began
	lag   int // slices that are so old are learned from; it grows with the series up to that of the rule
	// unlearned is how many slices are still to come from the ring that the rule held in, or may have: nothing is learned
	// from them.
	unlearned int
	wait      tally // of what is learned next, which is a window at once
	waiting   int   // slices in it
	variance  float64
	recalled  bool // something is known of it from before the start
}

func newSeries(w *watch, peer string) *series {
	return &series{
		habit: habit{signed: w.Type == SetupDelay},
		peer:  peer, sums: make([]tally, len(w.spans)),
		ring: make([]slice, max(w.lag, w.spans[len(w.spans)-1])), unlearned: w.young, lag: w.young,
	}
}

// delayed adds a delay.
func (p *series) delayed(d time.Duration) {
	x := math.Log(d.Seconds())
	p.now.sum += int64(math.Round(x * 1000))
	if p.alarm.state != quiet {
		return
	}
	if mean, ok := p.habit.recently(); ok {
		const share = 1.0 / 512
		p.variance += share * ((x-mean)*(x-mean) - p.variance)
	}
}

// turn ends the slice.
func (p *series) turn(w *watch) {
	for i, span := range w.spans {
		p.sums[i].add(p.now)
		p.sums[i].sub(p.aged(span))
	}
	p.ring[p.next] = slice{uint32(p.now.bad), uint32(p.now.of), int32(p.now.sum)}
	p.now = tally{}
	p.ended++
	if p.next++; p.next == len(p.ring) {
		p.next = 0
	}
}

// aged is the slice that ended so many slices ago, before the one that ends now is put into the ring.
func (p *series) aged(n int) tally {
	i := p.next - n
	if i < 0 {
		i += len(p.ring)
	}
	s := &p.ring[i]
	return tally{int64(s.bad), int64(s.of), int64(s.sum)}
}

// back counts the slices at the end that are as they should not be, without a break, or those that are as they should be
// while an alert is firing. At least the last one counts.
func (p *series) back(odd func(tally) bool) int {
	if p.alarm.state == pending || p.alarm.state == firing && p.alarm.clear != 0 {
		return 1 // nobody asks
	}
	n := 1
	for n < len(p.ring) && odd(p.aged(n+1)) == (p.alarm.state == quiet) {
		n++
	}
	return n
}

// learn takes what is old enough into the memory, unless the rule held in it.
func (p *series) learn(w *watch, slot int) {
	p.age++
	if !p.alarm.learns() {
		p.unlearned = p.lag
		return
	}
	if p.unlearned > 0 {
		p.unlearned--
		return
	}
	if p.lag < w.lag && 2*p.lag < p.age {
		p.lag++ // the slice that is so old now was learned when it was younger
		return
	}
	p.wait.add(p.aged(p.lag))
	if p.waiting++; p.waiting < w.block {
		return
	}
	switch w.Type {
	case RegistrationsLost:
		p.habit.learn(float64(p.wait.bad), float64(p.wait.of)/fine, slot, w.keep)
	case StatusCount, RegistrationStorm, LinkDown, TrafficSilence, Flood:
		p.rate.learn(float64(p.wait.bad), slot, w.recent)
	case SetupDelay:
		p.habit.learn(float64(p.wait.sum)/1000, float64(p.wait.of), slot, w.keep)
	default:
		p.habit.noisy(&p.wait, w.keep)
		bad := float64(p.wait.bad)
		if !p.alarm.adopted {
			bad = p.habit.curbed(&p.wait)
		}
		p.habit.learn(bad, float64(p.wait.of), slot, w.keep)
	}
	p.wait, p.waiting = tally{}, 0
}

// forget empties the windows, so that what is over is not found again.
func (p *series) forget() {
	clear(p.ring)
	clear(p.sums)
	p.ended = 0
	p.unlearned = p.lag
	p.wait, p.waiting = tally{}, 0
}
