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

// legQueue holds legs in the order in which they are to be settled.
type legQueue struct {
	legs []queuedLeg
	head int
}

// queuedLeg is a leg with the time at which the window for legs like it is over.
type queuedLeg struct {
	at  int64
	leg *leg
}

func (q *legQueue) push(l *leg, at int64) { q.legs = append(q.legs, queuedLeg{at, l}) }

// before removes and returns the first leg that was to be settled before a time, nil if there is none.
func (q *legQueue) before(at int64) *leg {
	if q.head == len(q.legs) || q.legs[q.head].at >= at {
		return nil
	}
	l := q.legs[q.head].leg
	q.legs[q.head] = queuedLeg{}
	q.head++
	if q.head == len(q.legs) || q.head > 1024 && q.head > len(q.legs)/2 {
		left := copy(q.legs, q.legs[q.head:])
		clear(q.legs[left:])
		q.legs, q.head = q.legs[:left], 0
	}
	return l
}
