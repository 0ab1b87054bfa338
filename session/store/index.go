package store

// Index finds sessions by a 64-bit hash: an open table with 32 bits of each hash, eight bytes an entry. Sessions that share
// those bits are all found; the caller tells them apart.
type Index struct {
	slots []slot // their number is a power of two
	used  int
}

type slot struct {
	hash uint32
	ref  Ref // 0: the slot is empty
}

// fold takes the bits of a hash that count. The low ones may have chosen the shard.
func fold(hash uint64) uint32 { return uint32(hash >> 20) }

// Search is the state of a look-up.
type Search struct {
	at   int
	hash uint32
}

// Seek begins a look-up.
func (x *Index) Seek(hash uint64) Search {
	return Search{at: int(fold(hash)) & (len(x.slots) - 1), hash: fold(hash)}
}

// Next returns the next session that may have the hash, in the order in which they were added as long as none was removed,
// 0 after the last one. The Index must not have changed since Seek.
func (x *Index) Next(s *Search) Ref {
	if x.used == 0 {
		return 0
	}
	for mask := len(x.slots) - 1; ; {
		found := x.slots[s.at]
		if found.ref == 0 {
			return 0
		}
		s.at = (s.at + 1) & mask
		if found.hash == s.hash {
			return found.ref
		}
	}
}

// Add enters a session.
func (x *Index) Add(hash uint64, ref Ref) {
	if 4*(x.used+1) > 3*len(x.slots) {
		old := x.slots
		x.slots = make([]slot, max(16, 2*len(old)))
		x.refill(old)
	}
	x.put(slot{fold(hash), ref})
	x.used++
}

// refill enters the slots of a table of another size, from the beginning of a run, so that sessions with the same hash keep
// their order.
func (x *Index) refill(old []slot) {
	begin := 0
	for begin < len(old) && old[begin].ref != 0 {
		begin++
	}
	for i := range old {
		if s := old[(begin+i)&(len(old)-1)]; s.ref != 0 {
			x.put(s)
		}
	}
}

func (x *Index) put(s slot) {
	mask := len(x.slots) - 1
	i := int(s.hash) & mask
	for x.slots[i].ref != 0 {
		i = (i + 1) & mask
	}
	x.slots[i] = s
}

// Replace gives a session another Ref. It keeps its place among those with the same hash.
func (x *Index) Replace(hash uint64, old, now Ref) { x.slots[x.find(hash, old)].ref = now }

// Remove takes out a session, and moves up those after it that it was in the way of. A table that has become much too large
// shrinks.
func (x *Index) Remove(hash uint64, ref Ref) {
	mask := len(x.slots) - 1
	i := x.find(hash, ref)
	for j := (i + 1) & mask; x.slots[j].ref != 0; j = (j + 1) & mask {
		if (j-int(x.slots[j].hash))&mask >= (j-i)&mask {
			x.slots[i] = x.slots[j]
			i = j
		}
	}
	x.slots[i] = slot{}
	x.used--
	if len(x.slots) > 1024 && 16*x.used < len(x.slots) {
		old := x.slots
		x.slots = make([]slot, len(old)/4)
		x.refill(old)
	}
}

// find returns the slot of a session that is in the table.
func (x *Index) find(hash uint64, ref Ref) int {
	mask := len(x.slots) - 1
	i := int(fold(hash)) & mask
	for x.slots[i].ref != ref {
		i = (i + 1) & mask
	}
	return i
}

// Len returns how many sessions are in the table.
func (x *Index) Len() int { return x.used }

// Bytes returns the memory that the table occupies.
func (x *Index) Bytes() int { return 8 * len(x.slots) }
