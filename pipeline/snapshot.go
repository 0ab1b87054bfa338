package pipeline

import (
	"sipspan/capture"
	"sipspan/pipeline/ingest"
	"sipspan/pipeline/timeline"
	"sipspan/record"
	"sipspan/session/stats"
)

// Snapshot is what the pipeline has counted up to now.
type Snapshot struct {
	Account    ingest.Account
	Readers    []ReaderSnapshot
	Interfaces []capture.InterfaceStats
	Clock      timeline.Steps
	Servers    record.Servers // whose TLS could not be read for want of keys
	Session    *stats.Counters
	Lag        Lag
}

// Snapshot asks readers, workers and merger for their counters. It may be called from any goroutine while Run runs and
// after it; each answers between two batches, so that the hot path needs no lock.
func (p *Pipeline) Snapshot() Snapshot {
	s := Snapshot{Servers: p.servers.Record(), Session: new(stats.Counters), Lag: p.Lag()}
	for _, r := range p.readers {
		rs := r.snapshot()
		s.Account.Add(&rs.Account)
		s.Clock.Add(&rs.Clock)
		s.Readers = append(s.Readers, rs)
		s.Interfaces = append(s.Interfaces, rs.Interfaces...)
	}
	for _, w := range p.workers {
		s.Session.Add(p.counters(w.ask, w.counters))
	}
	s.Session.Add(p.counters(p.merger.ask, p.merger.correl.Counters()))
	return s
}

// Account returns what became of the packets up to now, and the counters of the interfaces. It may be called from any
// goroutine and does not wait for one.
func (p *Pipeline) Account() (a ingest.Account, interfaces []capture.InterfaceStats) {
	for _, r := range p.readers {
		s := r.snapshot()
		a.Add(&s.Account)
		interfaces = append(interfaces, s.Interfaces...)
	}
	return a, interfaces
}

// counters asks the owner of c for a copy, or reads c itself when the run has ended.
func (p *Pipeline) counters(ask chan<- chan<- *stats.Counters, c *stats.Counters) *stats.Counters {
	reply := make(chan *stats.Counters, 1)
	select {
	case ask <- reply:
		return <-reply
	case <-p.done:
		return c
	}
}

// Heartbeats returns a number for every reader and every worker that increases while it works. In live capture each
// increases at least once a second, so a goroutine whose number stays the same for some seconds is stuck.
func (p *Pipeline) Heartbeats() []uint64 {
	beats := make([]uint64, 0, len(p.readers)+len(p.workers))
	for _, r := range p.readers {
		beats = append(beats, r.beat.Load())
	}
	for _, w := range p.workers {
		beats = append(beats, w.beat.Load())
	}
	return beats
}
