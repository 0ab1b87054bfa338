package timeline

import (
	"slices"
	"testing"
	"time"

	"sipspan/capture"
)

// texts is a handler that notes the times of frames and where captures begin.
type texts struct {
	t      *Timeline
	times  []int64
	begins []int64
}

func (p *texts) Begins(at int64) { p.begins = append(p.begins, at) }
func (p *texts) Frame(_ *capture.Frame, at int64) {
	p.times = append(p.times, at)
	p.t.Publish(at)
}
func (p *texts) NoPause(*capture.Frame, time.Duration) bool { return false }
func (p *texts) ClockStep(Step)                             {}

// playFrames gives frames to a timeline and returns it with its handler and epochs.
func playFrames(frames ...capture.Frame) (*texts, *Epochs) {
	epochs := new(Epochs)
	p := new(texts)
	p.t = New(epochs, false, p)
	for i := range frames {
		p.t.Take(&frames[i])
	}
	p.t.Close()
	return p, epochs
}

const (
	second = int64(time.Second)
	day    = 24 * int64(time.Hour)
	base   = 1_800_000_000 * second
)

func dated(s int64) capture.Frame { return capture.Frame{Time: base + s*second} }
func undatedAt(s int64) capture.Frame {
	return capture.Frame{Time: s * second, Clock: capture.ClockUndated}
}
func timeless() capture.Frame { return capture.Frame{Clock: capture.ClockNone} }

// TestWithoutTimes: nothing is known but the order, and nothing times out between two frames.
func TestWithoutTimes(t *testing.T) {
	p, epochs := playFrames(timeless(), timeless(), timeless())
	if len(p.times) != 3 || !slices.IsSorted(p.times) || p.times[2]-p.times[0] > int64(time.Microsecond) {
		t.Errorf("times %v", p.times)
	}
	for _, at := range p.times {
		if epochs.Stamp(at) != 0 || !epochs.Apart(at, at) {
			t.Errorf("at %d: stamp %d", at, epochs.Stamp(at))
		}
	}
	if first, last := p.t.Span(); first != 0 || last != 0 {
		t.Errorf("from %d to %d", first, last)
	}
	if p.t.Steps() != (Steps{}) {
		t.Errorf("steps %+v", p.t.Steps())
	}
}

// TestUndated: durations are known, times are not.
func TestUndated(t *testing.T) {
	p, epochs := playFrames(undatedAt(100), undatedAt(101), undatedAt(103))
	if d := p.times[2] - p.times[0]; d != 3*second {
		t.Errorf("%v passed", time.Duration(d))
	}
	for _, at := range p.times {
		if epochs.Stamp(at) != 0 || epochs.Apart(p.times[0], at) {
			t.Errorf("at %d: stamp %d, apart %v", at, epochs.Stamp(at), epochs.Apart(p.times[0], at))
		}
	}
	if first, last := p.t.Span(); first != 0 || last != 0 {
		t.Errorf("from %d to %d", first, last)
	}
}

// TestUndatedAfterDated: the times of the one say nothing of those of the other.
func TestUndatedAfterDated(t *testing.T) {
	other := undatedAt(100)
	other.Interface = 1
	p, epochs := playFrames(dated(0), dated(2), undatedAt(50), undatedAt(51), other, timeless(), timeless())
	if !slices.IsSorted(p.times) {
		t.Fatalf("times %v", p.times)
	}
	if got := epochs.Stamp(p.times[1]); got != base+2*second {
		t.Errorf("stamp %d", got)
	}
	for i, at := range p.times[2:] {
		if epochs.Stamp(at) != 0 {
			t.Errorf("frame %d has a stamp", i+2)
		}
	}
	if epochs.Apart(p.times[0], p.times[1]) || epochs.Apart(p.times[2], p.times[3]) {
		t.Error("durations within one text are not known")
	}
	if !epochs.Apart(p.times[1], p.times[2]) || !epochs.Apart(p.times[3], p.times[4]) || !epochs.Apart(p.times[4], p.times[5]) {
		t.Error("durations between two texts are known")
	}
	if first, last := p.t.Span(); first != base || last != base+2*second {
		t.Errorf("from %d to %d", first, last)
	}
}

// TestTimelessAmongDated: a message without a time between two with one leaves what is known of these.
func TestTimelessAmongDated(t *testing.T) {
	p, epochs := playFrames(dated(0), timeless(), dated(5))
	if epochs.Apart(p.times[0], p.times[2]) || p.times[2]-p.times[0] != 5*second {
		t.Errorf("%v passed", time.Duration(p.times[2]-p.times[0]))
	}
	if epochs.Stamp(p.times[1]) != 0 || epochs.Stamp(p.times[2]) != base+5*second {
		t.Errorf("stamps %d, %d", epochs.Stamp(p.times[1]), epochs.Stamp(p.times[2]))
	}
}

// TestBegins: the handler hears of another capture before its first frame, and much time lies between the two.
func TestBegins(t *testing.T) {
	next := timeless()
	next.Begins = true
	p, epochs := playFrames(timeless(), next, timeless())
	if !slices.Equal(p.begins, p.times[:1]) || p.times[1]-p.times[0] < day {
		t.Errorf("begins %v, times %v", p.begins, p.times)
	}
	if epochs.Stamp(p.times[2]) != 0 {
		t.Error("it has a stamp")
	}
}
