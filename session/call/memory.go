package call

import (
	"sipspan/session/shard"
	"sipspan/session/store"
	"sipspan/session/transaction"
)

// pieces calls f with every piece of the text that the call still uses.
func (c *Call) pieces(f func(*store.Piece)) {
	for _, p := range [...]*store.Piece{&c.winner, &c.fromURI, &c.fromName, &c.fromTag, &c.toURI, &c.toName, &c.toTag, &c.uri, &c.agent} {
		f(p)
	}
	for i := range c.identity {
		f(&c.identity[i])
	}
	for i := range c.forks {
		b := &c.forks[i]
		f(&b.tag)
		f(&b.epid)
		f(&b.contact)
		f(&b.agent)
	}
	for i := range c.hops {
		h := &c.hops[i]
		f(&h.uri)
		f(&h.reason)
		f(&h.agent)
	}
	for i := range c.notes {
		f(&c.notes[i].what)
	}
	for i := range c.link.keys {
		f(&c.link.keys[i].value)
	}
}

// tidyCall writes the text of a call anew when that has grown far beyond what is used of it. No piece of it may be in use
// elsewhere.
func (u *Usage) tidyCall(c *Call) {
	if c.text.Untidy() {
		u.Tidied = c.text.Tidy(u.Tidied, c.pieces)
	}
}

// weight returns how many bytes a call takes while it is busy.
func (c *Call) weight() int {
	return Bytes + shard.Beyond(len(c.text.Bytes()), startText, 1) + shard.Beyond(len(c.hops), 2, hopBytes) + shard.Beyond(len(c.forks), 1, forkBytes) +
		shard.Beyond(len(c.description), 0, 1) + shard.Beyond(len(c.other), 0, 1) + shard.Beyond(len(c.tries), 0, transaction.AttemptBytes) +
		shard.Beyond(len(c.notes), 0, noteBytes) + shard.Beyond(len(c.left), 0, wayBytes) + 16*(len(c.behind)+len(c.identity)+len(c.link.keys))
}

// Touch reads a word of every line of a call that most messages read.
func (c *Call) Touch() uint64 {
	return uint64(c.deadline) + uint64(c.attempt) + uint64(c.provisional) + uint64(c.winner.Len) +
		c.link.media
}

// TouchParts does so with what the call refers to: all of it when its record is due.
func (c *Call) TouchParts(now int64) (sum uint64) {
	for i := range c.hops {
		sum += uint64(c.hops[i].start) + uint64(c.hops[i].final)
	}
	if text := c.text.Bytes(); len(text) > 0 {
		sum += uint64(text[len(text)-1])
	}
	if c.deadline > now {
		return sum
	}
	if len(c.forks) > 0 {
		sum += uint64(c.forks[0].status)
	}
	for i := 0; i < len(c.text.Bytes()); i += store.CacheLine {
		sum += uint64(c.text.Bytes()[i])
	}
	for i := 0; i < len(c.description); i += store.CacheLine {
		sum += uint64(c.description[i])
	}
	return sum
}

// legBytes is about what the correlator knows of a call.
const legBytes = 380

// startText is how many bytes the text of a call has room for from the start.
const startText = 1024

// What is taken for one of each, in bytes: with the memory that it starts with, and its places in tables.
var (
	Bytes     = shard.SizeOf[Call]() + startText + 2*shard.SizeOf[hop]() + shard.SizeOf[fork]() + legBytes
	hopBytes  = shard.SizeOf[hop]()
	forkBytes = shard.SizeOf[fork]()
	noteBytes = shard.SizeOf[note]()
	wayBytes  = shard.SizeOf[way]()
)
