package pipeline

import (
	"time"

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
	Shedding   Shedding       // what is left out under load
	Shed       []record.Count // messages that were left out under load, by reason
}

// Snapshot asks readers, workers and merger for their counters. It may be called from any goroutine while Run runs and
// after it; each answers between two batches, so that the hot path needs no lock.
func (p *Pipeline) Snapshot() Snapshot {
	s := Snapshot{Servers: p.servers.Record(), Session: new(stats.Counters), Lag: p.Lag(), Shedding: p.Shedding(), Shed: p.shedMessages()}
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

// Lag returns how far the pipeline is behind. It may be called from any goroutine and does not wait for one.
func (p *Pipeline) Lag() (l Lag) {
	for _, r := range p.readers {
		l.Reader = max(l.Reader, r.lag.duration())
	}
	for _, w := range p.workers {
		l.Worker = max(l.Worker, w.lag.duration())
	}
	return l
}

// Shedding returns what is left out now, or was within the last seconds. It may be called from any goroutine and does not wait for one.
func (p *Pipeline) Shedding() (s Shedding) {
	now := int64(time.Since(p.begun))
	for _, w := range p.workers {
		s = max(s, w.shedder.at.within(now))
	}
	for _, r := range p.readers {
		s = max(s, r.shedAt.within(now))
	}
	return s
}

// shedMessages returns how many messages the workers have left out, by reason: all reasons, including those at zero.
func (p *Pipeline) shedMessages() (list []record.Count) {
	for rank, reason := range shedReasons {
		n := uint64(0)
		for _, r := range p.readers {
			n += r.shed.messages[rank].Load()
		}
		list = append(list, record.Count{Name: reason.Reason(), Value: n})
	}
	return list
}
