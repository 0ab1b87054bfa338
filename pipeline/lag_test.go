package pipeline

import (
	"context"
	"testing"
	"time"

	"sipspan/capture"
	"sipspan/record"
)

// watched is a live source that has some packets and then none. Before each call that asks it for more it calls look with the number of calls before.
type watched struct {
	frames
	calls int
	look  func(calls int)
}

func (s *watched) Next(f *capture.Frame) error {
	s.look(s.calls)
	s.calls++
	if s.next < len(s.packets) {
		return s.frames.Next(f)
	}
	return capture.ErrIdle
}

// The lag of the reader is the age of the packet that it has taken, and that of the worker the age when it begins with the packet. A source
// without packets is not behind, however old its last packet is.
func TestLag(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ps := packets(t, lateAnswer)[:1]
	at := time.Unix(0, ps[0].Time)
	s := settings(1)
	s.Live = true
	src := &watched{frames: frames{packets: ps}}
	p := New(s, []Source{src}, func(record.Record) {})
	now := at.Add(3 * time.Second)
	p.readers[0].time.Wall = func() time.Time { return now }
	p.workers[0].wall = func() time.Time { return at.Add(5 * time.Second) }
	var measured []time.Duration
	src.look = func(calls int) {
		measured = append(measured, p.Lag().Reader)
		switch calls {
		case 1: // after the packet
			now = at.Add(4 * time.Second)
		case 2: // after it was idle
			cancel()
		}
	}
	if err := p.Run(ctx); err != nil {
		t.Fatal(err)
	}
	if len(measured) < 3 || measured[0] != 0 || measured[1] != 3*time.Second || measured[2] != 0 {
		t.Errorf("the reader is behind by %v, want 0, 3s and 0", measured)
	}
	if got := p.Snapshot().Lag.Worker; got != time.Second { // the last batch was handed over at the time of the idle poll
		t.Errorf("the worker is behind by %v, want 1s", got)
	}
}

// Packets from files have no age.
func TestNoLagFromFiles(t *testing.T) {
	_, snap := run(t, settings(2), &frames{packets: packets(t, mixed)})
	if snap.Lag != (Lag{}) {
		t.Errorf("%+v", snap.Lag)
	}
}
