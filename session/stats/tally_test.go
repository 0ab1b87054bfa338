package stats

import (
	"fmt"
	"testing"
)

func TestTally(t *testing.T) {
	var a, b Tally[int]
	for i := range maxLabelSets + 10 {
		a.CountOf(i, -1, Exemplar{CallID: fmt.Sprint(i), Time: int64(i + 1)})
	}
	before := a.copy()
	a.Count(5, -1)
	a.Count(1_000_000, -1)
	// The first of them has its own count still, those behind the limit share one, and the copy stands still.
	if a.Of(5) != 2 || a.Of(-1) != 11 || a.Len() != maxLabelSets+1 || a.Of(1_000_000) != 0 {
		t.Errorf("%d, %d, %d label sets, %d", a.Of(5), a.Of(-1), a.Len(), a.Of(1_000_000))
	}
	sum, last := uint64(0), Exemplar{}
	for _, n := range before.All {
		sum, last = sum+n.N, n.Last
	}
	if sum != maxLabelSets+10 || last.CallID != fmt.Sprint(maxLabelSets+9) {
		t.Errorf("the copy has %d, last of %+v", sum, last)
	}
	b.Add(&before, -1)
	b.Add(&before, -1)
	if b.Of(5) != 2 || b.Of(-1) != 20 || b.Len() != a.Len() {
		t.Errorf("added up: %d, %d, %d label sets", b.Of(5), b.Of(-1), b.Len())
	}
	if n := testing.AllocsPerRun(100, func() { a.Count(7, -1); a.CountOf(8, -1, last) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
