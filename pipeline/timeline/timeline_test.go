package timeline

import (
	"slices"
	"testing"
	"time"

	"sipspan/capture"
)

// player notes what a Timeline hands on.
type player struct {
	t       *Timeline
	frames  []string
	times   []int64
	steps   []Step
	noPause bool
}

func (p *player) Frame(f *capture.Frame, at int64) {
	p.frames = append(p.frames, string(f.Data))
	p.times = append(p.times, at)
	p.t.Publish(at)
}
func (p *player) Begins(int64)                               {}
func (p *player) NoPause(*capture.Frame, time.Duration) bool { return p.noPause }
func (p *player) ClockStep(s Step)                           { p.steps = append(p.steps, s) }

// TestTimelineKeepsFrames checks that the frames come out as they went in, although the buffer of the source is reused, and
// that a step of the clock is told before the frame in which it shows.
func TestTimelineKeepsFrames(t *testing.T) {
	for _, tt := range []struct {
		name    string
		stamps  []int64
		noPause bool
		passed  float64
		steps   int
	}{
		{"steady", at(0, 1, 2), false, 2, 0},
		{"a pause", at(0, 1, 9000, 9001), false, 9001, 0},
		{"no pause", at(0, 1, 9000, 9001), true, 2, 1},
		{"set back", at(0, 1, -299, -298, -297, -296), false, 4, 1},
		{"one wild", at(0, 1, 30000, 1.5, 2), false, 2, 1},
	} {
		epochs := new(Epochs)
		p := &player{noPause: tt.noPause}
		p.t = New(epochs, false, p)
		buf := make([]byte, 1)
		var want []string
		for i, stamp := range tt.stamps {
			buf[0] = byte('a' + i)
			want = append(want, string(buf))
			p.t.Take(&capture.Frame{Time: stamp, Data: buf})
		}
		p.t.Close()
		if !slices.Equal(p.frames, want) {
			t.Errorf("%s: frames %q, want %q", tt.name, p.frames, want)
		}
		if passed := float64(p.t.Now()-p.times[0]) / 1e9; passed < tt.passed-1e-6 || passed > tt.passed+1e-6 {
			t.Errorf("%s: %v s passed, want %v", tt.name, passed, tt.passed)
		}
		if len(p.steps) != tt.steps {
			t.Errorf("%s: %d steps, want %d", tt.name, len(p.steps), tt.steps)
		}
		for i, at := range p.times {
			if got := epochs.Stamp(at); got != tt.stamps[i] {
				t.Errorf("%s: frame %d has the timestamp %d, want %d", tt.name, i, got, tt.stamps[i])
			}
		}
	}
}

// TestTimelineAllocatesNothing takes frames whose timestamps are close.
func TestTimelineAllocatesNothing(t *testing.T) {
	p := new(discard)
	line := New(new(Epochs), false, p)
	f := capture.Frame{Time: at(0)[0]}
	line.Take(&f)
	if n := testing.AllocsPerRun(100, func() {
		f.Time += 1e6
		line.Take(&f)
	}); n != 0 {
		t.Errorf("%g allocations", n)
	}
}

type discard int

func (d *discard) Frame(*capture.Frame, int64)                { *d++ }
func (d *discard) Begins(int64)                               {}
func (d *discard) NoPause(*capture.Frame, time.Duration) bool { return false }
func (d *discard) ClockStep(Step)                             {}
