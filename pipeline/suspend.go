package pipeline

import (
	"bytes"

	"sipspan/internal/wire"
	"sipspan/session"
)

// resume gives the packed sessions of an earlier run to the workers of their shards.
func (p *Pipeline) resume(packed [][]byte) {
	for _, b := range packed {
		id, ok := session.PackedCallID(b)
		if !ok {
			p.refused++
			continue
		}
		shard := int(wire.ShardOf(wire.HashCallID(id)))
		w := p.workers[shard%len(p.workers)]
		if !w.trackers[shard].Resume(b) {
			p.refused++
		}
	}
}

// Refused returns how many of the sessions to take up could not be read, such as those of another version.
func (p *Pipeline) Refused() int { return p.refused }

// Suspended returns the packed sessions that went on when Run ended.
func (p *Pipeline) Suspended() (packed [][]byte) {
	<-p.done
	for _, w := range p.workers {
		packed = append(packed, w.suspended...)
	}
	return packed
}

// suspend keeps the sessions that go on.
func (w *worker) suspend() {
	for _, t := range w.trackers {
		if t != nil {
			t.Advance(w.clock)
			t.Suspend(func(packed []byte) { w.suspended = append(w.suspended, bytes.Clone(packed)) })
		}
	}
}
