package pipeline

import (
	"sipspan/internal/wire"
	"sipspan/session/shard"
	"sipspan/session/stats"
)

// Changes is what can change while a pipeline runs.
type Changes struct {
	Session shard.Config // of it, what shard.Shard.Reload takes
	// Tap takes the place of Settings.Tap.
	Tap func(m *wire.Meta, raw, correlation []byte)
}

// change is what a worker is given.
type change struct {
	session shard.Config // of one shard
	peers   stats.Peers  // not changed any more
	tap     func(m *wire.Meta, raw, correlation []byte)
	done    chan<- struct{}
}

// Reload gives the workers another configuration, which must be valid. It may be called from any goroutine while Run runs, and
// returns when every worker has taken it, each between two batches, or when the run has ended: then the tap of before is not called any more.
func (p *Pipeline) Reload(c Changes) {
	peers, _ := stats.NewPeers(c.Session.Peers) // the configuration is valid
	sc := c.Session.Shard(wire.Shards)
	for _, w := range p.workers {
		done := make(chan struct{})
		select {
		case w.changes <- change{sc, peers, c.Tap, done}:
			<-done
		case <-p.done:
			return
		}
	}
}

// change takes a change into use.
func (w *worker) change(c *change) {
	w.peers, w.tap = c.peers, c.tap
	for _, t := range w.trackers {
		if t != nil {
			t.Reload(&c.session, c.peers)
		}
	}
	close(c.done)
}
