package timeline

import (
	"time"

	"sipspan/capture"
)

// betweenCaptures is how much time passes between two captures of which it is not known when they were made. It is longer than
// anything in the one may wait for something in the other.
const betweenCaptures = 24 * int64(time.Hour)

// undated is what a timeline knows of frames whose timestamps are no times in UTC.
type undated struct {
	clock  capture.Clock // of the last frame
	source int           // interface that it came from
}

// takeUndated takes a frame that has no time, or whose timestamp may mean something else than that of the frame before.
func (t *Timeline) takeUndated(f *capture.Frame) {
	before := t.undated
	t.undated = undated{f.Clock, f.Interface}
	if f.Begins && t.started {
		t.settle(noneAtAll)
		t.handler.Begins(t.now)
		t.now += betweenCaptures
	}
	if f.Clock == capture.ClockNone {
		t.settle(noneAtAll)
		t.takeWithoutTime(f, f.Begins || before.clock != capture.ClockNone)
		return
	}
	relative := f.Clock == capture.ClockUndated
	switch {
	case !t.started:
		t.relative = relative
	case f.Begins || t.blind || relative != t.relative || relative && before.source != f.Interface:
		t.settle(noneAtAll)
		t.otherClock(f, relative)
	case before.clock == capture.ClockNone:
		t.now++
		t.floor = t.now
		t.publish(t.now)
	}
	t.take(f)
}

// takeWithoutTime hands on a frame that comes after the one before, nobody knows how much later. Timers do not fire between two
// such frames. first says that the one before had a time, or is of another capture.
func (t *Timeline) takeWithoutTime(f *capture.Frame, first bool) {
	if !t.started {
		t.start(0)
		t.blind, first = true, true
	}
	t.now++
	if first {
		t.epochs.add(epoch{from: t.now, unknown: true, blind: true})
	}
	t.frames++
	t.handler.Frame(f, t.now)
}

// otherClock begins a line for a frame whose timestamp has nothing to do with those before. relative says that it counts from a
// beginning that is not known.
func (t *Timeline) otherClock(f *capture.Frame, relative bool) {
	t.endLine()
	t.relative = relative
	t.now += maxHeld
	t.former = t.former[:0]
	t.blind, t.streak = false, 0
	t.began, t.offset = f.Time, f.Time-t.now
	t.floor, t.since = t.now, t.now
	t.low = f.Time - outOfStep
	t.hold(false)
	t.publish(t.now)
}
