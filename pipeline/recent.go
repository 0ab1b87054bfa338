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
	Of   int    // which of the Call-IDs asked for it has
}

// recent holds the last messages that came to one worker: the copy that outlives the batch, for whoever wants to see what a
// few Call-IDs were about. It is a ring of chunks, each with room for many messages, and the oldest makes room for the
// newest. The worker takes the lock once a batch. Whoever looks for messages holds it only to borrow the chunks and to give
// them back: what is in a chunk does not change while somebody has it, and the worker goes on meanwhile. So it can be
// asked by the goroutine that the workers wait for.
type recent struct {
	mu     sync.Mutex
	chunks []*chunk // the oldest first; the last one is being filled
	most   int      // chunks
	size   int      // bytes of messages in a chunk
}

// chunk is a piece of the ring. Both slices are made once and never grow beyond their capacity.
type chunk struct {
	buf      []byte
	items    []item
	borrowed int // by how many it is being read
}

const (
	// itemSize is about what an item costs beside the bytes of its message.
	itemSize = 144
	// itemEvery is for how many bytes of messages a chunk has room for one item.
	itemEvery = 512

	smallestChunk = 64 << 10
	largestChunk  = 1 << 20
)

// newRecent returns a ring of about so many bytes, two chunks at least. Memory is taken as it fills.
func newRecent(bytes int64) *recent {
	size := min(max(bytes/16, smallestChunk), largestChunk)
	cost := size + size/itemEvery*itemSize
	return &recent{most: int(max(bytes/cost, 2)), size: int(size)}
}

// keep copies the messages of a batch. One that is larger than a chunk is not kept.
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
		c.items[len(c.items)-1].off = uint32(len(c.buf))
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
	if c == nil || c.borrowed > 0 { // who has borrowed it keeps it, and is the last
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

// find appends copies of the messages whose Call-ID has one of the hashes, in the order in which they came. of says
// which.
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
