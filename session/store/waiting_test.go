package store

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

// What was added is found as it was until it is removed, whatever happens to its neighbours, and nothing afterwards. The
// session that First returns has the earliest alarm.
func TestWaiting(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	w := NewWaiting()
	type known struct {
		packed  []byte
		alarm   Alarm
		arrival uint64
	}
	want := make(map[Ref]known)
	var gone []Ref
	order := uint64(0)
	for step := range 60_000 {
		grow := step%20_000 < 12_000
		if len(want) == 0 || random.IntN(10) < 3 || grow && random.IntN(10) < 5 {
			size := random.IntN(2000)
			if random.IntN(500) == 0 {
				size = maxChunk + random.IntN(1000)
			}
			k := known{bytes.Repeat([]byte{byte(step)}, size), Alarm{int64(random.IntN(100)), order}, uint64(step)}
			order++
			ref, ok := w.Add(k.packed, k.alarm, k.arrival, k.arrival+1)
			if _, taken := want[ref]; !ok || taken {
				t.Fatalf("Add gave %x, %v", ref, ok)
			}
			want[ref] = k
			continue
		}
		ref, first, ok := w.First()
		if !ok || want[ref].alarm != first {
			t.Fatalf("First is %x with %v, which has %v", ref, first, want[ref].alarm)
		}
		if random.IntN(2) == 0 {
			for ref = range want { // any other
				break
			}
		}
		k := want[ref]
		if !bytes.Equal(w.Packed(ref), k.packed) {
			t.Fatalf("%x is not as it was", ref)
		}
		if a, arrival := w.Alarm(ref); a != k.alarm || arrival != k.arrival {
			t.Fatalf("%x has the alarm %v and arrival %d, want %v and %d", ref, a, arrival, k.alarm, k.arrival)
		}
		w.Remove(ref)
		delete(want, ref)
		if gone = append(gone, ref); len(gone) > 50 {
			gone = gone[1:]
		}
		for _, ref := range gone {
			if _, again := want[ref]; !again && w.Packed(ref) != nil {
				t.Fatalf("%x names something after it was removed", ref)
			}
		}
		if w.Len() != len(want) {
			t.Fatalf("%d sessions, want %d", w.Len(), len(want))
		}
	}
	for ref, k := range want {
		if !bytes.Equal(w.Packed(ref), k.packed) {
			t.Fatalf("%x is not as it was", ref)
		}
		if _, first, _ := w.First(); k.alarm.Before(first) {
			t.Fatalf("First has %v, after %v", first, k.alarm)
		}
	}
}

// Memory is at most about twice what the sessions need, and goes back when they have gone.
func TestWaitingGivesMemoryBack(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	w := NewWaiting()
	var refs []Ref
	for i := range 40_000 {
		ref, _ := w.Add(make([]byte, 300+random.IntN(600)), Alarm{Deadline: int64(i)}, 0, 0)
		refs = append(refs, ref)
	}
	full := w.arena.size
	random.Shuffle(len(refs), func(i, j int) { refs[i], refs[j] = refs[j], refs[i] })
	for len(refs) > 0 {
		w.Remove(refs[len(refs)-1])
		refs = refs[:len(refs)-1]
		if w.arena.size > 2*w.arena.live+2*maxChunk {
			t.Fatalf("%d bytes for %d", w.arena.size, w.arena.live)
		}
	}
	if w.arena.size > 2*maxChunk || w.arena.live != 0 {
		t.Errorf("%d bytes are kept of %d, %d in use", w.arena.size, full, w.arena.live)
	}
	w.Close()
	if w.arena.size != 0 || w.Len() != 0 {
		t.Error("Close keeps something")
	}
}
