package store

import (
	"math/rand/v2"
	"slices"
	"testing"
)

type queued struct{ Node }

func (q *queued) NodeOf() *Node { return &q.Node }

func TestQueue(t *testing.T) {
	random := rand.New(rand.NewPCG(13, 14))
	for _, stay := range []int{2, 20, 2000} { // how many are in the queue, about
		var q Queue[queued]
		var want []*queued
		for range 20_000 {
			if len(want) == 0 || random.IntN(2*stay) > len(want) {
				x := new(queued)
				Enqueue(&q, x)
				want = append(want, x)
			} else {
				i := 0
				if random.IntN(3) > 0 && len(want) > 2 {
					i = 1 + random.IntN(len(want)-1) // the first stays long: holes
				}
				Dequeue(&q, want[i])
				Dequeue(&q, want[i]) // does nothing
				want = slices.Delete(want, i, i+1)
			}
			if q.Size != len(want) || q.Size > 0 && q.First != want[0] || q.Size == 0 && q.First != nil {
				t.Fatalf("%d in the queue, want %d; first %p", q.Size, len(want), q.First)
			}
		}
		if len(q.ring) > 64*stay+64 {
			t.Errorf("a ring of %d for about %d", len(q.ring), stay)
		}
		for _, x := range want {
			if q.First != x {
				t.Fatal("another order")
			}
			Dequeue(&q, x)
		}
	}
}
