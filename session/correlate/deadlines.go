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

// queue holds what waits for its time, in the order in which the times come.
type queue[T any] struct {
	list []timed[T]
	head int
}

// timed is a value with its time.
type timed[T any] struct {
	at   int64
	what T
}

// push adds a value, whose time is not before that of the last one.
func (q *queue[T]) push(what T, at int64) { q.list = append(q.list, timed[T]{at, what}) }

// before removes and returns the first value whose time was before another one. It reports false when there is none.
func (q *queue[T]) before(at int64) (what T, ok bool) {
	if q.head == len(q.list) || q.list[q.head].at >= at {
		return what, false
	}
	what = q.list[q.head].what
	q.list[q.head] = timed[T]{}
	q.head++
	if q.head == len(q.list) || q.head > 1024 && q.head > len(q.list)/2 {
		left := copy(q.list, q.list[q.head:])
		clear(q.list[left:])
		q.list, q.head = q.list[:left], 0
	}
	return what, true
}
