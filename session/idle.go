package session

import "sipspan/internal/invariants"

// maxIdle is how many groups of a tracker may wait as they are. What waits for a short time only, as most calls of a small
// site do, is not worth packing.
const maxIdle = 128

// idles are the groups that began to wait last. The one that has been here for the longest time is packed when the next one
// comes, if it still waits.
type idles struct {
	ring  []idleGroup
	next  int  // place of the oldest
	never bool // nothing is packed
}

// idleGroup is a group as long as its memory is not used for another one.
type idleGroup struct {
	group *group
	use   uint32
}

// newIdles returns room for maxIdle groups. The checking builds pack at once what waits.
func newIdles() idles {
	if invariants.Enabled {
		return idles{}
	}
	return idles{ring: make([]idleGroup, maxIdle)}
}

// add takes a group that waits. One that has its place already keeps it.
func (i *idles) add(t *Tracker, g *group) {
	switch {
	case g.idle || i.never:
		return
	case len(i.ring) == 0:
		t.pack(g)
		return
	}
	oldest := i.ring[i.next]
	i.ring[i.next] = idleGroup{g, g.use}
	g.idle = true
	i.next = (i.next + 1) % len(i.ring)
	if first := oldest.group; first != nil && first.use == oldest.use {
		first.idle = false
		if first.waits() {
			t.pack(first)
		}
	}
}

// packAll packs at once what waits.
func (i *idles) packAll(t *Tracker) {
	for n := range i.ring {
		entry := i.ring[n]
		i.ring[n] = idleGroup{}
		if g := entry.group; g != nil && g.use == entry.use {
			g.idle = false
			if g.waits() {
				t.pack(g)
			}
		}
	}
}
