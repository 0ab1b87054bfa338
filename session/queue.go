package session

// links make a value a member of a queue.
type links[T any] struct {
	prev, next *T
	queued     bool
}

type linked[T any] interface {
	*T
	chain() *links[T]
}

// queue is a list in order of arrival, for finding the oldest entry of a table.
type queue[T any] struct {
	first, last *T
	size        int
}

func enqueue[T any, P linked[T]](q *queue[T], x P) {
	l := x.chain()
	*l = links[T]{prev: q.last, queued: true}
	if q.last != nil {
		P(q.last).chain().next = x
	} else {
		q.first = x
	}
	q.last = x
	q.size++
}

func dequeue[T any, P linked[T]](q *queue[T], x P) {
	l := x.chain()
	if !l.queued {
		return
	}
	if l.prev != nil {
		P(l.prev).chain().next = l.next
	} else {
		q.first = l.next
	}
	if l.next != nil {
		P(l.next).chain().prev = l.prev
	} else {
		q.last = l.prev
	}
	*l = links[T]{}
	q.size--
}
