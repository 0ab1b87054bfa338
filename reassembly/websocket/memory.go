package websocket

import (
	"container/list"
	"io"
)

// Config bounds what WebSocket connections may keep.
type Config struct {
	MaxMessageBytes int `mapstructure:"max_message_bytes"` // of a message, after decompression; a longer one is cut
	MaxHeldTotal    int `mapstructure:"max_held_total"`    // memory for fragments and for what compressed messages refer to, all connections together
}

// DefaultConfig has room for a message of the greatest size that is read in other streams, and for the compressed
// connections of a small site.
func DefaultConfig() Config {
	return Config{MaxMessageBytes: 320 << 10, MaxHeldTotal: 5 << 20}
}

// Stats counts what became of messages. The counters only grow, but for the last one.
type Stats struct {
	Messages   uint64 // handed out whole
	Cut        uint64 // longer than the limit, or the rest was lost: handed out without their end
	Unreadable uint64 // compressed, and refer to bytes that are not known
	Corrupt    uint64 // compressed, and cannot be decompressed
	Evicted    uint64 // connections that lost what they kept, because the memory was full
	Broken     uint64 // connections on which something followed that is no frame

	HeldBytes int // memory in use now
}

// Add adds the counters of another Memory.
func (s *Stats) Add(o *Stats) {
	s.Messages += o.Messages
	s.Cut += o.Cut
	s.Unreadable += o.Unreadable
	s.Corrupt += o.Corrupt
	s.Evicted += o.Evicted
	s.Broken += o.Broken
	s.HeldBytes += o.HeldBytes
}

// Faults calls yield for each kind of fault with how often it was seen, 0 included.
func (s *Stats) Faults(yield func(reason string, n uint64)) {
	yield("cut", s.Cut)
	yield("unknown_context", s.Unreadable)
	yield("corrupt", s.Corrupt)
	yield("memory_full", s.Evicted)
	yield("no_frame", s.Broken)
}

// Memory is what the readers of one goroutine share.
type Memory struct {
	config   Config
	order    list.List // of readers that hold something, by last use
	stats    Stats
	scratch  []byte // the payload of the frame in hand, unmasked
	inflated []byte // the message in hand, decompressed
	source   source
	inflater io.Reader
}

// NewMemory returns an empty Memory.
func NewMemory(c Config) *Memory { return &Memory{config: c} }

// Stats returns the counters.
func (m *Memory) Stats() Stats { return m.stats }

// hold notes that r holds so many bytes now. It takes what readers hold away, the longest unused first, until the
// limit is kept; that may be what r itself holds.
func (m *Memory) hold(r *Reader, bytes int) {
	m.stats.HeldBytes += bytes - r.held
	r.held = bytes
	switch {
	case bytes == 0:
		if r.place != nil {
			m.order.Remove(r.place)
			r.place = nil
		}
	case r.place == nil:
		r.place = m.order.PushBack(r)
	default:
		m.order.MoveToBack(r.place)
	}
	for m.stats.HeldBytes > m.config.MaxHeldTotal {
		m.stats.Evicted++
		m.order.Front().Value.(*Reader).evict()
	}
}
