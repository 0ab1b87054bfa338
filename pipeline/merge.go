package pipeline

import (
	"sipspan/session/correlate"
	"sipspan/session/stats"
	"sipspan/session/store"
)

// merger brings the workers' records into the order of packet time, joins what spans two Call-IDs and hands the result
// to the sink. One goroutine owns it.
type merger struct {
	in        chan delivery
	ask       chan chan<- *stats.Counters
	reached   []correlate.Mark // by worker
	correl    *correlate.Correlator
	done      bool
	ended     int64 // when the capture did
	pack      chan packing
	suspends  bool   // what goes on is kept at the end
	suspended []byte // as it stands in a file
}

func newMerger(workers int, c *correlate.Correlator) *merger {
	return &merger{
		in:      make(chan delivery, 4*workers),
		ask:     make(chan chan<- *stats.Counters),
		reached: make([]correlate.Mark, workers),
		correl:  c,
		pack:    make(chan packing),
	}
}

// run returns when every worker has made its last delivery.
func (m *merger) run() {
	for !m.done {
		select {
		case d := <-m.in:
			m.take(d)
		case reply := <-m.ask:
			reply <- m.correl.Counters().Copy()
		case p := <-m.pack:
			p.reply <- m.packPart(p.shard, p.memory)
		}
	}
	m.correl.Advance(m.ended)
	if m.suspends {
		m.correl.Suspend(func(number uint64, packed []byte) { m.suspended = store.AppendSession(m.suspended, number, packed) })
	}
	m.correl.Close()
}

func (m *merger) take(d delivery) {
	for _, a := range d.announced {
		m.correl.Announce(a.at, a.a)
	}
	for _, e := range d.emitted {
		m.correl.Emit(e.at, e.rec)
	}
	for i := range d.signals {
		m.correl.Signal(&d.signals[i])
	}
	clear(d.announced)
	clear(d.emitted)
	clear(d.signals)
	select {
	case d.back <- d:
	default: // it has enough
	}
	m.reached[d.worker] = d.reached
	m.ended = max(m.ended, d.clock)
	reached := correlate.Mark{At: endOfReader}
	for _, r := range m.reached {
		if r.Before(reached) {
			reached = r
		}
	}
	if m.done = reached.At == endOfReader; !m.done {
		m.correl.AdvanceTo(reached)
	}
}
