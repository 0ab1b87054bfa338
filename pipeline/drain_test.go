package pipeline

import (
	"context"
	"testing"
	"time"

	"sipspan/capture"
	"sipspan/record"
)

// ring is a live source with packets that wait. The run is to end when the first of them is asked for.
type ring struct {
	frames
	stop context.CancelFunc
}

func (s *ring) Next(f *capture.Frame) error {
	s.stop()
	if s.next == len(s.packets) && s.rounds == 0 {
		return capture.ErrIdle
	}
	return s.frames.Next(f)
}

// What has been captured before the end is read: all of it where nothing follows, and up to the first packet from after it.
func TestEndReadsWhatWaits(t *testing.T) {
	ps := packets(t, lateAnswer)
	for _, tt := range []struct {
		name  string
		ended time.Time
		takes time.Duration // from one look at the wall clock to the next
		want  uint64
	}{
		{"all waits", time.Unix(0, ps[1].Time+1), 0, 40},
		{"the end lies between", time.Unix(0, ps[1].Time), 0, 2},
		{"it takes too long", time.Unix(0, ps[1].Time+1), drainFor / 4, 5},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			s := settings(1)
			s.Live, s.KeepCopies, s.Pipeline.Batches = true, true, 1024
			p := New(s, []Source{&ring{frames{packets: ps, rounds: 19}, cancel}}, func(record.Record) {})
			looks := time.Duration(0)
			p.readers[0].time.Wall = func() time.Time {
				looks++
				return tt.ended.Add((looks - 1) * tt.takes)
			}
			if err := p.Run(ctx); err != nil {
				t.Fatal(err)
			}
			if a := p.Snapshot().Account; a.Packets != tt.want || a.Missing() != 0 {
				t.Errorf("%d packets, want %d", a.Packets, tt.want)
			}
		})
	}
}
