package stats

import "time"

// Flap detects that something changes too often. The zero value has seen no change.
type Flap struct {
	Flapping bool // it did

	next  int
	times []int64 // of the last changes, a ring
}

// Change takes a change at a time, in Unix nanoseconds. It is flapping as soon as many changes fall into the window.
func (f *Flap) Change(at int64, many int, window time.Duration) {
	if f.Flapping {
		return
	}
	if len(f.times) < many {
		f.times = append(f.times, at)
	} else {
		f.times[f.next] = at
		f.next = (f.next + 1) % many
	}
	f.Flapping = len(f.times) == many && at-f.times[f.next] <= int64(window)
}

// Restart forgets the changes, for the next time that it flaps.
func (f *Flap) Restart() { *f = Flap{times: f.times[:0]} }
