package session

import "sipspan/session/store"

// alarm is one entry of the timer heap, embedded in what it wakes.
type alarm struct {
	deadline int64 // Unix nanoseconds; meaningless while not set
	place    int   // 1-based index in the heap, 0 while not set
	order    uint64
	who      sleeper
}

// sleeper is what an alarm wakes.
type sleeper interface {
	// wake is called at the deadline of the alarm, which is no longer set. It may set it again.
	wake(t *Tracker, at int64)
}

// timers is a heap of alarms: four children a node, ordered by deadline and, where deadlines are equal, by the order in
// which the alarms were set, so that the same messages always wake the same sleepers in the same order.
type timers struct {
	heap []timerEntry
	seq  uint64
}

type timerEntry struct {
	deadline int64
	alarm    *alarm
}

func (e *timerEntry) before(o *timerEntry) bool {
	return e.deadline < o.deadline || e.deadline == o.deadline && e.alarm.order < o.alarm.order
}

// set sets an alarm or moves it.
func (h *timers) set(a *alarm, who sleeper, deadline int64) {
	if a.place != 0 && a.deadline == deadline {
		return
	}
	e := timerEntry{deadline: deadline, alarm: a}
	earlier := deadline < a.deadline // all others stand where they are, and this comes last of its deadline
	h.seq++
	a.deadline, a.who, a.order = deadline, who, h.seq
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

// restore sets an alarm as it was before.
func (h *timers) restore(a *alarm, who sleeper, was store.Alarm) {
	a.deadline, a.who, a.order = was.Deadline, who, was.Order
	h.heap = append(h.heap, timerEntry{deadline: was.Deadline, alarm: a})
	h.up(len(h.heap) - 1)
}

// before reports whether the earliest alarm goes off before another one.
func (h *timers) before(a store.Alarm) bool {
	return len(h.heap) > 0 && (store.Alarm{Deadline: h.heap[0].deadline, Order: h.heap[0].alarm.order}).Before(a)
}

// stop removes an alarm.
func (h *timers) stop(a *alarm) {
	if a.place == 0 {
		return
	}
	i := a.place - 1
	a.place = 0
	last := len(h.heap) - 1
	moved := h.heap[last]
	h.heap[last] = timerEntry{}
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

// due removes and returns the earliest alarm that is due at the given time.
func (h *timers) due(now int64) (who sleeper, at int64, ok bool) {
	if len(h.heap) == 0 || h.heap[0].deadline > now {
		return nil, 0, false
	}
	e := h.heap[0]
	h.stop(e.alarm)
	return e.alarm.who, e.deadline, true
}

func (h *timers) up(i int) {
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

func (h *timers) down(i int) {
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
