package shard

import "sipspan/internal/wire"

// NumberFrom sets which of the numbers of sessions are those of the shard: every wire.Shards-th from first on. It is called
// before the first message.
func (s *Shard) NumberFrom(first int) { s.lastNumber = uint64(first) }

// NextNumber returns the number of a new session. No other session has it, in this run or taken up by it.
func (s *Shard) NextNumber() uint64 {
	s.lastNumber += wire.Shards
	return s.lastNumber
}

// SkipNumber leaves out the numbers up to that of a session that was taken up.
func (s *Shard) SkipNumber(number uint64) {
	if s.lastNumber < number {
		s.lastNumber += (number - s.lastNumber + wire.Shards - 1) / wire.Shards * wire.Shards
	}
}
