package pipeline

import (
	"sipspan/capture"
	"sipspan/internal/wire"
	"sipspan/pipeline/ingest"
	"sipspan/pipeline/timeline"
)

var (
	_ timeline.Handler = (*reader)(nil)
	_ ingest.Handler   = (*reader)(nil)
)

// Frame implements timeline.Handler.
func (r *reader) Frame(f *capture.Frame, at int64) {
	r.at = at
	r.ingest.Frame(f, at, r.time.Now())
}

// Message implements ingest.Handler. It copies the message into the batch of the worker that tracks its Call-ID.
func (r *reader) Message(meta *wire.Meta, raw, callID []byte) bool {
	shard := wire.ShardOf(wire.HashCallID(callID))
	o := &r.out[int(shard)%len(r.out)]
	if !o.take(r.id, len(raw), r.time.Now(), !r.live) {
		return false
	}
	r.time.Publish(r.at)
	it := o.cur.add(raw)
	it.meta, it.callID, it.shard = *meta, wire.TableHash(callID), shard
	it.meta.Flags |= r.captured
	r.sinceSync++
	return true
}

// allShards is the shard of an event whose Call-ID is not known.
const allShards = 0xff

// NetworkEvent implements ingest.Handler. An event is neither a packet nor a message: in live capture it is left out when no
// batch is free.
func (r *reader) NetworkEvent(e *wire.NetworkEvent, callID uint64, known bool) {
	if known {
		shard := wire.ShardOf(callID)
		r.putEvent(int(shard)%len(r.out), e, shard)
		return
	}
	for i := range r.out {
		r.putEvent(i, e, allShards)
	}
}

func (r *reader) putEvent(worker int, e *wire.NetworkEvent, shard uint8) {
	o := &r.out[worker]
	if !o.take(r.id, 0, r.time.Now(), !r.live) {
		return
	}
	r.time.Publish(r.at)
	b := o.cur
	b.events = append(b.events, *e)
	b.items = append(b.items, item{off: uint32(len(b.events) - 1), shard: shard, event: true})
}

// networkEvent hands an event of the network to the sessions that it may concern.
func (w *worker) networkEvent(it *item, e *wire.NetworkEvent) {
	if it.shard == newCapture {
		w.endCapture(e.Time)
		return
	}
	if it.shard != allShards {
		w.trackers[it.shard].Network(e)
		return
	}
	for _, t := range w.trackers {
		if t != nil {
			t.Network(e)
		}
	}
}
