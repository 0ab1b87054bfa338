package session

// node is the place of a value in a queue; it makes the value a member of one.
type node struct {
	place int // number of the arrival, from 1; 0 outside a queue
}

type hasNode[T any] interface {
	*T
	nodeOf() *node
}

// queue is a list in order of arrival, for finding the oldest entry of a table. Entries leave it without a look at those
// beside them: they leave a hole in the ring.
type queue[T any] struct {
	first *T // the oldest, nil if there is none
	size  int

	ring       []*T // arrival n is at n-1 modulo the length, a power of two
	begin, end int  // arrivals before begin have left, end is the last
}

func enqueue[T any, P hasNode[T]](q *queue[T], x P) {
	if q.end-q.begin == len(q.ring) {
		widen[T, P](q)
	}
	q.ring[q.end&(len(q.ring)-1)] = x
	q.end++
	x.nodeOf().place = q.end
	if q.size == 0 {
		q.first = x
	}
	q.size++
}

func dequeue[T any, P hasNode[T]](q *queue[T], x P) {
	s := x.nodeOf()
	if s.place == 0 {
		return
	}
	i, mask := s.place-1, len(q.ring)-1
	s.place = 0
	q.ring[i&mask] = nil
	q.size--
	if i != q.begin {
		return
	}
	for q.begin < q.end && q.ring[q.begin&mask] == nil {
		q.begin++
	}
	q.first = nil
	if q.begin < q.end {
		q.first = q.ring[q.begin&mask]
	}
}

// widen makes room in a ring that is full: by closing the holes where they are many, else by doubling it.
func widen[T any, P hasNode[T]](q *queue[T]) {
	mask := len(q.ring) - 1
	if q.size > 0 && len(q.ring) > 8*q.size {
		to := q.begin
		for i := q.begin; i < q.end; i++ {
			x := q.ring[i&mask]
			q.ring[i&mask] = nil
			if x != nil {
				q.ring[to&mask] = x
				to++
				P(x).nodeOf().place = to
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
