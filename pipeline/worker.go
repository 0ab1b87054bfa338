package pipeline

import (
	"sync/atomic"

	"sipspan/decode/sip"
	"sipspan/record"
	"sipspan/session"
)

// worker decodes messages and tracks the sessions of its shards. One goroutine owns it.
type worker struct {
	id       int
	full     chan *batch
	free     chan *batch
	ask      chan chan<- *session.Counters
	merged   chan<- delivery
	trackers [Shards]*session.Tracker // nil where another worker owns the shard
	counters *session.Counters
	marks    []int64 // packet time reached, by reader
	clock    int64   // the smallest of the marks that are not at their end: time up to which all was seen
	msg      sip.Message
	ahead    session.Ahead
	out      delivery
	beat     atomic.Uint64
}

// delivery is what a worker tells the merger: the records and announcements up to a packet time.
type delivery struct {
	worker    int
	mark      int64 // nothing older comes behind this delivery
	emitted   []emitted
	announced []announced
}

type emitted struct {
	at  int64
	rec record.Record
}

type announced struct {
	at int64
	a  session.Announcement
}

var _ session.Sink = (*worker)(nil)

// Emit implements session.Sink.
func (w *worker) Emit(at int64, r record.Record) {
	w.out.emitted = append(w.out.emitted, emitted{at, r})
}

// Announce implements session.Sink.
func (w *worker) Announce(at int64, a session.Announcement) {
	w.out.announced = append(w.out.announced, announced{at, a})
}

func newWorker(id, of, readers int, cfg Config, sc session.Config, merged chan<- delivery) *worker {
	w := &worker{
		id:       id,
		full:     make(chan *batch, cfg.Batches),
		free:     make(chan *batch, cfg.Batches),
		ask:      make(chan chan<- *session.Counters),
		merged:   merged,
		counters: new(session.Counters),
		marks:    make([]int64, readers),
	}
	w.out.worker = id
	for i := id; i < Shards; i += of {
		w.trackers[i] = session.New(sc, w.counters, w)
	}
	for range cfg.Batches {
		w.free <- newBatch(cfg.BatchBytes)
	}
	return w
}

// run works until every reader has ended, then closes what is open.
func (w *worker) run() {
	for left := len(w.marks); left > 0; {
		select {
		case b := <-w.full:
			ended := b.mark == endOfReader
			w.process(b)
			if ended {
				left--
			}
		case reply := <-w.ask:
			reply <- copyOf(w.counters)
		}
		w.beat.Add(1)
	}
	for _, t := range w.trackers {
		if t != nil {
			t.Close(w.clock)
		}
	}
	w.out.mark = endOfReader
	w.deliver()
}

// process handles the messages of a batch and moves the time of all shards on.
func (w *worker) process(b *batch) {
	seen := 0 // messages whose sessions were looked up ahead
	for i := range b.items {
		if i == seen {
			seen = w.lookAhead(b.items, i)
		}
		it := &b.items[i]
		t, raw := w.trackers[it.shard], b.raw(it)
		if err := w.parse(it, raw); err != nil {
			t.Malformed(&it.meta, w.msg.Faults)
			continue
		}
		t.Handle(&it.meta, &w.msg)
	}
	w.reach(b.reader, b.mark)
	b.reset()
	w.free <- b
}

// lookAhead looks up the sessions of the next items from i on, and returns behind which one it has stopped.
func (w *worker) lookAhead(items []item, i int) int {
	for more := true; more && i < len(items); i++ {
		more = w.ahead.Add(w.trackers[items[i].shard], items[i].meta.Time, items[i].callID)
	}
	w.ahead.Fetch()
	return i
}

// parse decodes a datagram or a message cut out of a stream: the two differ in what a missing Content-Length means.
func (w *worker) parse(it *item, raw []byte) error {
	if it.meta.Transport == session.UDP {
		return w.msg.Parse(raw)
	}
	return w.msg.ParseStream(raw)
}

// reach notes how far a reader has come and fires the timers that are due.
func (w *worker) reach(reader int, mark int64) {
	w.marks[reader] = mark
	reached := int64(endOfReader)
	for _, m := range w.marks {
		reached = min(reached, m)
	}
	if reached == endOfReader || reached <= w.clock {
		return // at the end the clock stays at the last packet's time: Close ends what is open
	}
	w.clock = reached
	for _, t := range w.trackers {
		if t != nil {
			t.Advance(reached)
		}
	}
	w.out.mark = reached
	w.deliver()
}

// copyOf returns counters that another goroutine may keep.
func copyOf(c *session.Counters) *session.Counters {
	sum := new(session.Counters)
	sum.Add(c)
	return sum
}

func (w *worker) deliver() {
	w.merged <- w.out
	w.out.emitted, w.out.announced = nil, nil
}
