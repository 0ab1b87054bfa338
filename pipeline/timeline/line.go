package timeline

import (
	"math"
	"time"
)

const (
	// outOfStep is how far a timestamp may lie before those of earlier frames: cards and taps deliver frames out of order.
	outOfStep = int64(time.Second)
	// pause is how far a timestamp may lie after the one before without a look at the frames that follow.
	pause = 10 * int64(time.Second)
	// longPause is the longest pause that is accepted from a single frame at the beginning or the end of a capture.
	longPause = int64(time.Hour)
	// longestPause is the longest pause that is accepted at all. Beyond it, the clock was set.
	longestPause = 365 * 24 * int64(time.Hour)

	// earliest is where packet time begins when timestamps begin near 0, and latest keeps it away from the limit of an int64,
	// so that there is room for every timer.
	earliest = 24 * int64(time.Hour)
	latest   = int64(1) << 62

	// firstStamp and lastStamp are the first and the last timestamp that can be read. A source clips what does not fit into an
	// int64.
	firstStamp = -int64(1) << 61
	lastStamp  = math.MaxInt64 - int64(time.Hour)

	// maxFormer bounds the former lines that are remembered.
	maxFormer = 4
	// excursion is how long a line may have lasted for a return to the one before it. After that, a timestamp that would fit
	// the former line means a pause.
	excursion = 2 * int64(time.Second)
	// sameStep is how far two interfaces may differ on the size of the same step of the wall clock.
	sameStep = 10 * int64(time.Millisecond)
	// certain is how many frames in a row prove that the clock was set back.
	certain = 4
	// stuck is the number of wild timestamps in a row after which the next one is accepted, whatever it is.
	stuck = 1024
)

// line computes the times of one source from its timestamps. A line is a stretch of frames with one offset between timestamp
// and time; the offset is 0 until the clock is set or a frame has a wild timestamp. Within an epoch, differences of times are
// differences of timestamps.
type line struct {
	epochs *Epochs
	shared bool // the epochs are shared with other interfaces, which have the same clock

	now    int64  // never goes back
	offset int64  // timestamp minus time
	low    int64  // the smallest timestamp that is close to now
	width  uint64 // of the range of timestamps that are close; 0 before the first frame and while frames are held
	floor  int64  // beginning of the epoch: no frame has a time before it
	since  int64  // time at which the line began

	former      []int64 // offsets of former lines, the latest first
	published   int64   // offset of the last epoch that was published
	single      bool    // the frame in hand has an epoch of its own
	stamp       int64   // … and this timestamp
	unpublished bool    // the epochs do not hold how the frame in hand got its time
	streak      int     // wild timestamps since the last other one

	started     bool
	blind       bool  // no timestamp could be read yet
	relative    bool  // timestamps count from a beginning that is not known
	from, until int64 // the earliest and the latest timestamp of former lines
	began       int64 // first timestamp of the line
	steps       Steps
}

// close reports whether a timestamp can be used as it is.
func (t *line) close(stamp int64) bool {
	return uint64(stamp-t.low) < t.width && stamp-t.offset >= t.floor
}

// near is close, whether or not frames are held.
func (t *line) near(stamp int64) bool { return uint64(stamp-t.low) < uint64(outOfStep+pause) }

// stampOfNow returns the timestamp that belongs to now.
func (t *line) stampOfNow() int64 { return t.low + outOfStep }

// reach advances to a timestamp of the line and returns its time.
func (t *line) reach(stamp int64) int64 {
	at := stamp - t.offset
	if at <= t.now {
		return at
	}
	t.now = at
	t.low = stamp - outOfStep
	return at
}

// hold notes whether frames are being held. While they are, no timestamp is close.
func (t *line) hold(yes bool) {
	t.width = uint64(outOfStep + pause)
	if yes {
		t.width = 0
	}
}

// start begins with the first timestamp. A few nanoseconds are left before it, for earlier frames whose timestamp cannot be read.
func (t *line) start(stamp int64) {
	t.started = true
	at := stamp
	if at < earliest || at > latest || t.relative {
		at = earliest
		t.offset = stamp - at
		t.published = t.offset
		t.epochs.add(epoch{from: math.MinInt64, offset: t.offset, blind: t.relative})
	}
	t.now = at - maxHeld
	t.began, t.low = stamp, stamp-outOfStep
}

// startBlind begins without a timestamp that can be read.
func (t *line) startBlind() {
	t.start(0)
	t.blind = true
	t.epochs.add(epoch{from: math.MinInt64 + 1, offset: t.offset, unknown: true, blind: true})
}

