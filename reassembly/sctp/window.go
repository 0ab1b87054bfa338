package sctp

// windowSize is how many transmission sequence numbers back a chunk that was sent again is known. More than that no
// receiver leaves unacknowledged.
const windowSize = 512

// window notes which transmission sequence numbers were seen in one direction.
type window struct {
	highest uint32
	started bool
	seen    [windowSize / 64]uint64
}

// take notes a number. It returns false if that was seen before, or is too old to tell.
func (w *window) take(tsn uint32) bool {
	if !w.started {
		w.started, w.highest = true, tsn
		clear(w.seen[:])
		w.set(tsn)
		return true
	}
	switch ahead := int32(tsn - w.highest); {
	case ahead > 0:
		for n := w.highest + 1; n != tsn+1; n++ {
			if tsn-n >= windowSize {
				n = tsn - windowSize + 1
			}
			w.seen[n%windowSize/64] &^= 1 << (n % 64)
		}
		w.highest = tsn
	case ahead <= -windowSize:
		return false
	case w.seen[tsn%windowSize/64]&(1<<(tsn%64)) != 0:
		return false
	}
	w.set(tsn)
	return true
}

func (w *window) set(tsn uint32) { w.seen[tsn%windowSize/64] |= 1 << (tsn % 64) }
