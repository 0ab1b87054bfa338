package store

import (
	"math/rand/v2"
	"testing"
)

// The oldest comes first, also after holes were closed, which tells each session its new number.
func TestArrivals(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	var q Arrivals
	var inOrder []Ref
	number := make(map[Ref]uint64)
	moved := func(ref Ref, from, to uint64) {
		if number[ref] != from {
			t.Errorf("%x moves from %d, it was %d", ref, from, number[ref])
		}
		number[ref] = to
	}
	most := 16
	for step := range 50_000 {
		most = max(most, len(inOrder))
		if len(inOrder) == 0 || random.IntN(100) < 50-step/2000 {
			ref := Busy(step)
			number[ref] = q.Add(ref, moved)
			inOrder = append(inOrder, ref)
		} else {
			i := random.IntN(len(inOrder))
			if len(inOrder) > 20 {
				i = len(inOrder) - 1 - random.IntN(10) // the oldest stay
			}
			ref := inOrder[i]
			q.Remove(number[ref])
			inOrder = append(inOrder[:i], inOrder[i+1:]...)
		}
		if len(inOrder) > 0 && random.IntN(8) == 0 {
			i := random.IntN(len(inOrder))
			ref := inOrder[i]
			number[ref] = q.Renew(number[ref], ref, moved)
			inOrder = append(append(inOrder[:i], inOrder[i+1:]...), ref)
		}
		if len(inOrder) > 0 && random.IntN(4) == 0 {
			i := random.IntN(len(inOrder))
			was := inOrder[i]
			inOrder[i] = Busy(step + 1_000_000)
			number[inOrder[i]] = number[was]
			q.Replace(number[was], inOrder[i])
		}
		want := Ref(0)
		if len(inOrder) > 0 {
			want = inOrder[0]
		}
		if got, arrival := q.First(); got != want || arrival != number[want] || q.Len() != len(inOrder) {
			t.Fatalf("step %d: first of %d is %x with number %d, want %x of %d", step, q.Len(), got, arrival, want, len(inOrder))
		}
	}
	if q.Bytes() > 4*8*most {
		t.Errorf("%d bytes for at most %d sessions at a time", q.Bytes(), most)
	}
}
