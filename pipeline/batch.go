package pipeline

import (
	"math"

	"sipspan/internal/invariants"
	"sipspan/internal/wire"
)

// item is one message in a batch, or one event of the network.
type item struct {
	meta       wire.Meta
	off, size  uint32 // of the bytes of a message; of an event, off is its index
	callID     uint64 // wire.TableHash of the Call-ID
	shard      uint8  // or allShards, for an event
	event      bool
	tls        bool   // an event that is a TLS connection
	correlated uint16 // size of the correlation ID, which is after the message
	packets    uint16 // live: how many packets are lost with the message: see ingest.Ingest.TakePackets
}

// batch carries messages from a reader to a worker. A message is copied here and on no other way to the worker.
type batch struct {
	buf    []byte
	items  []item
	events []wire.NetworkEvent
	tls    []wire.TLSConnection
	reader int
	// watermark is a packet time: later batches of the reader hold nothing older.
	watermark int64
	// newest is the timestamp of the newest packet that the reader had taken when it handed the batch over, or that time itself where
	// it had none to take, in Unix nanoseconds; 0 where packets are read from files.
	newest int64
	behind Shedding // what the workers are to leave out because the reader is behind
}

// endOfReader is the watermark of a reader that has ended. No packet has that time: see package timeline.
const endOfReader = math.MaxInt64

func newBatch(bytes int) *batch {
	return &batch{buf: make([]byte, 0, bytes), items: make([]item, 0, bytes/256)}
}

// fits reports whether n more bytes go in. An empty batch takes a message of any size.
func (b *batch) fits(n int) bool {
	return len(b.items) == 0 || len(b.buf)+n <= cap(b.buf) && len(b.items) < cap(b.items)
}

// add copies a message in, with the correlation ID that its capture agent gave it or none, and returns its item, for filling in.
func (b *batch) add(raw, correlation []byte) *item {
	b.items = append(b.items, item{off: uint32(len(b.buf)), size: uint32(len(raw)), correlated: uint16(len(correlation))})
	b.buf = append(b.buf, raw...)
	b.buf = append(b.buf, correlation...)
	return &b.items[len(b.items)-1]
}

// raw returns the bytes of a message, valid until reset.
func (b *batch) raw(it *item) []byte { return b.buf[it.off : it.off+it.size : it.off+it.size] }

// correlation returns the correlation ID of a message, nil where it has none, valid until reset.
func (b *batch) correlation(it *item) []byte {
	if it.correlated == 0 {
		return nil
	}
	end := it.off + it.size
	return b.buf[end : end+uint32(it.correlated)]
}

// reset empties the batch, to be filled again.
func (b *batch) reset() {
	if invariants.Enabled {
		invariants.Poison(b.buf)
	}
	b.buf, b.items, b.events = b.buf[:0], b.items[:0], b.events[:0]
	clear(b.tls)
	b.tls = b.tls[:0]
}
