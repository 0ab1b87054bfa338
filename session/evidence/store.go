package evidence

import (
	"sipspan/decode/sip"
	"sipspan/internal/invariants"
)

const (
	// maxKept bounds what is kept of one message, in bytes.
	maxKept = 8 << 10
	// maxSpare bounds the bytes of released buffers that wait to be used again.
	maxSpare = 1 << 20
	// maxSpareRefusals bounds the released refusals that wait to be used again.
	maxSpareRefusals = 1 << 10
)

// sizes are the capacities of buffers: those of the memory allocator, so that what is counted is what is taken.
var sizes = [...]int{128, 256, 384, 512, 640, 768, 1024, 1280, 1536, 2048, 3072, 4096, 6144, maxKept}

// class returns the index of the smallest size that holds n bytes.
func class(n int) int {
	i := 0
	for sizes[i] < n {
		i++
	}
	return i
}

// Store keeps messages within a budget of bytes. A message counts with the capacity of its buffer, and the capacity
// follows from the length of the message alone, so whether there is room never depends on what was kept before. What
// finds no room is not kept. A store has one owner and no locks.
type Store struct {
	limit, used int
	pool        *pool
}

// pool is the memory that released messages leave for the next ones.
type pool struct {
	buffers  [len(sizes)][][]byte
	bytes    int // of buffers
	refusals []*Refusal
	scratch  []byte
}

// NewStore returns a store that keeps at most limit bytes.
func NewStore(limit int) Store { return Store{limit: limit, pool: new(pool)} }

// Share makes a store use the released memory of another, before the first message of either. One goroutine must own
// both.
func (s *Store) Share(with *Store) { s.pool = with.pool }

// Used returns how many bytes are kept.
func (s *Store) Used() int { return s.used }

// Header keeps the header of a message: a copy that belongs to the caller until Release. It returns nil when there is no
// room.
func (s *Store) Header(m *sip.Message) []byte {
	raw := m.Raw()
	return s.keep(raw[:len(raw)-len(m.Body())])
}

// keep returns a copy of b, cut to maxKept, or nil.
func (s *Store) keep(b []byte) []byte {
	b = b[:min(len(b), maxKept)]
	c := class(len(b))
	if len(b) == 0 || s.used+sizes[c] > s.limit {
		return nil
	}
	s.used += sizes[c]
	return s.copy(c, b)
}

// copy returns a copy of b in a buffer of a class.
func (s *Store) copy(c int, b []byte) []byte {
	p := s.pool
	if n := len(p.buffers[c]); n > 0 {
		buf := p.buffers[c][n-1]
		p.buffers[c] = p.buffers[c][:n-1]
		p.bytes -= sizes[c]
		return append(buf, b...)
	}
	return append(make([]byte, 0, sizes[c]), b...)
}

// Release takes back what the store keeps; nil is nothing. Nothing of buf may be used any more.
func (s *Store) Release(buf []byte) {
	if cap(buf) == 0 {
		return
	}
	c := class(cap(buf))
	s.used -= sizes[c]
	invariants.Poison(buf[:cap(buf)])
	if p := s.pool; p.bytes+sizes[c] <= maxSpare {
		p.buffers[c] = append(p.buffers[c], buf[:0])
		p.bytes += sizes[c]
	}
}

// NewRefusal returns an empty refusal, which belongs to the caller until ReleaseRefusal.
func (s *Store) NewRefusal() *Refusal {
	p := s.pool
	if n := len(p.refusals); n > 0 {
		r := p.refusals[n-1]
		p.refusals = p.refusals[:n-1]
		return r
	}
	return new(Refusal)
}

// ReleaseRefusal takes back a refusal and all it holds; nil is nothing.
func (s *Store) ReleaseRefusal(r *Refusal) {
	if r == nil {
		return
	}
	s.Release(r.response)
	for i := range r.rounds {
		s.releaseRound(&r.rounds[i])
	}
	*r = Refusal{rounds: r.rounds[:0]}
	if p := s.pool; len(p.refusals) < maxSpareRefusals {
		p.refusals = append(p.refusals, r)
	}
}

func (s *Store) releaseRound(r *Round) {
	s.Release(r.Request)
	s.Release(r.Response)
	*r = Round{}
}
