package pipeline

import (
	"sync/atomic"
	"time"

	"sipspan/decode/sip"
	"sipspan/internal/wire"
	"sipspan/pipeline/timeline"
	"sipspan/record"
	"sipspan/session"
	"sipspan/session/correlate"
	"sipspan/session/evidence"
	"sipspan/session/link"
	"sipspan/session/shard"
	"sipspan/session/stats"
)

const (
	// spareDeliveries is the number of deliveries whose memory a worker keeps after the merger has taken them.
	spareDeliveries = 4
	// deliverAt is the number of records and announcements that are delivered even while batches wait.
	deliverAt = 1024
)

// worker decodes messages and tracks the sessions of its shards. One goroutine owns it.
type worker struct {
	id         int
	sensor     string // the name in records
	peers      stats.Peers
	full       chan *batch
	free       chan *batch
	used       []*batch // processed, and not given back to the readers yet
	together   int      // how many are given back together
	ask        chan chan<- *stats.Counters
	merged     chan<- delivery
	spare      chan delivery                 // memory of deliveries that the merger has taken
	trackers   [wire.Shards]*session.Tracker // nil where another worker owns the shard
	counters   *stats.Counters
	watermarks []int64 // packet time reached, by reader
	clock      int64   // the smallest of the watermarks below endOfReader: all messages up to this time were seen
	parsed     [session.AheadOf]parsed
	ahead      session.Ahead
	out        delivery
	recent     *recent                                     // nil: messages are not kept
	tap        func(m *wire.Meta, raw, correlation []byte) // nil: nobody wants the messages
	tapped     wire.Meta                                   // of the message that the tap is given
	epochs     *timeline.Epochs
	watched    bool   // the trackers report signals
	suspends   bool   // calls in progress are kept at the end
	suspended  []byte // as they stand in a file
	pack       chan packing
	changes    chan change
	beat       atomic.Uint64
	lag        lag
	shedder    shedder
	wall       func() time.Time
}

// parsed is a message of a batch. Several are parsed before the first of them is tracked, because neither the instructions of
// the decoder nor those of the tracker leave room for the other's in the processor's first cache.
type parsed struct {
	message sip.Message
	broken  bool
}

// delivery carries the records and announcements of a worker, up to a packet time, to the merger.
type delivery struct {
	worker    int
	reached   correlate.Mark // later deliveries hold nothing from before it
	clock     int64          // packet time that the worker has reached
	emitted   []emitted
	announced []announced
	signals   []record.Signal
	back      chan<- delivery // where the memory of these goes after they are taken
}

type emitted struct {
	at  int64
	rec record.Record
}

type announced struct {
	at int64
	a  link.Announcement
}

var _ shard.Sink = (*worker)(nil)

// Emit implements session.Sink.
func (w *worker) Emit(at int64, r record.Record) {
	w.out.emitted = append(w.out.emitted, emitted{at, r})
}

// Announce implements session.Sink.
func (w *worker) Announce(at int64, a link.Announcement) {
	w.out.announced = append(w.out.announced, announced{at, a})
}

// Signal implements session.Sink.
func (w *worker) Signal(s *record.Signal) { w.out.signals = append(w.out.signals, *s) }

func newWorker(id, of, readers int, cfg Config, sc shard.Config, merged chan<- delivery) *worker {
	w := &worker{
		id:         id,
		sensor:     sc.Sensor,
		full:       make(chan *batch, cfg.Batches),
		free:       make(chan *batch, cfg.Batches),
		ask:        make(chan chan<- *stats.Counters),
		pack:       make(chan packing),
		changes:    make(chan change),
		merged:     merged,
		spare:      make(chan delivery, spareDeliveries),
		counters:   new(stats.Counters),
		watermarks: make([]int64, readers),
		together:   1,
		wall:       time.Now,
	}
	w.out.worker, w.out.back = id, w.spare
	w.peers, _ = stats.NewPeers(sc.Peers) // Validate has reported what is wrong with them
	for i := id; i < wire.Shards; i += of {
		w.trackers[i] = session.New(sc, w.counters, w)
		w.trackers[i].Explainer = explainer{}
		w.trackers[i].ShareWorkspace(w.trackers[id])
		w.trackers[i].NumberFrom(i)
	}
	for range cfg.Batches {
		w.free <- newBatch(cfg.BatchBytes)
	}
	return w
}

// setWatched sets whether the trackers report signals, and whether these include the INVITEs that open calls.
func (w *worker) setWatched(yes, placed bool) {
	w.watched = yes
	for _, t := range w.trackers {
		if t != nil {
			t.Watched, t.Placed = yes, placed
		}
	}
}

// setClock gives the trackers the clock that knows the timestamps of packets.
func (w *worker) setClock(c evidence.Clock) {
	for _, t := range w.trackers {
		if t != nil {
			t.Clock = c
		}
	}
}

