package sctp

import "time"

// Config bounds the table of associations and what waits in it.
type Config struct {
	MaxAssociations int           `mapstructure:"max_associations"`  // at a time
	MaxMessageBytes int           `mapstructure:"max_message_bytes"` // of a message in fragments
	MaxHeldTotal    int           `mapstructure:"max_held_total"`    // memory for fragments, all associations together
	IdleTimeout     time.Duration `mapstructure:"idle_timeout"`      // an association without a packet is forgotten, in packet time
	GapTimeout      time.Duration `mapstructure:"gap_timeout"`       // fragments to which none is added are given up, in packet time
}

// DefaultConfig suits a span port with some thousand associations.
func DefaultConfig() Config {
	return Config{
		MaxAssociations: 16384,
		MaxMessageBytes: 320 << 10,
		MaxHeldTotal:    5 << 20,
		IdleTimeout:     30 * time.Minute,
		GapTimeout:      5 * time.Second,
	}
}

// Stats counts what became of chunks and associations. The counters only grow, but for the last two.
type Stats struct {
	Associations uint64 // entered in the table
	Messages     uint64 // handed on whole
	Cut          uint64 // handed on without their end
	Duplicates   uint64 // chunks that had been there before
	GivenUp      uint64 // fragments of messages that did not become whole
	Overruns     uint64 // of these, those given up for a limit of bytes
	Malformed    uint64 // packets with a chunk that contradicts itself
	Evicted      uint64 // associations given up for others: the table was full

	Active    int // associations in the table now
	HeldBytes int // memory of fragments now
}

// Add adds the counters of other Associations.
func (s *Stats) Add(o *Stats) {
	s.Associations += o.Associations
	s.Messages += o.Messages
	s.Cut += o.Cut
	s.Duplicates += o.Duplicates
	s.GivenUp += o.GivenUp
	s.Overruns += o.Overruns
	s.Malformed += o.Malformed
	s.Evicted += o.Evicted
	s.Active += o.Active
	s.HeldBytes += o.HeldBytes
}

// Faults calls yield for each kind of fault with how often it was seen, 0 included.
func (s *Stats) Faults(yield func(reason string, n uint64)) {
	yield("cut", s.Cut)
	yield("fragments_lost", s.GivenUp-s.Overruns)
	yield("memory_full", s.Overruns)
	yield("malformed", s.Malformed)
	yield("table_full", s.Evicted)
}
