package call

import "sipspan/session/store"

// pieces calls f with every piece of the text that the call still uses.
func (c *Call) pieces(f func(*store.Piece)) {
	for _, p := range [...]*store.Piece{&c.winner, &c.fromURI, &c.fromName, &c.fromTag, &c.toURI, &c.toName, &c.toTag, &c.uri, &c.agent} {
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

// tidyCall writes the text of a call anew when that has grown far beyond what is used of it. No piece of it may be in use
// elsewhere.
func (u *Usage) tidyCall(c *Call) {
	if c.text.Untidy() {
		u.Tidied = c.text.Tidy(u.Tidied, c.pieces)
	}
}
