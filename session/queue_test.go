package session

import (
	"math/rand/v2"
	"slices"
	"testing"
)

func TestQueue(t *testing.T) {
	random := rand.New(rand.NewPCG(13, 14))
	for _, stay := range []int{2, 20, 2000} { // how many are in the queue, about
		var q queue[request]
		var want []*request
		for range 20_000 {
			if len(want) == 0 || random.IntN(2*stay) > len(want) {
				x := new(request)
				enqueue(&q, x)
				want = append(want, x)
			} else {
				i := 0
				if random.IntN(3) > 0 && len(want) > 2 {
					i = 1 + random.IntN(len(want)-1) // the first stays long: holes
				}
				dequeue(&q, want[i])
				dequeue(&q, want[i]) // does nothing
				want = slices.Delete(want, i, i+1)
			}
			if q.size != len(want) || q.size > 0 && q.first != want[0] || q.size == 0 && q.first != nil {
				t.Fatalf("%d in the queue, want %d; first %p", q.size, len(want), q.first)
			}
		}
		if len(q.ring) > 64*stay+64 {
			t.Errorf("a ring of %d for about %d", len(q.ring), stay)
		}
		for _, x := range want {
			if q.first != x {
				t.Fatal("another order")
			}
			dequeue(&q, x)
		}
	}
}
