package store

import (
	"sync"

	"sipspan/exporters"
	"sipspan/internal/wire"
)

// pileSize is the room of a pile, in bytes of messages, and pileItems in messages.
const (
	pileSize  = 1 << 20
	pileItems = pileSize / 256
)

// inbox takes copies of messages from the workers, which it never lets wait, until the goroutine of the store fetches them. Its memory is
// bounded: a message for which there is no room is lost and counted.
type inbox struct {
	most int // bytes of all piles

	mu        sync.Mutex
	filling   *pile
	full      []*pile
	spare     []*pile
	bytes     int // room of all piles, with those that were fetched and have not been given back
	queued    uint64
	delivered uint64
	lost      uint64
}

// pile is messages one after the other. It is made once with its whole room.
type pile struct {
	bytes []byte
	items []item
}

// item is a message: its bytes are the next ones of the pile, and after them comes what an agent calls the conversation.
type item struct {
	meta             wire.Meta
	raw, correlation int
}

func newInbox(bytes int) *inbox { return &inbox{most: bytes} }

// put copies a message.
func (b *inbox) put(m *wire.Meta, raw, correlation []byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	p := b.room(len(raw) + len(correlation))
	if p == nil {
		b.lost++
		return
	}
	p.items = append(p.items, item{*m, len(raw), len(correlation)})
	p.bytes = append(append(p.bytes, raw...), correlation...)
	b.queued++
}

// room returns a pile with room for a message of n bytes, nil where there is none.
func (b *inbox) room(n int) *pile {
	if p := b.filling; p != nil {
		if len(p.bytes)+n <= cap(p.bytes) && len(p.items) < cap(p.items) {
			return p
		}
		b.full = append(b.full, p)
		b.filling = nil
	}
	if last := len(b.spare) - 1; last >= 0 && n <= pileSize {
		b.filling, b.spare = b.spare[last], b.spare[:last]
		return b.filling
	}
	size := max(n, pileSize)
	if b.bytes+size > b.most {
		return nil
	}
	b.bytes += size
	b.filling = &pile{bytes: make([]byte, 0, size), items: make([]item, 0, pileItems)}
	return b.filling
}

// fetch returns all messages that came so far, the oldest first. They are given back with giveBack.
func (b *inbox) fetch() []*pile {
	b.mu.Lock()
	defer b.mu.Unlock()
	all := b.full
	if b.filling != nil {
		all = append(all, b.filling)
	}
	b.filling, b.full = nil, nil
	return all
}

// giveBack returns piles whose messages are not needed any more.
func (b *inbox) giveBack(all []*pile) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, p := range all {
		if cap(p.bytes) > pileSize {
			b.bytes -= cap(p.bytes)
			continue
		}
		clear(p.items)
		p.bytes, p.items = p.bytes[:0], p.items[:0]
		b.spare = append(b.spare, p)
	}
}

// done notes what became of messages that were fetched.
func (b *inbox) done(messages int, lost bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.queued -= uint64(messages)
	if lost {
		b.lost += uint64(messages)
	} else {
		b.delivered += uint64(messages)
	}
}

func (b *inbox) empty() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.filling == nil && len(b.full) == 0
}

func (b *inbox) stats() exporters.Stats {
	b.mu.Lock()
	defer b.mu.Unlock()
	return exporters.Stats{Name: MessagesName, Queued: b.queued, Delivered: b.delivered, Errors: b.lost}
}
