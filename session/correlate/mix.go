package correlate

import (
	"slices"

	"sipspan/record"
	"sipspan/session/link"
)

// A telephone that mixes two calls itself takes both off hold with one key; one that goes to and fro between them puts the
// one on hold as it takes the other off, in whatever order its requests arrive.

// atOnce is how far apart the two requests are that one key sends, in nanoseconds.
const atOnce = int64(1e9)

// resumption is a call that somebody took off hold.
type resumption struct {
	leg *leg
	at  int64
}

// observeMixed takes a call that was taken off hold: if another one was just before, at the same telephone, the two may be
// mixed. Where still others are on hold there, it is a shared line or a trunk.
func (r *relations) observeMixed(l *leg, at int64, f *link.Resume) {
	key := link.Mix(0, f.By.AOR, link.HashAddr(f.Src.Addr()))
	before, ok := r.resumes.get(key)
	r.resumes.put(key, resumption{l, at})
	o := before.leg
	if !ok || o == l || o.closed || at-before.at > atOnce || len(r.holders[f.By.AOR]) > 0 {
		return
	}
	for _, pair := range [][2]*leg{{l, o}, {o, l}} {
		if d := pair[0].dealings(); len(d.mixed) < maxConsult && !slices.Contains(d.mixed, pair[1]) {
			d.mixed = append(d.mixed, pair[1])
		}
	}
}

// judgeMixed marks a call that was taken off hold together with another one, if both went on so.
func (r *relations) judgeMixed(l *leg, at int64) {
	for _, o := range l.deals.mixed {
		mine, other := l.lastHeld(o), o.lastHeld(l)
		if mine == nil || other == nil || l.stepped || o.stepped || l.flawed || o.flawed || !together(l, o, mine.by, max(mine.to, other.to), at) {
			continue
		}
		l.mark(record.ThreeWayCall, observation(min(mine.to, other.to), takenOff), observation(max(mine.to, other.to), takenOff))
		l.relate(related{RelationConference, o.callID, bothGoOn, 0.6})
	}
}

// lastHeld returns the last time on hold of a call that ended at once with one of the other, nil if there is none.
func (l *leg) lastHeld(o *leg) *heldTime {
	for i := len(l.deals.holds) - 1; i >= 0; i-- {
		h := &l.deals.holds[i]
		if h.to != 0 && o.deals != nil && slices.ContainsFunc(o.deals.holds, func(other heldTime) bool {
			return other.by.AOR == h.by.AOR && other.to != 0 && max(other.to-h.to, h.to-other.to) <= atOnce
		}) {
			return h
		}
	}
	return nil
}

// together reports whether two calls of somebody, from a time on, were both up for a while and neither on hold.
func together(a, b *leg, by link.Identity, from, at int64) bool {
	for moved := true; moved; {
		moved = false
		for _, l := range [2]*leg{a, b} {
			if l.deals == nil {
				continue
			}
			for i := range l.deals.holds {
				h := &l.deals.holds[i]
				if !h.by.SameUser(by) || h.from >= from+handling || h.to != 0 && h.to <= from {
					continue
				}
				if h.to == 0 {
					return false
				}
				from, moved = h.to, true
			}
		}
	}
	return a.lasts(from+handling, at) && b.lasts(from+handling, at)
}

// lasts reports whether a call was up at a time, as far as is known at another.
func (l *leg) lasts(until, at int64) bool {
	if end := l.over(); end != 0 {
		return end >= until
	}
	return at >= until
}