// run works until every reader has ended, then closes what is open.
func (w *worker) run() {
	for left := len(w.watermarks); left > 0; {
		select {
		case b := <-w.full:
			ended := b.watermark == endOfReader
			w.process(b)
			if ended {
				left--
			}
		case reply := <-w.ask:
			reply <- w.counters.Copy()
		case p := <-w.pack:
			p.reply <- w.packShard(p.shard, p.memory)
		case c := <-w.changes:
			w.change(&c)
		}
		w.beat.Add(1)
	}
	if w.suspends {
		w.suspend()
	}
	w.close()
}

// process handles the messages of a batch and moves the time of all shards on.
func (w *worker) process(b *batch) {
	if b.newest != 0 {
		w.lag.measure(b.newest, w.wall().UnixNano())
		w.shedder.shed(b, len(w.full), w.clock)
	}
	if w.recent != nil {
		w.recent.keep(b)
	}
	if w.tap != nil {
		w.handOn(b)
	}
	for rest := b.items; len(rest) > 0; {
		if it := &rest[0]; it.event {
			if it.tls {
				w.tlsConnection(&b.tls[it.off])
			} else {
				w.networkEvent(it, &b.events[it.off])
			}
			rest = rest[1:]
			continue
		}
		n := w.lookAhead(rest)
		for i := range rest[:n] {
			w.parse(&w.parsed[i], &rest[i], b.raw(&rest[i]))
		}
		for i := range rest[:n] {
			it, m := &rest[i], &w.parsed[i].message
			if t := w.trackers[it.shard]; w.parsed[i].broken {
				t.Malformed(&it.meta, m.Faults)
			} else {
				t.HandleCorrelated(&it.meta, m, b.correlation(it))
			}
		}
		rest = rest[n:]
	}
	w.reach(b.reader, b.watermark)
	b.reset()
	w.used = append(w.used, b)
	if w.idle() || len(w.used) >= w.together {
		w.giveBack()
	}
}

// handOn gives the messages of a batch to the tap.
func (w *worker) handOn(b *batch) {
	for i := range b.items {
		if it := &b.items[i]; !it.event {
			w.tapped = it.meta
			w.tapped.Time = w.epochs.Stamp(it.meta.Time)
			w.tap(&w.tapped, b.raw(it), b.correlation(it))
		}
	}
}

// idle reports whether no batch waits. Until then readers and merger can do without what the worker has for them: waking
// them for each batch costs more than what they do with it.
func (w *worker) idle() bool { return len(w.full) == 0 }

// giveBack lets readers fill the used batches again.
func (w *worker) giveBack() {
	for _, b := range w.used {
		w.free <- b
	}
	w.used = w.used[:0]
}

// lookAhead looks up the sessions of the next messages up to an event, and returns of how many.
func (w *worker) lookAhead(items []item) (n int) {
	for more := true; more && n < len(items) && !items[n].event; n++ {
		more = w.ahead.Add(w.trackers[items[n].shard], items[n].meta.Time, items[n].callID)
	}
	w.ahead.Fetch()
	return n
}

// parse decodes a datagram or a message cut out of a stream: the two differ in what a missing Content-Length means.
func (w *worker) parse(p *parsed, it *item, raw []byte) {
	if it.meta.Transport.IsDatagram() || it.meta.Whole {
		p.broken = p.message.Parse(raw) != nil
	} else {
		p.broken = p.message.ParseStream(raw) != nil
	}
}

// reach notes how far a reader has come and fires the timers that are due.
func (w *worker) reach(reader int, watermark int64) {
	w.watermarks[reader] = watermark
	reached := int64(endOfReader)
	for _, m := range w.watermarks {
		reached = min(reached, m)
	}
	if reached == endOfReader {
		return // the clock stays at the last packet's time: Close ends what is open
	}
	if reached > w.clock {
		w.clock = reached
		w.advance(reached)
	}
	if w.clock > w.out.reached.At && (w.idle() || len(w.out.emitted)+len(w.out.announced) >= deliverAt) {
		w.out.reached.At = w.clock
		w.deliver()
	}
}

// advance fires the timers of all shards that are due, and looks up ahead what they wake.
func (w *worker) advance(to int64) {
	for rest := w.trackers[:]; len(rest) > 0; {
		n := 0
		for more := true; more && n < len(rest); n++ {
			if t := rest[n]; t != nil {
				more = w.ahead.AddDue(t, to)
			}
		}
		w.ahead.Fetch()
		for _, t := range rest[:n] {
			if t != nil {
				t.Advance(to)
			}
		}
		rest = rest[n:]
	}
}

// deliver hands on what has come together, and goes on in the memory of a delivery that was taken, if there is one.
func (w *worker) deliver() {
	w.out.clock = w.clock
	w.merged <- w.out
	w.out.emitted, w.out.announced, w.out.signals = nil, nil, nil
	select {
	case used := <-w.spare:
		w.out.emitted, w.out.announced, w.out.signals = used.emitted[:0], used.announced[:0], used.signals[:0]
	default:
	}
}
