package store

// Waiting holds packed sessions until a message or their deadline wakes them.
type Waiting struct {
	arena   arena
	entries pages[entry]
	unused  []uint32
	heap    []uint32 // entries with a deadline: four children a node, by deadline and order
}

// entry is a packed session.
type entry struct {
	alarm      Alarm
	arrival    uint64
	tag        uint64
	place      place
	inHeap     uint32 // place in the heap
	generation uint8
	live       bool
}

// Alarm is when a session is to be woken. Of several with the same deadline the one with the lowest order is the first.
type Alarm struct {
	Deadline int64 // Unix nanoseconds
	Order    uint64
}

// Before reports whether an alarm goes off before another.
func (a Alarm) Before(b Alarm) bool {
	return a.Deadline < b.Deadline || a.Deadline == b.Deadline && a.Order < b.Order
}

// NewWaiting returns an empty table.
func NewWaiting() *Waiting {
	w := new(Waiting)
	w.arena.moved = func(owner uint32, to place) { w.entries.at(owner).place = to }
	return w
}

// Add keeps a copy of a packed session, with the number of its arrival and one that its owner gives it. ok is false when there is
// no place for more sessions.
func (w *Waiting) Add(packed []byte, a Alarm, arrival, tag uint64) (ref Ref, ok bool) {
	var i uint32
	if n := len(w.unused); n > 0 {
		i = w.unused[n-1]
		w.unused = w.unused[:n-1]
	} else {
		if w.entries.len >= MaxPlaces {
			return 0, false
		}
		i = w.entries.add()
	}
	e := w.entries.at(i)
	e.alarm, e.arrival, e.tag, e.live = a, arrival, tag, true
	e.place = w.arena.put(packed, i)
	w.heap = append(w.heap, i)
	w.up(len(w.heap) - 1)
	return waiting(i, e.generation), true
}

// find returns the entry of a Ref, nil when what it named is gone.
func (w *Waiting) find(ref Ref) *entry {
	if i := ref.entry(); ref.Waits() && int(i) < w.entries.len {
		if e := w.entries.at(i); e.live && e.generation == ref.generation() {
			return e
		}
	}
	return nil
}

// Packed returns a session, nil when the Ref names none any more. The bytes are valid until the next call of Add or Remove.
func (w *Waiting) Packed(ref Ref) []byte {
	e := w.find(ref)
	if e == nil {
		return nil
	}
	return w.arena.get(e.place)
}

// Alarm returns when a session is to be woken, and the number of its arrival.
func (w *Waiting) Alarm(ref Ref) (a Alarm, arrival uint64) {
	if e := w.find(ref); e != nil {
		return e.alarm, e.arrival
	}
	return Alarm{}, 0
}

// Tag returns the number that the owner of a session gave it, 0 when the Ref names none any more.
func (w *Waiting) Tag(ref Ref) uint64 {
	if e := w.find(ref); e != nil {
		return e.tag
	}
	return 0
}

// Move gives a session another number of arrival.
func (w *Waiting) Move(ref Ref, arrival uint64) {
	if e := w.find(ref); e != nil {
		e.arrival = arrival
	}
}

// Remove forgets a session. Its Ref names nothing from then on.
func (w *Waiting) Remove(ref Ref) {
	e := w.find(ref)
	if e == nil {
		return
	}
	w.arena.free(e.place)
	w.leave(int(e.inHeap))
	e.live = false
	e.generation = (e.generation + 1) % generations
	w.unused = append(w.unused, ref.entry())
}

// First returns the session that is to be woken first, and when; ok is false when there is none.
func (w *Waiting) First() (ref Ref, a Alarm, ok bool) {
	if len(w.heap) == 0 {
		return 0, Alarm{}, false
	}
	e := w.entries.at(w.heap[0])
	return waiting(w.heap[0], e.generation), e.alarm, true
}

// Len returns how many sessions wait.
func (w *Waiting) Len() int { return len(w.heap) }

// Bytes returns the memory that the table occupies.
func (w *Waiting) Bytes() int {
	const entrySize = 48
	return w.arena.size + entrySize*w.entries.cap() + 4*(cap(w.heap)+cap(w.unused))
}

// Close forgets everything and gives up the memory.
func (w *Waiting) Close() {
	w.arena.close()
	w.entries.close()
	w.unused, w.heap = nil, nil
}

// leave takes a place out of the heap.
func (w *Waiting) leave(i int) {
	last := len(w.heap) - 1
	moved := w.heap[last]
	w.heap = w.heap[:last]
	if i == last {
		return
	}
	w.heap[i] = moved
	if i > 0 && w.before(moved, w.heap[(i-1)/4]) {
		w.up(i)
	} else {
		w.down(i)
	}
}

func (w *Waiting) before(a, b uint32) bool {
	return w.entries.at(a).alarm.Before(w.entries.at(b).alarm)
}

func (w *Waiting) up(i int) {
	x := w.heap[i]
	for i > 0 {
		parent := (i - 1) / 4
		if !w.before(x, w.heap[parent]) {
			break
		}
		w.set(i, w.heap[parent])
		i = parent
	}
	w.set(i, x)
}

func (w *Waiting) down(i int) {
	x := w.heap[i]
	for {
		first := 4*i + 1
		if first >= len(w.heap) {
			break
		}
		least := first
		for c := first + 1; c < min(first+4, len(w.heap)); c++ {
			if w.before(w.heap[c], w.heap[least]) {
				least = c
			}
		}
		if !w.before(w.heap[least], x) {
			break
		}
		w.set(i, w.heap[least])
		i = least
	}
	w.set(i, x)
}

func (w *Waiting) set(i int, x uint32) {
	w.heap[i] = x
	w.entries.at(x).inHeap = uint32(i)
}
