package pipeline

import (
	"context"
	"io"
	"runtime"
	"testing"
	"time"

	"sipspan/capture"
	"sipspan/capture/pcapwrite"
	"sipspan/internal/dev/sipgen"
	"sipspan/record"
	"sipspan/session/shard"
)

// floodSource plays about so many packets of a flood. After the last one it takes down how much memory is in use.
type floodSource struct {
	flood   sipgen.Flood
	want    uint64
	round   int
	packets []pcapwrite.Packet
	number  uint64
	live    uint64
	behind  *Pipeline
}

var _ Source = (*floodSource)(nil)

func (s *floodSource) Next(f *capture.Frame) error {
	for len(s.packets) == 0 {
		if s.number >= s.want {
			s.live = s.settled()
			return io.EOF
		}
		s.packets = s.flood.Round(s.round)
		s.round++
	}
	p := &s.packets[0]
	f.Time, f.Data, f.Length, f.Link = p.Time, p.Data, len(p.Data), capture.LinkRaw
	s.number++
	f.Number = s.number
	s.packets = s.packets[1:]
	return nil
}

// settled returns how many bytes are in use once nothing is on its way any more: workers and merger have taken what there was,
// and less is not to be had by waiting.
func (s *floodSource) settled() uint64 {
	onTheWay := func() bool {
		for _, w := range s.behind.workers {
			if len(w.full) > 0 || len(w.free) < cap(w.free)-1 {
				return true
			}
		}
		return len(s.behind.merger.in) > 0
	}
	least, looks := ^uint64(0), 0
	for looks < 5 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		if looks++; onTheWay() || m.HeapAlloc < least-least/100 {
			looks = 0
		}
		least = min(least, m.HeapAlloc)
		time.Sleep(5 * time.Millisecond)
	}
	return least
}

func (s *floodSource) Stats() []capture.InterfaceStats { return nil }
func (s *floodSource) Close() error                    { return nil }

// runFlood returns how much memory is in use after so many packets of a flood, and how many bytes were allocated for them.
func runFlood(t *testing.T, flood sipgen.Flood, packets uint64) (live, allocated uint64) {
	t.Helper()
	s := settings(1)
	s.Session.Budget = shard.Budget{Busy: 2 << 20, Waiting: 1 << 20}
	s.Session.MaxRegistrationBytes = 1 << 20
	s.Session.MaxEvidence = 1 << 20
	s.Session.RelatedWait, s.Session.RelatedWindow = 100*time.Millisecond, 100*time.Millisecond
	s.Session.MaxCallIDs = 1000
	s.Reassembly.Fragments.MaxBytes = 1 << 20
	s.Reassembly.TCP.MaxHeldTotal, s.Reassembly.TCP.MaxConnections = 1<<20, 1000
	source := &floodSource{flood: flood, want: packets}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	p := New(s, []Source{source}, func(record.Record) {})
	source.behind = p
	if err := p.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	return source.live - min(before.HeapAlloc, source.live), after.TotalAlloc - before.TotalAlloc
}

// TestFloods runs each flood in little memory, once and twice as long: what is in use at the end must not grow with it, and
// what is allocated must grow no more than it does. What is allocated stands for the work, which no clock measures here.
func TestFloods(t *testing.T) {
	const packets, room = 14_000, 5 << 20
	for _, flood := range sipgen.Floods() {
		t.Run(flood.Name, func(t *testing.T) {
			live, allocated := runFlood(t, flood, packets)
			longer, more := runFlood(t, flood, 2*packets)
			if longer > live+room {
				t.Errorf("%d KiB are in use after %d packets, %d KiB after %d", live>>10, packets, longer>>10, 2*packets)
			}
			if more > allocated*22/10 {
				t.Errorf("%d packets allocate %d KiB, %d packets %d KiB", packets, allocated>>10, 2*packets, more>>10)
			}
		})
	}
}
