package exporters

import "slices"

// Successor is an exporter that takes over what another one of its kind has accepted and not delivered, and what it knows.
type Successor interface {
	// Succeed is called before the first record is exported and before the other one is closed, which then has nothing left.
	Succeed(before Exporter)
}

// replacement is an exporter that is to take the place of that of a queue.
type replacement struct {
	exporter Exporter
	options  Options
}

// Replace gives the queue another exporter, from the next record on, and of the options Size, Retry and Drain. What waits, and a record that
// is being tried again, is delivered by the new one. The old one is closed by the goroutine of the queue when its call is over. After Close
// the exporter is closed at once. It may be called from any goroutine.
func (q *Queue) Replace(e Exporter, o Options) {
	q.mu.Lock()
	unused := q.next
	if q.over {
		unused = &replacement{exporter: e}
	} else {
		q.next = &replacement{e, o}
	}
	q.mu.Unlock()
	if unused != nil {
		_ = unused.exporter.Close() // it has never exported anything
	}
	select {
	case q.changed <- struct{}{}:
	default:
	}
}

// settle puts the last replacement into its place, before the queue ends. It belongs to the goroutine of the queue.
func (q *Queue) settle() {
	for over := false; !over; {
		q.exchange()
		q.mu.Lock()
		over = q.next == nil
		q.over = over
		q.mu.Unlock()
	}
}

// exchange puts the replacement, if there is one, into the place of the exporter. It belongs to the goroutine of the queue.
func (q *Queue) exchange() {
	q.mu.Lock()
	next, before := q.next, q.exporter
	if next == nil {
		q.mu.Unlock()
		return
	}
	q.next = nil
	q.exporter = next.exporter
	q.options.Retry, q.options.Drain = next.options.Retry, next.options.Drain
	if q.options.Size = next.options.Size; q.options.Size <= 0 {
		q.options.Size = DefaultSize
	}
	if over := len(q.waiting) - q.options.Size; over > 0 && q.options.DropOldest {
		q.waiting = slices.Delete(q.waiting, 0, over)
		q.lost.Add(uint64(over))
	}
	if e, ok := next.exporter.(Interrupter); ok && q.isExpired() {
		e.Interrupt()
	}
	q.mu.Unlock()
	if s, ok := next.exporter.(Successor); ok {
		s.Succeed(before)
	}
	if err := before.Close(); err != nil {
		q.note(flushing, err)
	}
}
