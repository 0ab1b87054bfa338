package pipeline

import (
	"sipspan/internal/wire"
	"sipspan/session"
	"sipspan/session/correlate"
	"sipspan/session/store"
)

// packing asks a worker for the sessions of a shard, or the merger for one of as many parts.
type packing struct {
	shard  int
	memory []byte // for the reply
	reply  chan []byte
}

// resume gives the sessions of an earlier run to the workers of their shards.
func (p *Pipeline) resume(kept []store.Kept) {
	for i := range kept {
		s := &kept[i]
		if correlate.IsBinding(s.Number) {
			if !p.merger.correl.Resume(s) {
				p.refused++
			}
			continue
		}
		id, ok := session.PackedCallID(s.Packed)
		if !ok {
			p.refused++
			continue
		}
		shard := int(wire.ShardOf(wire.HashCallID(id)))
		w := p.workers[shard%len(p.workers)]
		if !w.trackers[shard].Resume(s) {
			p.refused++
		}
	}
}

// Refused returns how many of the sessions to take up could not be read, such as those of another version.
func (p *Pipeline) Refused() int { return p.refused }

// Pack gives the sessions that go on to save, one shard after the other, as store.AppendSession makes them, and then what
// the merger has. A worker stops for its messages only while it packs one shard, so the shards are not packed at the same time. The bytes are borrowed until save
// returns. The error is that of save, which ends it, or store.ErrEnded. It may be called from any goroutine, and by one at a time.
func (p *Pipeline) Pack(save func(sessions []byte) error) error {
	reply := make(chan []byte, 1)
	var memory []byte
	part := func(shard int, of chan<- packing) error {
		select {
		case of <- packing{shard, memory[:0], reply}:
		case <-p.done:
			return store.ErrEnded
		}
		memory = <-reply
		return save(memory)
	}
	for shard := range wire.Shards {
		if err := part(shard, p.workers[shard%len(p.workers)].pack); err != nil {
			return err
		}
	}
	for shard := range wire.Shards {
		if err := part(shard, p.merger.pack); err != nil {
			return err
		}
	}
	return nil
}

// packPart appends some of the sessions of the merger to dst.
func (m *merger) packPart(part int, dst []byte) []byte {
	m.correl.Pack(part, wire.Shards, func(number uint64, packed []byte) { dst = store.AppendSession(dst, number, packed) })
	return dst
}

// Suspended returns the sessions that went on when Run ended, as they stand in a file.
func (p *Pipeline) Suspended() (sessions [][]byte) {
	<-p.done
	for _, w := range p.workers {
		sessions = append(sessions, w.suspended)
	}
	return append(sessions, p.merger.suspended)
}

// setEnded sets what is given the calls whose end was seen.
func (w *worker) setEnded(ended func(uint64, []byte)) {
	for _, t := range w.trackers {
		if t != nil {
			t.Ended = ended
		}
	}
}

// packShard appends the sessions of a shard to dst.
func (w *worker) packShard(shard int, dst []byte) []byte {
	w.trackers[shard].Pack(func(number uint64, packed []byte) { dst = store.AppendSession(dst, number, packed) })
	return dst
}

// suspend keeps the sessions that go on.
func (w *worker) suspend() {
	for _, t := range w.trackers {
		if t != nil {
			t.Advance(w.clock)
			t.Suspend(func(number uint64, packed []byte) { w.suspended = store.AppendSession(w.suspended, number, packed) })
		}
	}
}
