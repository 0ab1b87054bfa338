package correlate

// legList is a list of legs.
type legList struct{ first, last *leg }

func (q *legList) push(l *leg) {
	l.previous = q.last
	if q.last != nil {
		q.last.next = l
	} else {
		q.first = l
	}
	q.last = l
}

func (q *legList) remove(l *leg) {
	if l.previous != nil {
		l.previous.next = l.next
	} else {
		q.first = l.next
	}
	if l.next != nil {
		l.next.previous = l.previous
	} else {
		q.last = l.previous
	}
	l.next, l.previous = nil, nil
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
