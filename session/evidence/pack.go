package evidence

import "sipspan/session/store"

// Pack packs a message that is kept, or unpacks it. The unpacked message counts already, see Suspend.
func (s *Store) Pack(c *store.Codec, message []byte) []byte {
	if !c.Unpacking() {
		return c.Bytes(message)
	}
	b := c.Borrow()
	if len(b) > maxKept {
		c.Fail()
		return nil
	}
	if len(b) == 0 {
		return nil
	}
	return s.copy(class(len(b)), b)
}

// PackRefusal packs a refusal or unpacks it; nil is nothing.
func (s *Store) PackRefusal(c *store.Codec, r *Refusal) *Refusal {
	if !c.Has(r != nil) {
		return nil
	}
	if c.Unpacking() {
		r = s.NewRefusal()
	}
	store.Number(c, &r.status)
	store.Number(c, &r.says)
	c.Bools(&r.below)
	r.response = s.Pack(c, r.response)
	for n := c.Len(len(r.rounds), maxRounds); len(r.rounds) < n; {
		r.rounds = append(r.rounds, Round{})
	}
	for i := range r.rounds {
		r.rounds[i].Request = s.Pack(c, r.rounds[i].Request)
		r.rounds[i].Response = s.Pack(c, r.rounds[i].Response)
	}
	c.Time(&r.refused)
	c.Int64(&r.next)
	store.Number(c, &r.repeats)
	return r
}

// Count counts what was unpacked and had been suspended by another store.
func (s *Store) Count(r *Refusal, messages ...[]byte) {
	count := func(message []byte) {
		if cap(message) > 0 {
			s.used += sizes[class(cap(message))]
		}
	}
	for _, message := range messages {
		count(message)
	}
	if r == nil {
		return
	}
	count(r.response)
	for _, round := range r.rounds {
		count(round.Request)
		count(round.Response)
	}
}

// Suspend takes back the memory of what was packed. It goes on counting, so that there is room for it when it is unpacked:
// whether a message finds room does not depend on which sessions are packed.
func (s *Store) Suspend(r *Refusal, messages ...[]byte) {
	used := s.used
	s.ReleaseRefusal(r)
	for _, message := range messages {
		s.Release(message)
	}
	s.used = used
}
