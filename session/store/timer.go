package store

// Timer is one entry of Timers, embedded in what it wakes, which is an S.
type Timer[S any] struct {
	Deadline int64 // Unix nanoseconds; meaningless while not set
	place    int   // 1-based index in the heap, 0 while not set
	Order    uint64
	who      S
}

// Timers is a heap of alarms: four children a node, ordered by deadline and, where deadlines are equal, by the order in
// which the alarms were set, so that the same messages always wake the same sleepers in the same order.
type Timers[S any] struct {
	heap []timerEntry[S]
	seq  uint64
}

type timerEntry[S any] struct {
	deadline int64
	alarm    *Timer[S]
}

func (e *timerEntry[S]) before(o *timerEntry[S]) bool {
	return e.deadline < o.deadline || e.deadline == o.deadline && e.alarm.Order < o.alarm.Order
}

// Set sets an alarm or moves it.
func (h *Timers[S]) Set(a *Timer[S], who S, deadline int64) {
	if a.place != 0 && a.Deadline == deadline {
		return
	}
	e := timerEntry[S]{deadline: deadline, alarm: a}
	earlier := deadline < a.Deadline // all others stand where they are, and this comes last of its deadline
	h.seq++
	a.Deadline, a.who, a.Order = deadline, who, h.seq
	if a.place == 0 {
		h.heap = append(h.heap, e)
		h.up(len(h.heap) - 1)
		return
	}
	i := a.place - 1
	h.heap[i] = e
	if earlier {
		h.up(i)
	} else {
		h.down(i)
	}
}

// Restore sets an alarm as it was before.
func (h *Timers[S]) Restore(a *Timer[S], who S, was Alarm) {
	a.Deadline, a.who, a.Order = was.Deadline, who, was.Order
	h.heap = append(h.heap, timerEntry[S]{deadline: was.Deadline, alarm: a})
	h.up(len(h.heap) - 1)
}

// DueBefore reports whether the earliest alarm goes off before another one.
func (h *Timers[S]) DueBefore(a Alarm) bool {
	return len(h.heap) > 0 && (Alarm{Deadline: h.heap[0].deadline, Order: h.heap[0].alarm.Order}).Before(a)
}

// Stop removes an alarm.
func (h *Timers[S]) Stop(a *Timer[S]) {
	if a.place == 0 {
		return
	}
	i := a.place - 1
	a.place = 0
	last := len(h.heap) - 1
	moved := h.heap[last]
	h.heap[last] = timerEntry[S]{}
	h.heap = h.heap[:last]
	if i == last {
		return
	}
	earlier := i > 0 && moved.before(&h.heap[(i-1)/4])
	h.heap[i] = moved
	moved.alarm.place = i + 1
	if earlier {
		h.up(i)
	} else {
		h.down(i)
	}
}

// Due removes and returns the earliest alarm that is due at the given time.
func (h *Timers[S]) Due(now int64) (who S, at int64, ok bool) {
	if len(h.heap) == 0 || h.heap[0].deadline > now {
		var none S
		return none, 0, false
	}
	e := h.heap[0]
	h.Stop(e.alarm)
	return e.alarm.who, e.deadline, true
}

func (h *Timers[S]) up(i int) {
	e := h.heap[i]
	for i > 0 {
		parent := (i - 1) / 4
		if !e.before(&h.heap[parent]) {
			break
		}
		h.heap[i] = h.heap[parent]
		h.heap[i].alarm.place = i + 1
		i = parent
	}
	h.heap[i] = e
	e.alarm.place = i + 1
}

func (h *Timers[S]) down(i int) {
	e := h.heap[i]
	for {
		first := 4*i + 1
		if first >= len(h.heap) {
			break
		}
		least := first
		for c := first + 1; c < min(first+4, len(h.heap)); c++ {
			if h.heap[c].before(&h.heap[least]) {
				least = c
			}
		}
		if !h.heap[least].before(&e) {
			break
		}
		h.heap[i] = h.heap[least]
		h.heap[i].alarm.place = i + 1
		i = least
	}
	h.heap[i] = e
	e.alarm.place = i + 1
}

// Next returns what is woken next, and when.
func (h *Timers[S]) Next() (who S, deadline int64, ok bool) {
	if len(h.heap) == 0 {
		return who, 0, false
	}
	return h.heap[0].alarm.who, h.heap[0].deadline, true
}

// EachDue calls yield with what is due up to a time, in no order, until it returns false.
func (h *Timers[S]) EachDue(at int64, yield func(who S) bool) { h.eachBelow(0, at, yield) }

// eachBelow does so below place i of the heap. It returns false when yield did.
func (h *Timers[S]) eachBelow(i int, at int64, yield func(who S) bool) bool {
	if i >= len(h.heap) || h.heap[i].deadline > at {
		return true
	}
	if !yield(h.heap[i].alarm.who) {
		return false
	}
	for child := 4*i + 1; child <= 4*i+4; child++ {
		if !h.eachBelow(child, at, yield) {
			return false
		}
	}
	return true
}

// IsSet reports whether the timer is.
func (a *Timer[S]) IsSet() bool { return a.place != 0 }

// Size returns how many timers are set.
func (h *Timers[S]) Size() int { return len(h.heap) }
