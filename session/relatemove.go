package session

import "sipspan/session/link"

// An element that has put itself between two calls may let the media go from end to end: then a re-INVITE or UPDATE of its
// own carries to the one side where the other wants them. That ties two legs whose numbers a dial plan has changed.

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
func (r *relations) own(l *leg) {
	for i, key := range [2]uint64{l.Media, l.Offered} {
		o := &l.owners[i]
		if key == 0 || o.leg != nil {
			continue
		}
		*o = ownedMedia{leg: l, key: key, side: link.Side(i), next: r.owned[key]}
		if o.next != nil {
			o.next.previous = o
		}
		r.owned[key] = o
	}
}

// disown takes a call out of those.
func (r *relations) disown(l *leg) {
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
			r.owned[o.key] = o.next
		default:
			delete(r.owned, o.key)
		}
		*o = ownedMedia{}
	}
}

// seeMove takes a side of a call that wants its media at another address than before.
func (r *relations) seeMove(l *leg, f *link.Move) {
	if l == nil {
		return
	}
	if l.deals != nil {
		for _, o := range l.deals.consults {
			if o.Offered == f.Media && heldBy(l, o.From) {
				o.music = true
			}
		}
	}
	if !r.cfg.RelatedMedia {
		return
	}
	if r.owned == nil {
		r.owned = make(map[uint64]*ownedMedia)
		for o := r.open.first; o != nil; o = o.next {
			r.own(o)
		}
	}
	o := r.ownerAcross(l, f)
	if o == nil {
		return
	}
	before, behind := o, l
	if before.Start > behind.Start {
		before, behind = behind, before
	}
	relatePair(before, behind, "a re-INVITE carries the media address of the one to the other", 0.8)
}

// ownerAcross returns the one other call whose far end, as seen from the sender of a new address, owns that, nil if there
// is none or more. The sender, not the owner, is the element that both calls go through.
func (r *relations) ownerAcross(l *leg, f *link.Move) (found *leg) {
	sender, n := f.Src.Addr(), 0
	for o := r.owned[f.Media]; o != nil; o = o.next {
		if n++; n > maxOwners {
			return nil
		}
		near, far := o.leg.Dst.Addr(), o.leg.Src.Addr()
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
