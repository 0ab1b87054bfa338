package pipeline

import (
	"math"
	"time"
)

const (
	// outOfStep is how far a stamp may lie before the packets in front of it: cards and taps hand packets over out of order.
	outOfStep = int64(time.Second)
	// pause is how far a stamp may lie after the packet before without a look at the packets that follow.
	pause = 10 * int64(time.Second)
	// longPause is the pause that is not believed of a single packet at the beginning or at the end of a capture.
	longPause = int64(time.Hour)
	// longestPause is the pause that is not believed at all: the clock was set.
	longestPause = 365 * 24 * int64(time.Hour)

	// earliest is where the time of a capture begins whose stamps begin near 0, and latest is where it stays away from what an
	// int64 can hold, so that there is room for every timer.
	earliest = 24 * int64(time.Hour)
	latest   = int64(1) << 62

	// firstStamp and lastStamp are the first and the last stamp that can be read: a source holds what it cannot tell within
	// the limits of an int64.
	firstStamp = -int64(1) << 61
	lastStamp  = math.MaxInt64 - int64(time.Hour)

	// maxFormer bounds the former lines that are remembered.
	maxFormer = 4
	// excursion is how long a line may have lasted for a return to the one before it. After that, a stamp that would fit there
	// is taken for one after a pause.
	excursion = 2 * int64(time.Second)
	// sameStep is how far two interfaces may see the same step of the wall clock differ.
	sameStep = 10 * int64(time.Millisecond)
	// certain is how many packets in a row make it certain that the clock was set back.
	certain = 4
	// stuck is after how many wild stamps in a row the next one is believed, whatever it is.
	stuck = 1024
)

// ClockSteps counts what the clock of a source did but advance.
type ClockSteps struct {
	Back       uint64 // it was set back
	Forward    uint64 // it was set forward
	Wild       uint64 // packets with a stamp that those around it do not bear out
	Unreadable uint64 // packets with a stamp outside the years 1896 to 2262
}

// Add adds other counts.
func (c *ClockSteps) Add(o *ClockSteps) {
	c.Back += o.Back
	c.Forward += o.Forward
	c.Wild += o.Wild
	c.Unreadable += o.Unreadable
}

// Each calls f for every count with its label value.
func (c *ClockSteps) Each(f func(kind string, n uint64)) {
	f("back", c.Back)
	f("forward", c.Forward)
	f("unreadable", c.Unreadable)
	f("wild", c.Wild)
}

// timeline turns the stamps of one source into a time that only advances. Both are the same until the clock of the capture
// is set or a packet has a wild stamp. After that they differ by an offset: a line. A message gets the time that its
// stamp has on the line in force, so differences of times are differences of stamps, as long as no epoch lies between.
type timeline struct {
	epochs *epochs
	shared bool // with readers of other interfaces, which have the same clock

	now    int64  // never goes back
	offset int64  // stamp less time
	low    int64  // the smallest stamp that is close to now
	width  uint64 // of the stamps that are close; 0 before the first packet, and while packets are held
	floor  int64  // beginning of the epoch: no packet has a time before it
	since  int64  // beginning of the line

	former  []int64 // offsets of former lines, the last one first
	noted   int64   // offset of the last epoch that the list holds
	odd     bool    // the packet in hand has a stamp of its own
	stamp   int64   // … which is this
	unnoted bool    // the list does not hold how the packet in hand got its time
	streak  int     // wild stamps since the last other one

	started     bool
	blind       bool  // no stamp could be read yet
	from, until int64 // the earliest and the latest stamp of the lines before
	began       int64 // first stamp of the line in force
	steps       ClockSteps
}

// close reports whether a stamp can be taken as it is.
func (t *timeline) close(stamp int64) bool {
	return uint64(stamp-t.low) < t.width && stamp-t.offset >= t.floor
}

// near is close, whether or not packets are held.
func (t *timeline) near(stamp int64) bool { return uint64(stamp-t.low) < uint64(outOfStep+pause) }

// own returns the stamp of now.
func (t *timeline) own() int64 { return t.low + outOfStep }

// reach takes a stamp of the line in force, and returns its time.
func (t *timeline) reach(stamp int64) int64 {
	at := stamp - t.offset
	if at <= t.now {
		return at
	}
	t.now = at
	t.low = stamp - outOfStep
	return at
}

// hold says whether packets are being held: then none is close.
func (t *timeline) hold(yes bool) {
	t.width = uint64(outOfStep + pause)
	if yes {
		t.width = 0
	}
}

// start begins with the first stamp. A little time is left before it, for packets in front whose stamp cannot be read.
func (t *timeline) start(stamp int64) {
	t.started = true
	at := stamp
	if at < earliest || at > latest {
		at = earliest
		t.offset = stamp - at
		t.noted = t.offset
		t.epochs.add(epoch{from: math.MinInt64, offset: t.offset})
	}
	t.now = at - maxHeld
	t.began, t.low = stamp, stamp-outOfStep
}

// startBlind begins where no stamp can be read.
func (t *timeline) startBlind() {
	t.start(0)
	t.blind = true
	t.epochs.add(epoch{from: math.MinInt64 + 1, offset: t.offset, unknown: true, blind: true})
}

// accept returns the time of a packet whose stamp was judged. seen is how many packets there were before.
func (t *timeline) accept(v verdict, stamp int64, seen uint64) int64 {
	switch v {
	case wild:
		return t.wild(stamp)
	case late:
		return t.apart(stamp)
	}
	astray := t.streak > 0
	t.streak = 0
	switch v {
	case afterPause:
		if astray {
			// Nobody knows on which side of the pause the wild packets came: what they may begin or end is not to time out.
			return t.step(stamp, seen)
		}
		return t.jump(stamp, seen)
	case set:
		return t.step(stamp, seen)
	case setAsBefore:
		if offset, ok := t.formerLine(stamp); ok {
			return t.back(offset, stamp)
		}
	}
	return t.reach(stamp)
}

