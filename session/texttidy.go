package session

// tidyAbove is up to what size a text is left alone, in bytes: what nearly every session keeps is far below.
const tidyAbove = 4 << 10

// untidy reports whether a text has grown so far that it is worth writing anew with what is still used of it: pieces that
// a longer one replaced, and those of attempts that are over, stay in it until then.
func (t *text) untidy() bool { return len(t.buf) > max(tidyAbove, t.wanted) }

// tidy writes a text anew with the pieces that each yields, every one once, and points them there. It uses scratch as
// memory and returns it, grown if need be.
func (t *text) tidy(scratch []byte, each func(func(*piece))) []byte {
	scratch = scratch[:0]
	each(func(p *piece) {
		off := len(scratch)
		scratch = append(scratch, t.of(*p)...)
		p.off = uint32(off)
	})
	if cap(t.buf) > 4*len(scratch) {
		t.buf = make([]byte, 0, max(tidyAbove, len(scratch)))
	}
	t.buf = append(t.buf[:0], scratch...)
	t.wanted = 2 * len(t.buf) // so that it is not done again for every piece that is added
	return scratch
}

// pieces calls f with every piece of the text that the call still uses.
func (c *call) pieces(f func(*piece)) {
	for _, p := range [...]*piece{&c.winner, &c.fromURI, &c.fromName, &c.fromTag, &c.toURI, &c.toName, &c.toTag, &c.uri, &c.agent} {
		f(p)
	}
	for i := range c.identity {
		f(&c.identity[i])
	}
	for i := range c.forks {
		b := &c.forks[i]
		f(&b.tag)
		f(&b.epid)
		f(&b.contact)
		f(&b.agent)
	}
	for i := range c.hops {
		h := &c.hops[i]
		f(&h.uri)
		f(&h.reason)
		f(&h.agent)
	}
	for i := range c.notes {
		f(&c.notes[i].what)
	}
	for i := range c.link.keys {
		f(&c.link.keys[i].value)
	}
}

// pieces calls f with every piece of the text that the subscription still uses.
func (s *subscription) pieces(f func(*piece)) {
	for _, p := range [...]*piece{
		&s.event, &s.subscriberTag, &s.notifierTag, &s.answerTag, &s.resource, &s.subscriber, &s.stateWord, &s.ending, &s.reason,
	} {
		f(p)
	}
}

// tidyCall writes the text of a call anew when that has grown far beyond what is used of it. No piece of it may be in use
// elsewhere.
func (t *Tracker) tidyCall(c *call) {
	if c.text.untidy() {
		t.tidied = c.text.tidy(t.tidied, c.pieces)
	}
}

// tidySubscription does the same for a subscription.
func (t *Tracker) tidySubscription(s *subscription) {
	if s.text.untidy() {
		t.tidied = s.text.tidy(t.tidied, s.pieces)
	}
}
