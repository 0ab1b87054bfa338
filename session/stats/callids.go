package stats

import (
	"hash/maphash"

	"github.com/cespare/xxhash/v2"
)

// CallIDs is a set of Call-IDs, for counting distinct ones. It holds one 64-bit hash for each, in an open table that doubles
// up to its limit. Two of ten million Call-IDs share a hash with a probability of 3 in a million.
//
// The place of a hash in the table depends on a seed that is another one in every run, so that nobody can choose Call-IDs
// that collide there. What is in the set does not depend on it.
type CallIDs struct {
	slots []uint64 // 0 is empty
	seed  maphash.Seed
	used  int
	limit int
}

// NewCallIDs returns a set that holds at most limit Call-IDs.
func NewCallIDs(limit int) CallIDs { return CallIDs{limit: limit, seed: maphash.MakeSeed()} }

// CountCallID counts a Call-ID of a message, if it is new in the set.
func (c *Counters) CountCallID(in *CallIDs, id []byte) {
	added, full := in.add(id)
	switch {
	case added:
		c.CallIDs++
	case full:
		c.CallIDsOverflow++
	}
}

// add reports whether the Call-ID is new. full reports that the set could neither find nor keep it.
func (s *CallIDs) add(callID []byte) (added, full bool) {
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
func (s *CallIDs) find(h uint64) uint64 {
	mask := uint64(len(s.slots) - 1)
	i := maphash.Comparable(s.seed, h) & mask
	for s.slots[i] != 0 && s.slots[i] != h {
		i = (i + 1) & mask
	}
	return i
}

func (s *CallIDs) grow() {
	old := s.slots
	s.slots = make([]uint64, 2*len(old))
	for _, h := range old {
		if h != 0 {
			s.slots[s.find(h)] = h
		}
	}
}

// Bytes returns how many bytes the set takes.
func (s *CallIDs) Bytes() int { return 8 * len(s.slots) }
