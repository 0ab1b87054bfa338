package correlate

import "container/heap"

// deadlines holds addresses-of-record by what is due first of their bindings: by time, and of the same time in the order in
// which the deadlines were set, so that the same registrations always end in the same order.
type deadlines struct {
	addresses addressHeap
	seq       uint64
}

// set gives an address a deadline, or another one.
func (d *deadlines) set(a *address, at int64) {
	d.seq++
	a.deadline, a.order = at, d.seq
	if a.place == 0 {
		heap.Push(&d.addresses, a)
	} else {
		heap.Fix(&d.addresses, a.place-1)
	}
}

// stop takes out an address, if it has a deadline.
func (d *deadlines) stop(a *address) {
	if a.place != 0 {
		heap.Remove(&d.addresses, a.place-1)
	}
}

// due removes and returns the first address that is due at a time.
func (d *deadlines) due(now int64) (a *address, at int64, ok bool) {
	if len(d.addresses) == 0 || d.addresses[0].deadline > now {
		return nil, 0, false
	}
	a = heap.Pop(&d.addresses).(*address)
	return a, a.deadline, true
}

// addressHeap implements heap.Interface.
type addressHeap []*address

func (h addressHeap) Len() int { return len(h) }

func (h addressHeap) Less(i, j int) bool {
	return h[i].deadline < h[j].deadline || h[i].deadline == h[j].deadline && h[i].order < h[j].order
}

func (h addressHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].place, h[j].place = i+1, j+1
}

// Push implements heap.Interface.
func (h *addressHeap) Push(x any) {
	a := x.(*address)
	*h = append(*h, a)
	a.place = len(*h)
}

// Pop implements heap.Interface.
func (h *addressHeap) Pop() any {
	last := len(*h) - 1
	a := (*h)[last]
	(*h)[last] = nil
	*h = (*h)[:last]
	a.place = 0
	return a
}
