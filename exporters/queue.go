package exporters

import (
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"sipspan/internal/fault"
	"sipspan/record"
)

// Options sets how a Queue works.
type Options struct {
	Name  string // value of the label "exporter", such as "files"
	Size  int    // the most records that wait; 0: DefaultSize
	Block bool   // Put waits for room instead of dropping a record
	// DropOldest makes room in a full queue by dropping the record that has waited longest instead of the new one.
	DropOldest bool
	// Takes, if set, selects the records for the exporter. The others are neither queued nor counted.
	Takes func(record.Record) bool
	// Retry sets how often a record is tried again after a TemporaryError. The zero value tries once.
	Retry Retry
	// Drain is how long Close waits for the exporter to deliver what is queued; then the rest is lost, and after twice that
	// time Close returns although a call hangs. 0: no limit.
	Drain time.Duration
	// FlushEvery is the wall time between two calls of Flush; 0: no calls.
	FlushEvery time.Duration
	// Forgive lets Close return no error for a failure that is over. What it cost is in the log and in Stats.
	Forgive bool
	Logger  *slog.Logger // nil: the default one
	// Failed, if set, is called from the queue's goroutine with the first error of the exporter, and never again.
	Failed func(error)
}

// DefaultSize is the most records that wait in a queue when Options sets none.
const DefaultSize = 65536

// Stats is the account of one queue. Every record that was put is queued, delivered or lost.
type Stats struct {
	Name      string
	Queued    uint64 // waiting now
	Delivered uint64 // the exporter took them and has not reported them lost
	Errors    uint64 // lost: no room, or the exporter failed
}

// Queue runs one Exporter in a goroutine of its own. Its methods may be called from any goroutine.
type Queue struct {
	exporter Exporter
	options  Options
	faults   faults

	mu      sync.Mutex
	room    sync.Cond // signals that the waiting list was taken
	waiting []record.Record
	closed  bool
	next    *replacement // nil: none
	over    bool         // there will be no other exporter

	wake    chan struct{} // capacity 1: the list is not empty any more, or the queue was closed
	changed chan struct{} // capacity 1: there is a replacement
	expired chan struct{} // closed when the time of Drain is over
	ended   chan struct{} // the goroutine is gone
	result  error         // of the goroutine, valid when ended is closed

	taken     atomic.Int64 // taken from the list and not yet delivered
	delivered atomic.Uint64
	lost      atomic.Uint64
}

// NewQueue starts a queue in front of e. Only Close ends its goroutine.
func NewQueue(e Exporter, o Options) *Queue {
	if o.Size <= 0 {
		o.Size = DefaultSize
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	q := &Queue{
		exporter: e,
		options:  o,
		faults:   faults{logger: o.Logger.With("exporter", o.Name), first: o.Failed, forgive: o.Forgive, flushed: o.FlushEvery > 0},
		wake:     make(chan struct{}, 1),
		changed:  make(chan struct{}, 1),
		expired:  make(chan struct{}),
		ended:    make(chan struct{}),
	}
	q.room.L = &q.mu
	go q.run()
	return q
}

// Put queues a record. With Options.Block it waits for room; otherwise a full queue drops this record or the oldest. A record
// put after Close is lost as well.
func (q *Queue) Put(r record.Record) {
	if q.options.Takes != nil && !q.options.Takes(r) {
		return
	}
	q.mu.Lock()
	for q.options.Block && len(q.waiting) >= q.options.Size && !q.closed {
		q.room.Wait()
	}
	full := len(q.waiting) >= q.options.Size
	if full || q.closed {
		q.lost.Add(1)
	}
	if q.closed || full && !q.options.DropOldest {
		q.mu.Unlock()
		return
	}
	if full {
		q.waiting = slices.Delete(q.waiting, 0, 1)
	}
	q.waiting = append(q.waiting, r)
	first := len(q.waiting) == 1
	q.mu.Unlock()
	if first {
		q.signal()
	}
}

func (q *Queue) signal() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// Close delivers everything that waits, closes the exporter and returns the first error of the exporter, without those that a
// later try corrected. With Options.Forgive it returns only that of a failure which is not over.
func (q *Queue) Close() error {
	q.mu.Lock()
	q.closed = true
	drain := q.options.Drain
	q.mu.Unlock()
	q.room.Broadcast()
	q.signal()
	if drain <= 0 {
		<-q.ended
		return q.result
	}
	defer time.AfterFunc(drain, q.expire).Stop()
	grace := time.NewTimer(2 * drain)
	defer grace.Stop()
	select {
	case <-q.ended:
		return q.result
	case <-grace.C: // in a call that cannot be interrupted, such as a write to a disk that is gone
		err := fmt.Errorf("hangs, %d records are lost", q.Stats().Queued)
		q.faults.logger.Error("exporter does not end", "err", err)
		return err
	}
}

// expire makes the goroutine end soon, when the time of Drain is over.
func (q *Queue) expire() {
	q.mu.Lock()
	defer q.mu.Unlock()
	close(q.expired)
	if e, ok := q.exporter.(Interrupter); ok {
		e.Interrupt()
	}
}

// Stats returns the account so far.
func (q *Queue) Stats() Stats {
	q.mu.Lock()
	queued := uint64(len(q.waiting)) + uint64(q.taken.Load())
	q.mu.Unlock()
	return Stats{Name: q.options.Name, Queued: queued, Delivered: q.delivered.Load(), Errors: q.lost.Load()}
}

// run delivers until the queue is closed and empty.
func (q *Queue) run() {
	defer close(q.ended)
	defer fault.Catch()
	var tick <-chan time.Time
	if q.options.FlushEvery > 0 {
		ticker := time.NewTicker(q.options.FlushEvery)
		defer ticker.Stop()
		tick = ticker.C
	}
	var batch []record.Record
	for closed := false; !closed; {
		select {
		case <-q.wake:
			batch, closed = q.take(batch)
			q.deliver(batch)
		case <-q.changed:
			q.exchange()
		case <-tick:
			q.note(flushing, q.exporter.Flush())
		}
	}
	q.settle()
	q.note(closing, q.exporter.Close())
	q.result = q.faults.err
}

// take exchanges the list of waiting records for an empty one. With DropOldest it takes one record at a time, because Put cannot
// drop a record that was taken.
func (q *Queue) take(empty []record.Record) (batch []record.Record, closed bool) {
	clear(empty)
	q.mu.Lock()
	if q.options.DropOldest && len(q.waiting) > 1 {
		batch = append(empty[:0], q.waiting[0])
		q.waiting = slices.Delete(q.waiting, 0, 1)
		q.signal()
	} else {
		batch, q.waiting = q.waiting, empty[:0]
	}
	q.taken.Store(int64(len(batch)))
	closed = q.closed && len(q.waiting) == 0
	q.mu.Unlock()
	q.room.Broadcast()
	return batch, closed
}

func (q *Queue) deliver(batch []record.Record) {
	for _, r := range batch {
		err := q.try(r)
		q.taken.Add(-1)
		q.delivered.Add(1)
		q.note(exporting, err)
	}
}

// note counts and logs what an exporter returned.
func (q *Queue) note(c call, err error) {
	if err == nil {
		q.faults.worked(c)
		return
	}
	var lost int
	var loss *LossError
	switch {
	case errors.As(err, &loss):
		lost = loss.Records
	case c == exporting:
		lost = 1
	}
	q.lost.Add(uint64(lost))
	q.delivered.Add(-uint64(lost))
	q.faults.failed(c, err, lost)
}
