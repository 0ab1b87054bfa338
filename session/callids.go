package session

import "github.com/cespare/xxhash/v2"

// callIDSet counts distinct Call-IDs. It holds one 64-bit hash for each, in an open table that doubles up to its limit.
// Two of ten million Call-IDs share a hash with a probability of 3 in a million.
type callIDSet struct {
	slots []uint64 // 0 is empty
	used  int
	limit int
}

// add reports whether the Call-ID is new; full says that the set could neither find nor keep it.
func (s *callIDSet) add(callID []byte) (added, full bool) {
	h := xxhash.Sum64(callID)
	if h == 0 {
		h = 1
	}
	if s.slots == nil {
		s.slots = make([]uint64, 64)
	}
	i := s.find(h)
	if s.slots[i] == h {
		return false, false
	}
	if s.used >= s.limit {
		return false, true
	}
	s.slots[i] = h
	s.used++
	if s.used*4 > len(s.slots)*3 {
		s.grow()
	}
	return true, false
}

// find returns the slot of h, or the empty one where it would go.
func (s *callIDSet) find(h uint64) uint64 {
	mask := uint64(len(s.slots) - 1)
	// The low bits of the hash may have chosen the shard: take the others.
	i := h >> 20 & mask
	for s.slots[i] != 0 && s.slots[i] != h {
		i = (i + 1) & mask
	}
	return i
}

func (s *callIDSet) grow() {
	old := s.slots
	s.slots = make([]uint64, 2*len(old))
	for _, h := range old {
		if h != 0 {
			s.slots[s.find(h)] = h
		}
	}
}
