package eventstate

import (
	"sipspan/decode/presence"
	"sipspan/session/stats"
	"sipspan/session/store"
)

// maxPacked bounds the presentities and the elements of a state that is unpacked.
const maxPacked = 1 << 20

// Pack packs a state, or unpacks it into an empty one, which then has to be given to a table by Adopt. The changes of the last
// minute, which may become flapping, are left out.
func (s *State) Pack(c *store.Codec) {
	c.Hash(&s.last)
	store.Number(c, &s.requested)
	c.Bools(&s.list, &s.full, &s.messages.known, &s.messages.waiting)
	n := c.Len(len(s.presentities), maxPacked)
	for i := 0; i < n && !c.Failed(); i++ {
		if c.Unpacking() {
			s.presentities = append(s.presentities, presentity{})
		}
		s.presentities[i].pack(c)
	}
	s.elements.pack(c)
	store.Number(c, &s.of)
	store.Number(c, &s.round)
	store.Number(c, &s.changes)
	store.Number(c, &s.resources)
	c.String(&s.dialog)
	store.Number(c, &s.dialogChanges)
	store.Number(c, &s.messages.newer)
	store.Number(c, &s.messages.older)
	store.Number(c, &s.messages.changes)
	c.String(&s.completion)
	store.Number(c, &s.refer)
	if c.Unpacking() && (s.resources < 0 || s.resources > len(s.presentities)+len(s.elements.list)) {
		c.Fail()
	}
}

func (p *presentity) pack(c *store.Codec) {
	c.String(&p.uri)
	store.Number(c, &p.basic)
	store.Number(c, &p.changes)
	n := c.Len(len(p.activities), maxActivities)
	for i := range n {
		if c.Unpacking() {
			p.activities = append(p.activities, "")
		}
		c.String(&p.activities[i])
	}
	c.String(&p.note)
	c.Bools(&p.flap.Flapping)
	if p.basic > presence.Open {
		c.Fail()
	}
}

func (e *elements) pack(c *store.Codec) {
	n := c.Len(len(e.list), maxPacked)
	for i := 0; i < n && !c.Failed(); i++ {
		if c.Unpacking() {
			e.list = append(e.list, elementState{})
		}
		x := &e.list[i]
		c.String(&x.id)
		c.String(&x.value)
		store.Number(c, &x.round)
	}
}

// Adopt counts what a state that was unpacked follows. The table may then hold more than its limit, until others end.
func (s *State) Adopt(t *Table) {
	t.used += s.resources
	t.counters.Tracked[stats.TableResources] += int64(s.resources)
}

// Presences calls f with each presentity whose basic presence is known: its URI, "" for the resource of the subscription.
func (s *State) Presences(f func(uri string, basic presence.Basic)) {
	for i := range s.presentities {
		if p := &s.presentities[i]; p.basic != presence.Unset {
			f(p.uri, p.basic)
		}
	}
}
