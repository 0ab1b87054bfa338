package session

// groupTable finds groups by Call-ID: an open table of 64-bit hashes, so that a look-up reads one line of the table and
// the group, which is needed anyway. Call-IDs that share a hash are told apart by themselves.
type groupTable struct {
	slots []groupSlot // their number is a power of two; a group of nil is an empty one
	used  int
}

type groupSlot struct {
	hash  uint64
	group *group
}

// home returns where a hash goes if nothing is in its way. The low bits may have chosen the shard: the others count.
func (t *groupTable) home(hash uint64) int { return int(hash>>20) & (len(t.slots) - 1) }

// find returns the group of a Call-ID, nil if there is none.
func (t *groupTable) find(hash uint64, callID []byte) *group {
	if t.used == 0 {
		return nil
	}
	for i := t.home(hash); ; i = (i + 1) & (len(t.slots) - 1) {
		s := &t.slots[i]
		if s.group == nil {
			return nil
		}
		if s.hash == hash && s.group.callID == string(callID) {
			return s.group
		}
	}
}

// first returns the first group whose Call-ID has the hash, nil if there is none.
func (t *groupTable) first(hash uint64) *group {
	if t.used == 0 {
		return nil
	}
	for i := t.home(hash); ; i = (i + 1) & (len(t.slots) - 1) {
		if s := &t.slots[i]; s.hash == hash || s.group == nil {
			return s.group
		}
	}
}

// add enters a group whose Call-ID is not in the table.
func (t *groupTable) add(g *group) {
	if 2*(t.used+1) > len(t.slots) {
		old := t.slots
		t.slots = make([]groupSlot, max(16, 2*len(old)))
		for _, s := range old {
			if s.group != nil {
				t.put(s)
			}
		}
	}
	t.put(groupSlot{hash: g.hash, group: g})
	t.used++
}

func (t *groupTable) put(s groupSlot) {
	i := t.home(s.hash)
	for t.slots[i].group != nil {
		i = (i + 1) & (len(t.slots) - 1)
	}
	t.slots[i] = s
}

// remove takes out a group that is in the table, and moves up those behind it that it was in the way of.
func (t *groupTable) remove(g *group) {
	mask := len(t.slots) - 1
	i := t.home(g.hash)
	for t.slots[i].group != g {
		i = (i + 1) & mask
	}
	for j := (i + 1) & mask; t.slots[j].group != nil; j = (j + 1) & mask {
		if (j-t.home(t.slots[j].hash))&mask >= (j-i)&mask {
			t.slots[i] = t.slots[j]
			i = j
		}
	}
	t.slots[i] = groupSlot{}
	t.used--
}
