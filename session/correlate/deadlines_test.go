package correlate

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// TestDeadlines compares the heap with a list that is sorted, while deadlines are set, moved and taken back in any order.
func TestDeadlines(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	var d deadlines
	var plain []*address // in the order in which deadlines were set
	drop := func(a *address) { plain = slices.DeleteFunc(plain, func(o *address) bool { return o == a }) }
	all := make([]address, 50)
	for step := range 20_000 {
		a := &all[random.IntN(len(all))]
		switch random.IntN(4) {
		case 0, 1:
			drop(a)
			d.set(a, int64(step+random.IntN(20)))
			plain = append(plain, a)
		case 2:
			d.stop(a)
			drop(a)
		default:
			var want *address
			for _, o := range plain {
				if o.deadline <= int64(step) && (want == nil || o.deadline < want.deadline) {
					want = o
				}
			}
			got, at, ok := d.due(int64(step))
			if got != want || ok != (want != nil) || ok && at != want.deadline {
				t.Fatalf("step %d: %v at %d is due, want %v", step, got, at, want)
			}
			drop(got)
		}
		if len(d.addresses) != len(plain) {
			t.Fatalf("step %d: %d deadlines, want %d", step, len(d.addresses), len(plain))
		}
	}
}
