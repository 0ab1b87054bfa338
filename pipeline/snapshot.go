package pipeline

import (
	"sipspan/capture"
	"sipspan/session"
)

// Snapshot is what the pipeline has counted up to now.
type Snapshot struct {
	Account    Account
	Readers    []ReaderSnapshot
	Interfaces []capture.InterfaceStats
	Session    *session.Counters
}

// Snapshot asks readers and workers for their counters. It may be called from any goroutine at any time; each worker
// answers between two batches, so that the hot path needs no lock.
func (p *Pipeline) Snapshot() Snapshot {
	s := Snapshot{Session: session.NewCounters()}
	for _, r := range p.readers {
		rs := r.snapshot()
		s.Account.Add(&rs.Account)
		s.Readers = append(s.Readers, rs)
		s.Interfaces = append(s.Interfaces, rs.Interfaces...)
	}
	for _, w := range p.workers {
		s.Session.Add(p.counters(w))
	}
	return s
}

func (p *Pipeline) counters(w *worker) *session.Counters {
	reply := make(chan *session.Counters, 1)
	select {
	case w.ask <- reply:
		return <-reply
	case <-p.done:
		return w.counters
	}
}

// Heartbeats returns a number for every reader and every worker that rises while it advances. In live capture each
// rises at least once a second, so one that stands still between two looks, some seconds apart, is stuck.
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
