package pipeline

import (
	"math"

	"sipspan/capture"
	"sipspan/diagnose"
	"sipspan/internal/wire"
	"sipspan/pipeline/ingest"
	"sipspan/pipeline/timeline"
	"sipspan/record"
	"sipspan/session/evidence"
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
	correlation := r.ingest.Correlation()
	if !o.take(r.id, len(raw)+len(correlation), r.time.Now(), !r.live) {
		r.full = true
		r.blindUntil = r.time.Now() + blindAfter
		r.captured = record.CaptureDrops
		return false
	}
	r.time.Publish(r.at)
	it := o.cur.add(raw, correlation)
	it.packets = uint16(min(r.ingest.TakePackets(), math.MaxUint16))
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

// TLS implements ingest.Handler. The worker is chosen by who opened the connection to whom.
func (r *reader) TLS(c *wire.TLSConnection) {
	shard := wire.ShardOf(wire.HashCallID([]byte(c.Record.Src + " " + c.Record.Dst)))
	o := &r.out[int(shard)%len(r.out)]
	if !o.take(r.id, 0, r.time.Now(), !r.live) {
		return
	}
	r.time.Publish(r.at)
	b := o.cur
	b.tls = append(b.tls, *c)
	b.items = append(b.items, item{off: uint32(len(b.tls) - 1), shard: shard, event: true, tls: true})
}

// tlsConnection makes the record of a TLS connection.
func (w *worker) tlsConnection(c *wire.TLSConnection) {
	r := new(record.TLS)
	*r = c.Record
	r.Sensor = w.sensor
	r.Peers = w.peers.Between(c.Src, c.Dst)
	if c.HasFailure {
		r.Cause = diagnose.Explain(&evidence.Case{
			Method: "SIP", Start: r.Start, End: r.End, Place: evidence.UnknownPlace, Src: c.Failure.Src, Dst: c.Failure.Dst,
			Network: []evidence.NetworkEvent{{NetworkEvent: c.Failure, Toward: c.Failure.Dst}},
		})
	}
	w.Emit(r.End, r)
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
