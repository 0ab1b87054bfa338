package reassembly

// list is a chain of elements in the order in which they were last put at its
// end. The links lie in the elements, so that joining and leaving is cheap and
// allocates nothing. An element is in one list at a time.
type list[T any] struct {
	first, last *link[T]
}

// link is what an element of a list embeds or holds; owner points back at it.
type link[T any] struct {
	prev, next *link[T]
	in         *list[T]
	owner      *T
}

// oldest returns the element that has been longest where it is, or nil.
func (l *list[T]) oldest() *T {
	if l.first == nil {
		return nil
	}
	return l.first.owner
}

// push puts e at the end, out of where it was.
func (l *list[T]) push(e *link[T]) {
	if l.last == e {
		return
	}
	e.leave()
	e.in, e.prev = l, l.last
	if l.last != nil {
		l.last.next = e
	} else {
		l.first = e
	}
	l.last = e
}

// leave takes e out of the list it is in, if any.
func (e *link[T]) leave() {
	l := e.in
	if l == nil {
		return
	}
	if e.prev != nil {
		e.prev.next = e.next
	} else {
		l.first = e.next
	}
	if e.next != nil {
		e.next.prev = e.prev
	} else {
		l.last = e.prev
	}
	e.prev, e.next, e.in = nil, nil, nil
}
