package session

import (
	"slices"

	"sipspan/session/store"
)

// Pack hands on all calls and subscriptions in packed form, and changes nothing: the program may be killed before the next time.
// The bytes are borrowed until save returns.
func (t *Tracker) Pack(save func(number uint64, packed []byte)) {
	t.arrivals.Each(func(ref store.Ref) {
		if ref.Waits() {
			packed := t.groups.waiting.Packed(ref)
			save(packedNumber(packed), packed)
			return
		}
		if g := t.groups.busy[ref.Place()]; t.fits(g) {
			save(callIn(g).number, t.packed)
		}
	})
	t.eachSubscription(func(s *subscription) {
		if t.packSubscription(s) {
			save(s.number, t.packed)
		}
	})
}

// fits packs a group into the workspace. It reports false when the group is too large.
func (t *Tracker) fits(g *group) bool {
	t.packGroup(g)
	return len(t.unpacked) <= maxPacked
}

// noteEnded hands on what has ended in a group, as far as was seen, and a call that goes on after all.
func (t *Tracker) noteEnded(g *group) {
	t.noteSubscriptions(g)
	c := callIn(g)
	if c == nil || c.active != c.endNoted {
		return
	}
	c.endNoted = !c.active
	if t.fits(g) {
		t.Ended(c.number, t.packed)
	}
}

// Suspend hands on, in packed form, the calls and subscriptions that have not ended, and forgets them without a record: another
// tracker takes them up by Resume. Of the calls that have ended it writes the records, and hands on what recognises their messages when
// they are repeated. It is called when the last message was handled, before Close writes all that is left. The bytes are
// borrowed until save returns.
func (t *Tracker) Suspend(save func(number uint64, packed []byte)) {
	t.placeAll()
	t.idles.never = true // nothing is packed again meanwhile
	t.suspendSubscriptions(save)
	open, ended := t.openCalls()
	for _, g := range open {
		for len(g.subscriptions) > 0 { // of these the record is written
			t.subscriptions.closeSubscription(g.subscriptions[0].(*subscription), t.Now)
		}
		if !t.fits(g) {
			continue
		}
		save(callIn(g).number, t.packed)
		t.forget(g)
	}
	for _, g := range ended {
		t.calls.finishCall(callIn(g), t.Now, capturedToTheEnd)
	}
	t.suspendRegisters(save)
	for _, g := range t.groups.busy {
		if g != nil && g.call == nil && g.buried && len(g.requests) > 0 && len(g.subscriptions) == 0 && t.fits(g) {
			save(0, t.packed)
		}
	}
}

// registers reports whether nothing is left of a group but requests, among them a REGISTER that has not come to its end.
func registers(g *group) bool {
	return g.call == nil && len(g.subscriptions) == 0 && !g.buried &&
		slices.ContainsFunc(g.requests, func(r *request) bool { return r.role == roleRegister && r.progress != done })
}

// suspendRegisters hands on the REGISTER requests that wait for their answer or for credentials, and forgets them.
func (t *Tracker) suspendRegisters(save func(number uint64, packed []byte)) {
	for _, g := range t.groups.busy {
		if g == nil || !registers(g) || !t.fits(g) {
			continue
		}
		save(0, t.packed)
		for len(g.requests) > 0 {
			t.removeRequest(g.requests[0])
		}
		t.settle(g)
	}
}

// openCalls returns the groups whose call has not ended and those whose call has, in the order of their arrival.
func (t *Tracker) openCalls() (open, ended []*group) {
	t.arrivals.Each(func(ref store.Ref) {
		if ref.Waits() {
			ref = t.thawRef(ref).ref
		}
		if g := t.groups.busy[ref.Place()]; t.goesOn(callIn(g)) {
			open = append(open, g)
		} else {
			ended = append(ended, g)
		}
	})
	return open, ended
}
