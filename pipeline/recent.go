package pipeline

import (
	"slices"
	"sync"

	"sipspan/internal/invariants"
	"sipspan/internal/wire"
)

// Message is a message that Recent has found.
type Message struct {
	Meta wire.Meta
	Raw  []byte // a copy
	Of   int    // index of its Call-ID among those asked for
}

// recent holds copies of the last messages of one worker, so that the messages of a few Call-IDs can be shown later. It is a
// ring of chunks, each with room for many messages; the newest chunk replaces the oldest. The worker takes the lock once a
// batch. A search takes it only to borrow the chunks and to give them back: a borrowed chunk does not change, and the worker
// continues meanwhile. So the goroutine that the workers wait for may search.
type recent struct {
	mu     sync.Mutex
	chunks []*chunk // the oldest first; the last one is being filled
	most   int      // most chunks
	size   int      // bytes of messages in a chunk
}

// chunk is a piece of the ring. Both slices are made once and never grow beyond their capacity.
type chunk struct {
	buf      []byte
	items    []item
	borrowed int // number of searches that read it
}

const (
	// itemSize is about the size of an item, without the bytes of its message.
	itemSize = 144
	// itemEvery is the number of bytes of messages for which a chunk has room for one item.
	itemEvery = 512

	smallestChunk = 64 << 10
	largestChunk  = 1 << 20
)

// newRecent returns a ring of about so many bytes, at least two chunks. Memory is allocated as it fills.
func newRecent(bytes int64) *recent {
	size := min(max(bytes/16, smallestChunk), largestChunk)
	cost := size + size/itemEvery*itemSize
	return &recent{most: int(max(bytes/cost, 2)), size: int(size)}
}

// keep copies the messages of a batch, except those that are larger than a chunk.
func (r *recent) keep(b *batch) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range b.items {
		it := &b.items[i]
		if it.event || int(it.size) > r.size {
			continue
		}
		c := r.room(int(it.size))
		c.items = append(c.items, *it)
		kept := &c.items[len(c.items)-1]
		kept.off, kept.correlated = uint32(len(c.buf)), 0
		c.buf = append(c.buf, b.raw(it)...)
	}
}

// room returns the chunk that has room for one more message of n bytes.
func (r *recent) room(n int) *chunk {
	if len(r.chunks) > 0 {
		c := r.chunks[len(r.chunks)-1]
		if len(c.buf)+n <= cap(c.buf) && len(c.items) < cap(c.items) {
			return c
		}
	}
	var c *chunk
	if len(r.chunks) >= r.most {
		c = r.chunks[0]
		copy(r.chunks, r.chunks[1:])
		r.chunks = r.chunks[:len(r.chunks)-1]
	}
	if c == nil || c.borrowed > 0 { // the searches that read it are its last users
		c = &chunk{buf: make([]byte, 0, r.size), items: make([]item, 0, r.size/itemEvery)}
	}
	if invariants.Enabled {
		invariants.Poison(c.buf)
	}
	c.buf, c.items = c.buf[:0], c.items[:0]
	r.chunks = append(r.chunks, c)
	return c
}

// view is a chunk as it was when it was borrowed.
type view struct {
	chunk *chunk
	buf   []byte
	items []item
}

func (r *recent) borrow() []view {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := make([]view, len(r.chunks))
	for i, c := range r.chunks {
		c.borrowed++
		all[i] = view{c, c.buf, c.items}
	}
	return all
}

func (r *recent) giveBack(all []view) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, v := range all {
		v.chunk.borrowed--
	}
}

// find appends copies of the messages whose Call-ID has one of the hashes in of, in the order of arrival. of holds the index
// of each hash.
func (r *recent) find(found []Message, of map[uint64]int) []Message {
	all := r.borrow()
	defer r.giveBack(all)
	for _, v := range all {
		for i := range v.items {
			it := &v.items[i]
			if n, ok := of[it.callID]; ok {
				found = append(found, Message{Meta: it.meta, Raw: slices.Clone(v.buf[it.off : it.off+it.size]), Of: n})
			}
		}
	}
	return found
}
