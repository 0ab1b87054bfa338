package store

// Shelf keeps packed values that nothing but their Ref and their neighbours in a list lead to. Like Waiting it holds no pointer, so that
// the garbage collector has nothing to walk.
type Shelf struct {
	arena  arena
	places pages[shelved]
	unused []uint32
	size   int
}

type shelved struct {
	place      place
	neighbours Neighbours
	generation uint8
	live       bool
}

// Neighbours are the Refs of the values before and after one in a list, 0 at its ends. What the list holds is its owner's.
type Neighbours struct{ Previous, Next Ref }

// NewShelf returns an empty shelf.
func NewShelf() *Shelf {
	s := new(Shelf)
	s.arena.moved = func(owner uint32, to place) { s.places.at(owner).place = to }
	return s
}

// Add keeps a copy of a packed value. ok is false when there is no place for more.
func (s *Shelf) Add(packed []byte, n Neighbours) (ref Ref, ok bool) {
	var i uint32
	if n := len(s.unused); n > 0 {
		i = s.unused[n-1]
		s.unused = s.unused[:n-1]
	} else {
		if s.places.len >= MaxPlaces {
			return 0, false
		}
		i = s.places.add()
	}
	p := s.places.at(i)
	p.neighbours, p.live = n, true
	p.place = s.arena.put(packed, i)
	s.size++
	return waiting(i, p.generation), true
}

func (s *Shelf) find(ref Ref) *shelved {
	if i := ref.entry(); ref.Waits() && int(i) < s.places.len {
		if p := s.places.at(i); p.live && p.generation == ref.generation() {
			return p
		}
	}
	return nil
}

// Packed returns a value, nil when the Ref names none any more. The bytes are valid until the next call of Add or Remove.
func (s *Shelf) Packed(ref Ref) []byte {
	if p := s.find(ref); p != nil {
		return s.arena.get(p.place)
	}
	return nil
}

// Neighbours returns the place of a value in its list, for reading and changing, nil when the Ref names none any more. It is valid
// until the next call of Remove.
func (s *Shelf) Neighbours(ref Ref) *Neighbours {
	if p := s.find(ref); p != nil {
		return &p.neighbours
	}
	return nil
}

// Remove forgets a value. Its Ref names nothing from then on.
func (s *Shelf) Remove(ref Ref) {
	p := s.find(ref)
	if p == nil {
		return
	}
	s.arena.free(p.place)
	p.live = false
	p.generation = (p.generation + 1) % generations
	s.unused = append(s.unused, ref.entry())
	s.size--
}

// Len returns how many values there are.
func (s *Shelf) Len() int { return s.size }

// Bytes returns the memory that the shelf occupies.
func (s *Shelf) Bytes() int {
	const placeSize = 20
	return s.arena.size + placeSize*s.places.cap() + 4*cap(s.unused)
}

// Close forgets everything and gives up the memory.
func (s *Shelf) Close() {
	s.arena.close()
	*s = Shelf{arena: s.arena}
}
