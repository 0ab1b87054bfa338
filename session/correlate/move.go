package correlate

import "sipspan/session/link"

// An element that has put itself between two calls may let the media go from end to end: then a re-INVITE or UPDATE of its
// own carries to the one side where the other wants them. That ties two legs whose numbers a dial plan has changed.

// owners holds open calls by where their sides want media, from the first time that one is asked for on: nil before.
type owners map[uint64]*ownedMedia

// ownedMedia is where a side of a call said, in its first session description, that it wants media. Those with the same
// key are a list.
type ownedMedia struct {
	leg            *leg
	key            uint64
	side           link.Side
	next, previous *ownedMedia
}

// maxOwners is how many calls with the same address for media are compared.
const maxOwners = 8

// own puts a call among those that are looked up by where its sides want media.
func (t owners) own(l *leg) {
	if l.owners == nil {
		l.tied().owners = new([2]ownedMedia)
	}
	for i, key := range [2]uint64{l.media, l.offered} {
		o := &l.owners[i]
		if key == 0 || o.leg != nil {
			continue
		}
		*o = ownedMedia{leg: l, key: key, side: link.Side(i), next: t[key]}
		if o.next != nil {
			o.next.previous = o
		}
		t[key] = o
	}
}

// disown takes a call out of those.
func (t owners) disown(l *leg) {
	if l.owners == nil {
		return
	}
	for i := range l.owners {
		o := &l.owners[i]
		if o.leg == nil {
			continue
		}
		if o.next != nil {
			o.next.previous = o.previous
		}
		switch {
		case o.previous != nil:
			o.previous.next = o.next
		case o.next != nil:
			t[o.key] = o.next
		default:
			delete(t, o.key)
		}
		*o = ownedMedia{}
	}
}

// relate links a call, one side of which wants its media at another address than before, with the one that owns that address.
func (t owners) relate(l *leg, f *link.Move) {
	o := t.across(l, f)
	if o == nil {
		return
	}
	before, behind := o, l
	if before.start > behind.start {
		before, behind = behind, before
	}
	relatePair(before, behind, "a re-INVITE carries the media address of the one to the other", 0.8)
}

// across returns the one other call whose far end, as seen from the sender of a new address, owns that, nil if there
// is none or more. The sender, not the owner, is the element that both calls go through.
func (t owners) across(l *leg, f *link.Move) (found *leg) {
	sender, n := f.Src.Addr(), 0
	for o := t[f.Media]; o != nil; o = o.next {
		if n++; n > maxOwners {
			return nil
		}
		near, far := o.leg.dst.Addr(), o.leg.src.Addr()
		if o.side == link.CalleeSide {
			near, far = far, near
		}
		if o.leg == l || near != sender || far == sender {
			continue
		}
		if found != nil && found != o.leg {
			return nil
		}
		found = o.leg
	}
	return found
}
