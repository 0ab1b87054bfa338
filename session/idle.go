package session

import (
	"sipspan/internal/invariants"
	"sipspan/session/transaction"
)

// idles are the groups that wait, in the order in which they began to. Packing a call and thawing it for its next message
// costs some microseconds, so it is done only when the busy sessions take a good part of their memory.
type idles struct {
	ring      []idleGroup // their number is a power of two
	first, n  int         // the oldest, and how many there are
	immediate bool        // everything is packed as soon as it waits
	never     bool        // nothing is packed
}

// idleGroup is a group as long as its memory is not used for another one.
type idleGroup struct {
	group *transaction.Group
	use   uint32
}

// newIdles returns an empty list. The checking builds pack at once what waits.
func newIdles() idles { return idles{immediate: invariants.Enabled} }

// add takes a group that waits, and packs those that have waited for the longest time when memory is wanted. A group that has
// its place already keeps it.
func (i *idles) add(t *Tracker, g *transaction.Group) {
	switch {
	case i.never || g.Idle:
		return
	case i.immediate:
		t.store(g)
		return
	}
	if i.n == len(i.ring) {
		i.grow()
	}
	i.ring[(i.first+i.n)&(len(i.ring)-1)] = idleGroup{g, g.Use}
	i.n++
	g.Idle = true
	for i.n > 0 && t.Ledger.Busy > t.packAbove() {
		i.packOldest(t)
	}
}

// grow makes room: it drops the groups that have ended, and doubles the list when those were less than half of it.
func (i *idles) grow() {
	kept := make([]idleGroup, 0, max(16, 2*len(i.ring)))
	for n := range i.n {
		if e := i.ring[(i.first+n)&(len(i.ring)-1)]; e.group.Use == e.use {
			kept = append(kept, e)
		}
	}
	i.first, i.n = 0, len(kept)
	if 2*i.n < len(i.ring) {
		clear(i.ring)
		copy(i.ring, kept)
		return
	}
	i.ring = kept[:cap(kept)]
}

// packOldest takes out the group that has been here for the longest time, and packs it if it still waits.
func (i *idles) packOldest(t *Tracker) {
	entry := i.ring[i.first]
	i.ring[i.first] = idleGroup{}
	i.first = (i.first + 1) & (len(i.ring) - 1)
	i.n--
	if g := entry.group; g.Use == entry.use {
		g.Idle = false
		if g.Waits() {
			t.store(g)
		}
	}
}

// packAll packs at once what waits.
func (i *idles) packAll(t *Tracker) {
	for i.n > 0 {
		i.packOldest(t)
	}
}