// jump takes a stamp after a pause, however long. seen is how many packets there were before.
func (t *timeline) jump(stamp int64, seen uint64) int64 {
	passed := stamp - t.own()
	if passed > longestPause || passed > longPause && seen <= 1 || stamp-t.offset > latest {
		return t.step(stamp, seen)
	}
	return t.reach(stamp)
}

// step takes a stamp of a clock that was set. It is not known how long that took: the time goes on where it is. So it does
// where the first packets of a capture are the wild ones, and seen, the number of packets before, is small.
func (t *timeline) step(stamp int64, seen uint64) int64 {
	t.count(stamp < t.own())
	t.turn(stamp-(t.now+1), stamp)
	if seen < certain {
		t.from, t.until = 0, 0
	}
	return t.reach(stamp)
}

// back takes a stamp of a former line: the clock was set as it had been before.
func (t *timeline) back(offset, stamp int64) int64 {
	t.count(stamp < t.own())
	t.turn(min(offset, stamp-(t.now+1)), stamp) // the time advances all the same
	return t.reach(stamp)
}

func (t *timeline) count(back bool) {
	if back {
		t.steps.Back++
	} else {
		t.steps.Forward++
	}
}

// turn goes on on another line.
func (t *timeline) turn(offset, stamp int64) {
	if t.shared {
		offset = t.agreed(offset)
	}
	t.endLine()
	t.blind = false
	if len(t.former) < maxFormer {
		t.former = append(t.former, 0)
	}
	copy(t.former[1:], t.former)
	t.former[0] = t.offset
	t.began = stamp
	t.offset = offset
	t.now++
	t.floor, t.since = t.now, t.now
	t.low = t.now + offset - outOfStep
	t.unnoted = t.offset != t.noted
	if t.shared && t.unnoted {
		t.note(t.now) // for the other readers
	}
}

// agreed returns the offset that another reader has found for the same step.
func (t *timeline) agreed(offset int64) int64 {
	last := t.epochs.at(t.now + pause)
	if diff := last.offset - offset; t.epochs.Differs() && !last.unknown && -sameStep < diff && diff < sameStep {
		return last.offset
	}
	return offset
}

// formerLine returns the offset of a line in which a stamp is close to now: after a few wild stamps that were taken for a
// step, or where two clocks take turns.
func (t *timeline) formerLine(stamp int64) (offset int64, ok bool) {
	if t.now-t.since > excursion {
		return 0, false
	}
	for _, offset := range t.former {
		if at := stamp - offset; at >= t.now-outOfStep && at <= t.now+outOfStep {
			return offset, true
		}
	}
	return 0, false
}

// approach moves the time on to the first stamp that is close to the clock, and leaves a little for the wild packets in front
// of it. Where they came in the short time before is not known; what answers what is most often a matter of milliseconds.
func (t *timeline) approach(w []int64) {
	for _, s := range w {
		if t.near(s) {
			t.now = max(t.now, s-t.offset-maxHeld)
			return
		}
	}
}

// wild gives a packet whose stamp says nothing the present time.
func (t *timeline) wild(stamp int64) int64 {
	if readable(stamp) {
		t.steps.Wild++
	} else {
		t.steps.Unreadable++
	}
	t.streak++
	return t.apart(stamp)
}

// apart gives a packet the present time, with an epoch of its own.
func (t *timeline) apart(stamp int64) int64 {
	t.now++
	t.stamp, t.odd, t.unnoted = stamp, true, true
	return t.now
}

// done is called after a packet that had a stamp of its own.
func (t *timeline) done() {
	t.odd = false
	t.unnoted = t.offset != t.noted
}

// note makes the list of epochs hold how the time of the packet in hand follows from its stamp. It is called where that
// time leaves the reader, for most packets are none of anybody's concern.
func (t *timeline) note(at int64) {
	t.unnoted = false
	if !t.odd {
		t.noted = t.offset
		t.epochs.add(epoch{from: t.floor, offset: t.offset})
		return
	}
	e := epoch{from: at, offset: t.stamp - at}
	if !readable(t.stamp) {
		e.offset, e.unknown, e.blind = t.offset, true, t.blind
	}
	t.now++
	t.floor = t.now
	t.noted = t.offset
	t.epochs.add(e, epoch{from: t.now, offset: t.offset, unknown: t.blind, blind: t.blind})
}

// idle takes what the wall clock shows while the source is idle.
func (t *timeline) idle(wall int64) {
	if t.started {
		t.reach(wall)
	}
}

// set takes how far the wall clock, which makes the stamps, was set.
func (t *timeline) set(by int64) {
	if !t.started {
		return
	}
	t.count(by < 0)
	t.turn(t.offset+by, t.own()+by)
}

// endLine notes which stamps the line in force had.
func (t *timeline) endLine() { t.from, t.until = t.span() }

// span returns the earliest and the latest stamp, 0 before the first.
func (t *timeline) span() (from, until int64) {
	if !t.started || t.blind {
		return t.from, t.until
	}
	from, until = t.began, t.own()
	if t.from != 0 || t.until != 0 {
		from, until = min(t.from, from), max(t.until, until)
	}
	if from == 0 {
		from = 1 // 0 is unknown
	}
	return from, until
}

// readable reports whether a stamp is a time.
func readable(stamp int64) bool { return firstStamp <= stamp && stamp <= lastStamp }
