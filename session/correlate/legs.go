package correlate

import (
	"sipspan/internal/invariants"
	"sipspan/session/link"
	"sipspan/session/store"
)

// legs are the open calls, found by their Call-ID and in the order in which they were announced. One that only waits for its record
// is packed, see rest.
type legs struct {
	index       store.Index // by hash of the Call-ID
	busy        []*leg      // by place
	free        []int       // places
	first, last store.Ref   // in the order of announcement

	shelf  *store.Shelf // of those that are packed
	pairs  store.Index  // likewise, by numbers
	media  store.Index  // likewise, by where media are wanted, once byMedia is set
	owning bool         // media is in use
	packer store.Codec
	packed []byte
	spare  []*leg
}

func newLegs() legs { return legs{shelf: store.NewShelf()} }

// add enters a leg as the latest.
func (t *legs) add(l *leg) {
	t.seat(l)
	t.index.Add(hashOf(l.callID), l.ref)
	l.neighbours = store.Neighbours{Previous: t.last}
	t.last = l.ref
	t.join(l.neighbours, l.ref)
}

// seat gives a leg a place among the busy ones.
func (t *legs) seat(l *leg) {
	if n := len(t.free); n > 0 {
		l.ref = store.Busy(t.free[n-1])
		t.free = t.free[:n-1]
		t.busy[l.ref.Place()] = l
		return
	}
	t.busy = append(t.busy, l)
	l.ref = store.Busy(len(t.busy) - 1)
}

// unseat gives the place of a leg away.
func (t *legs) unseat(l *leg) {
	t.busy[l.ref.Place()] = nil
	t.free = append(t.free, l.ref.Place())
	l.ref = 0
}

// remove takes out a leg.
func (t *legs) remove(l *leg) {
	t.index.Remove(hashOf(l.callID), l.ref)
	n := l.neighbours
	if n.Previous != 0 {
		t.neighbours(n.Previous).Next = n.Next
	} else {
		t.first = n.Next
	}
	if n.Next != 0 {
		t.neighbours(n.Next).Previous = n.Previous
	} else {
		t.last = n.Previous
	}
	t.unseat(l)
}

// join makes the neighbours of a leg, and the ends of the list, name it by a Ref.
func (t *legs) join(n store.Neighbours, ref store.Ref) {
	if n.Previous != 0 {
		t.neighbours(n.Previous).Next = ref
	} else {
		t.first = ref
	}
	if n.Next != 0 {
		t.neighbours(n.Next).Previous = ref
	} else {
		t.last = ref
	}
}

func (t *legs) neighbours(ref store.Ref) *store.Neighbours {
	if ref.Waits() {
		return t.shelf.Neighbours(ref)
	}
	return &t.busy[ref.Place()].neighbours
}

// find returns the leg of a session, packed or not; 0 if there is none.
func (t *legs) find(callID string, id link.ID) store.Ref {
	for s := t.index.Seek(hashOf(callID)); ; {
		ref := t.index.Next(&s)
		if ref == 0 || t.is(ref, callID, id) {
			return ref
		}
	}
}

// latest returns the leg with a Call-ID that was announced last, packed or not; 0 if there is none.
func (t *legs) latest(callID string) (found store.Ref) {
	for s := t.index.Seek(hashOf(callID)); ; {
		ref := t.index.Next(&s)
		if ref == 0 {
			return found
		}
		if t.is(ref, callID, 0) {
			found = ref
		}
	}
}

// is reports whether a leg is that of a session, or of any with the Call-ID where id is 0.
func (t *legs) is(ref store.Ref, callID string, id link.ID) bool {
	if ref.Waits() {
		return t.packedIs(ref, callID, id)
	}
	l := t.busy[ref.Place()]
	return l.callID == callID && (id == 0 || l.id == id)
}

// len returns how many legs there are.
func (t *legs) len() int { return t.index.Len() }

// Most calls have nothing to do with any other. As soon as no further call can be found to be a leg of the same conversation, such a
// leg is packed until something is announced of it, another call between the same numbers is, or its record comes.

// own enters all legs by where their sides want media. Those that are packed are found by it from then on.
func (t *legs) own(o owners) {
	t.owning = true
	for ref := t.first; ref != 0; ref = t.neighbours(ref).Next {
		if !ref.Waits() {
			o.own(t.busy[ref.Place()])
		} else if media := t.wanted(ref); media != 0 {
			t.media.Add(media, ref)
		}
	}
}

// recycle keeps the memory of a leg that nothing refers to any more.
func (t *legs) recycle(l *leg) {
	*l = leg{}
	if invariants.Enabled {
		return // so that a reference that was left shows a leg without anything
	}
	if len(t.spare) < maxSpare {
		t.spare = append(t.spare, l)
	}
}

// maxSpare bounds the legs that are kept for the next ones.
const maxSpare = 1 << 14

// blank returns an empty leg.
func (t *legs) blank() *leg {
	if n := len(t.spare); n > 0 {
		l := t.spare[n-1]
		t.spare = t.spare[:n-1]
		return l
	}
	return new(leg)
}

// What a packed leg is found by comes first: when it began, the numbers, the media address, the Call-ID and the ID.

// numbers returns who called whom, without the address-of-record, of a packed leg.
func (t *legs) numbers(ref store.Ref) (from, to link.Identity) {
	var start int64
	t.packer.Unpack(t.shelf.Packed(ref))
	t.packer.Int64(&start)
	t.packer.Word(&from.Number)
	t.packer.Word(&to.Number)
	return from, to
}

// wanted returns where the caller of a packed leg wants its media.
func (t *legs) wanted(ref store.Ref) (media uint64) {
	t.numbers(ref)
	t.packer.Word(&media)
	return media
}

// packedIs reports whether a packed leg is that of a session, or of any with the Call-ID where id is 0.
func (t *legs) packedIs(ref store.Ref, callID string, id link.ID) bool {
	t.wanted(ref)
	if string(t.packer.Borrow()) != callID {
		return false
	}
	var packed int64
	t.packer.Int64(&packed)
	return id == 0 || link.ID(packed) == id
}

// began returns when a leg began.
func (t *legs) began(ref store.Ref) (start int64) {
	if !ref.Waits() {
		return t.busy[ref.Place()].start
	}
	t.packer.Unpack(t.shelf.Packed(ref))
	t.packer.Int64(&start)
	return start
}