// accept returns the time of a frame whose timestamp was judged. seen is the number of frames before it.
func (t *line) accept(v verdict, stamp int64, seen uint64) int64 {
	switch v {
	case wild:
		return t.wild(stamp)
	case late:
		return t.atPresent(stamp)
	}
	astray := t.streak > 0
	t.streak = 0
	switch v {
	case afterPause:
		if astray {
			// The wild frames came before the pause or after it. What they begin or end must not time out.
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

// jump accepts a timestamp after a pause, however long. seen is the number of frames before it.
func (t *line) jump(stamp int64, seen uint64) int64 {
	passed := stamp - t.stampOfNow()
	if passed > longestPause || passed > longPause && seen <= 1 || stamp-t.offset > latest {
		return t.step(stamp, seen)
	}
	return t.reach(stamp)
}

// step accepts a timestamp of a clock that was set. How long that took is not known: time continues where it is. seen is the
// number of frames before; where it is small, those frames were the wild ones, and their timestamps are forgotten.
func (t *line) step(stamp int64, seen uint64) int64 {
	t.count(stamp < t.stampOfNow())
	t.change(stamp-(t.now+1), stamp)
	if seen < certain {
		t.from, t.until = 0, 0
	}
	return t.reach(stamp)
}

// back accepts a timestamp of a former line: the clock was set as it had been before.
func (t *line) back(offset, stamp int64) int64 {
	t.count(stamp < t.stampOfNow())
	t.change(min(offset, stamp-(t.now+1)), stamp) // time advances nevertheless
	return t.reach(stamp)
}

func (t *line) count(back bool) {
	if back {
		t.steps.Back++
	} else {
		t.steps.Forward++
	}
}

// change begins another line.
func (t *line) change(offset, stamp int64) {
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
	t.unpublished = t.offset != t.published
	if t.shared && t.unpublished {
		t.publish(t.now) // for the other sources
	}
}

// agreed returns the offset that another source has found for the same step, if any.
func (t *line) agreed(offset int64) int64 {
	last := t.epochs.at(t.now + pause)
	if diff := last.offset - offset; t.epochs.Differs() && !last.unknown && -sameStep < diff && diff < sameStep {
		return last.offset
	}
	return offset
}

// formerLine returns the offset of a former line in which a timestamp is close to now. There is one after a few wild timestamps
// that were taken for a step, and where two clocks take turns.
func (t *line) formerLine(stamp int64) (offset int64, ok bool) {
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

// approach advances to the first timestamp that is close to the clock, but for a few nanoseconds for the wild frames before
// it. When exactly these came is not known; an answer most often follows within milliseconds.
func (t *line) approach(w []int64) {
	for _, s := range w {
		if t.near(s) {
			t.now = max(t.now, s-t.offset-maxHeld)
			return
		}
	}
}

// wild gives a frame whose timestamp is wrong the present time.
func (t *line) wild(stamp int64) int64 {
	if readable(stamp) {
		t.steps.Wild++
	} else {
		t.steps.Unreadable++
	}
	t.streak++
	return t.atPresent(stamp)
}

// atPresent gives a frame the present time, with an epoch of its own.
func (t *line) atPresent(stamp int64) int64 {
	t.now++
	t.stamp, t.single, t.unpublished = stamp, true, true
	return t.now
}

// done is called after a frame that was held.
func (t *line) done() {
	t.single = false
	t.unpublished = t.offset != t.published
}

// publish adds to the epochs how the time of the frame in hand follows from its timestamp.
func (t *line) publish(at int64) {
	t.unpublished = false
	if !t.single {
		t.published = t.offset
		t.epochs.add(epoch{from: t.floor, offset: t.offset, blind: t.relative})
		return
	}
	e := epoch{from: at, offset: t.stamp - at, blind: t.relative}
	if !readable(t.stamp) {
		e.offset, e.unknown, e.blind = t.offset, true, t.blind
	}
	t.now++
	t.floor = t.now
	t.published = t.offset
	t.epochs.add(e, epoch{from: t.now, offset: t.offset, unknown: t.blind, blind: t.blind || t.relative})
}

// idle advances to a time of the wall clock, while the source is idle.
func (t *line) idle(wall int64) {
	if t.started {
		t.reach(wall)
	}
}

// set changes the line because the wall clock, which makes the timestamps, was set.
func (t *line) set(by int64) {
	if !t.started {
		return
	}
	t.count(by < 0)
	t.change(t.offset+by, t.stampOfNow()+by)
}

// endLine notes the range of timestamps up to now.
func (t *line) endLine() { t.from, t.until = t.span() }

// span returns the earliest and the latest timestamp, 0 before the first.
func (t *line) span() (from, until int64) {
	if !t.started || t.blind || t.relative {
		return t.from, t.until
	}
	from, until = t.began, t.stampOfNow()
	if t.from != 0 || t.until != 0 {
		from, until = min(t.from, from), max(t.until, until)
	}
	if from == 0 {
		from = 1 // 0 is unknown
	}
	return from, until
}

// readable reports whether a timestamp is a time.
func readable(stamp int64) bool { return firstStamp <= stamp && stamp <= lastStamp }
