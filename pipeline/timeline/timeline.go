package timeline

import (
	"time"

	"sipspan/capture"
)

// idleLag is how far behind the wall clock the packet time of an idle source is kept: the kernel hands packets over in
// blocks, and one may still be on its way.
const idleLag = int64(500 * time.Millisecond)

// blankLag is the same for a source that has had no frame: what a capture agent hands on may be a second old.
const blankLag = idleLag + int64(time.Second)

// Handler receives the frames of one source and what its clock does.
type Handler interface {
	// Begins is called before a frame that begins another capture, with the time at which the one before ended.
	Begins(at int64)
	// Frame takes the next frame, in the order of the capture. at is its packet time, which may lie a little before
	// Timeline.Now. f is borrowed until the call returns.
	Frame(f *capture.Frame, at int64)
	// NoPause reports whether the contents of f show that the time passed cannot lie between it and the frames before,
	// although its timestamp says so: the clock was set.
	NoPause(f *capture.Frame, passed time.Duration) bool
	// ClockStep is called for each step of the clock and each wrong timestamp, before the frame in which it shows.
	ClockStep(s Step)
}

// Timeline gives the frames of one source their times. One goroutine owns it.
type Timeline struct {
	line
	handler Handler
	live    bool
	held    heldFrames
	frames  uint64    // handed on
	wall    time.Time // when the wall clock was last read
	idled   int64     // wall clock when the source was last found idle, 0 before
	// blankSince is idled as it was before the last time.
	blankSince int64
	undated    // what is known of frames without timestamps

	// Wall reads the wall clock, which makes the timestamps of a live source. It is time.Now unless a test sets it.
	Wall func() time.Time
}

// New returns a timeline that hands its frames to h and adds to epochs. live says that the source is a network interface; all
// live sources that share epochs have the same clock.
func New(epochs *Epochs, live bool, h Handler) *Timeline {
	return &Timeline{line: line{epochs: epochs, shared: live}, handler: h, live: live, Wall: time.Now}
}

// Now returns the packet time that the source has reached, in nanoseconds. It never goes back.
func (t *Timeline) Now() int64 { return t.now }

// Steps returns what the clock did so far.
func (t *Timeline) Steps() Steps { return t.steps }

// Span returns the earliest and the latest timestamp, 0 before the first frame.
func (t *Timeline) Span() (first, last int64) { return t.span() }

// Take takes the next frame of the source. Nearly all frames go to the handler at once; the others are copied and follow in
// this call or in a later one.
func (t *Timeline) Take(f *capture.Frame) {
	if f.Clock|t.clock != capture.ClockKnown || f.Begins {
		t.takeUndated(f)
		return
	}
	t.take(f)
}

// take takes a frame whose timestamp means what that of the frame before means.
func (t *Timeline) take(f *capture.Frame) {
	if t.close(f.Time) {
		at := t.reach(f.Time)
		t.frames++
		t.handler.Frame(f, at)
		return
	}
	if t.live {
		t.watchWall()
	}
	t.held.add(f)
	t.settle(moreToCome)
}

// Idle advances the time of a live source that has no frame. That the source was found idle says nothing about now: between
// that look and this call the program may have waited for a processor for seconds, while packets piled up. It says that all
// that arrived before the source was asked has been read. So time follows the idle poll before this one, and no timer fires
// over a packet that only waits to be read.
func (t *Timeline) Idle() {
	t.watchWall()
	t.settle(noneNow)
	if t.idled != 0 {
		t.idle(t.idled - idleLag)
	}
	t.blankSince, t.idled = t.idled, t.wall.UnixNano()
}

// Blank returns a time before which no frame of a live source will lie that has had none yet, 0 where that is not known. Without it one interface
// without packets would keep back what the others bring.
func (t *Timeline) Blank() int64 {
	if !t.live || t.started || len(t.held.stamps) > 0 || t.blankSince == 0 {
		return 0
	}
	return t.blankSince - blankLag
}

// Close hands on the frames that are still held: the source has ended.
func (t *Timeline) Close() { t.settle(noneAtAll) }

// Publish adds to the epochs what the time of the frame in hand depends on. The handler calls it when that time is about to
// leave the reader, with the time that Frame was given; the times of most frames concern nobody.
func (t *Timeline) Publish(at int64) {
	if t.unpublished {
		t.publish(at)
	}
}

// settle hands on the held frames whose timestamps are understood.
func (t *Timeline) settle(o outlook) {
	h := &t.held
	wall := int64(0)
	if t.live && o != noneAtAll && len(h.stamps) > 0 {
		wall = t.wall.UnixNano()
	}
	for len(h.stamps) > 0 {
		v := t.judge(h.stamps, o, wall)
		if v == pending {
			break
		}
		f := h.first()
		if v == afterPause && t.handler.NoPause(f, time.Duration(f.Time-t.stampOfNow())) {
			v = set
		}
		if v == wild {
			t.approach(h.stamps)
		}
		steps := t.steps
		at := t.accept(v, f.Time, t.frames)
		h.remove()
		if steps != t.steps {
			t.handler.ClockStep(Step{Frame: f, Wild: v == wild})
		}
		t.frames++
		t.handler.Frame(f, at)
		t.done()
	}
	t.hold(len(h.stamps) > 0 || !t.started)
}

// watchWall finds out whether the wall clock was set: it then advanced by more or less than time did.
func (t *Timeline) watchWall() {
	before := t.wall
	t.wall = t.Wall()
	if before.IsZero() {
		return
	}
	by := t.wall.UnixNano() - before.UnixNano() - int64(t.wall.Sub(before))
	if by < -outOfStep || by > outOfStep {
		t.set(by)
		t.handler.ClockStep(Step{By: time.Duration(by)})
	}
}
