package store

// Node is the place of a value in a queue; it makes the value a member of one.
type Node struct {
	place int // number of the arrival, from 1; 0 outside a queue
}

// hasNode is a pointer to a value that can be in a queue.
type hasNode[T any] interface {
	*T
	NodeOf() *Node
}

// Queue is a list in order of arrival, for finding the oldest entry of a table. Entries leave it without a look at those
// beside them: they leave a hole in the ring.
type Queue[T any] struct {
	First *T // the oldest, nil if there is none
	Size  int

	ring       []*T // arrival n is at n-1 modulo the length, a power of two
	begin, end int  // arrivals before begin have left, end is the last
}

// Enqueue enters a value as the latest.
func Enqueue[T any, P hasNode[T]](q *Queue[T], x P) {
	if q.end-q.begin == len(q.ring) {
		widen[T, P](q)
	}
	q.ring[q.end&(len(q.ring)-1)] = x
	q.end++
	x.NodeOf().place = q.end
	if q.Size == 0 {
		q.First = x
	}
	q.Size++
}

// Dequeue takes a value out, wherever it stands. One that is in no queue is left alone.
func Dequeue[T any, P hasNode[T]](q *Queue[T], x P) {
	s := x.NodeOf()
	if s.place == 0 {
		return
	}
	i, mask := s.place-1, len(q.ring)-1
	s.place = 0
	q.ring[i&mask] = nil
	q.Size--
	if i != q.begin {
		return
	}
	for q.begin < q.end && q.ring[q.begin&mask] == nil {
		q.begin++
	}
	q.First = nil
	if q.begin < q.end {
		q.First = q.ring[q.begin&mask]
	}
}

// widen makes room in a ring that is full: by closing the holes where they are many, else by doubling it.
func widen[T any, P hasNode[T]](q *Queue[T]) {
	mask := len(q.ring) - 1
	if q.Size > 0 && len(q.ring) > 8*q.Size {
		to := q.begin
		for i := q.begin; i < q.end; i++ {
			x := q.ring[i&mask]
			q.ring[i&mask] = nil
			if x != nil {
				q.ring[to&mask] = x
				to++
				P(x).NodeOf().place = to
			}
		}
		q.end = to
		return
	}
	ring := make([]*T, max(16, 2*len(q.ring)))
	for i := q.begin; i < q.end; i++ {
		ring[i&(len(ring)-1)] = q.ring[i&mask]
	}
	q.ring = ring
}
