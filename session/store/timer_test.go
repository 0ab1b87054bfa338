package store

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// sleeping notes when it was woken.
type sleeping struct {
	alarm Timer[*sleeping]
	name  int
}

func TestTimersWakeInOrder(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for range 50 {
		var h Timers[*sleeping]
		all := make([]*sleeping, 200)
		deadlines := make(map[int]int64)
		for i := range all {
			all[i] = &sleeping{name: i}
		}
		for range 1000 {
			s := all[random.IntN(len(all))]
			if random.IntN(4) == 0 {
				h.Stop(&s.alarm)
				delete(deadlines, s.name)
				continue
			}
			d := random.Int64N(100)
			h.Set(&s.alarm, s, d)
			deadlines[s.name] = d
		}
		last := int64(-1)
		for now := int64(0); now < 100; now += 7 {
			for {
				who, at, ok := h.Due(now)
				if !ok {
					break
				}
				if at < last || at > now {
					t.Fatalf("woken at %d after %d, now %d", at, last, now)
				}
				last = at
				s := who
				if deadlines[s.name] != at {
					t.Fatalf("%d woken at %d, want %d", s.name, at, deadlines[s.name])
				}
				delete(deadlines, s.name)
			}
		}
		if n := h.Size(); n != len(deadlines) {
			t.Fatalf("%d alarms left, want %d", n, len(deadlines))
		}
	}
}

func TestTimersOfOneDeadlineWakeAsTheyWereSet(t *testing.T) {
	var h Timers[*sleeping]
	var woken []int
	for i := range 100 {
		s := &sleeping{name: i}
		h.Set(&s.alarm, s, 5)
	}
	for {
		who, _, ok := h.Due(5)
		if !ok {
			break
		}
		woken = append(woken, who.name)
	}
	if len(woken) != 100 || !slices.IsSorted(woken) {
		t.Errorf("woken %v", woken)
	}
}
