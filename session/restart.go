package session

import (
	"sipspan/internal/wire"
	"sipspan/record"
	"sipspan/session/stats"
	"sipspan/session/store"
)

// Suspend hands on, in packed form, the calls that have not ended, and forgets them without a record: another tracker takes
// them up by Resume. It is called when the last message was handled, before Close writes all that is left. The bytes are
// borrowed until save returns.
func (t *Tracker) Suspend(save func(packed []byte)) {
	t.placeAll()
	for _, g := range t.openCalls() {
		for len(g.subscriptions) > 0 { // their own record is written
			t.closeSubscription(g.subscriptions[0], t.now)
		}
		if t.packGroup(g); len(t.unpacked) > maxPacked {
			continue
		}
		save(t.packed)
		t.forget(g)
	}
}

// openCalls returns the groups whose call has not ended, in the order of their arrival.
func (t *Tracker) openCalls() (open []*group) {
	t.idles.never = true // none of them is packed again meanwhile
	t.calls.Each(func(ref store.Ref) {
		if ref.Waits() {
			ref = t.thawRef(ref).ref
		}
		if g := t.groups.busy[ref.Place()]; t.goesOn(g.call) {
			open = append(open, g)
		}
	})
	return open
}

// goesOn reports whether a call has not ended: it waits for its answer, for its BYE and the response to that, or for the caller
// to send credentials.
func (t *Tracker) goesOn(c *call) bool {
	if c.bye != 0 && c.byeDone == 0 {
		return true
	}
	d := t.disposition(c, capturedToTheEnd, t.now)
	return d == record.InProgress || d == record.AuthFailed && !c.challenged
}

// forget removes a group without a record.
func (t *Tracker) forget(g *group) {
	for len(g.requests) > 0 {
		r := g.requests[0]
		r.call = nil
		t.removeRequest(r)
	}
	t.releaseCall(g.call, t.now)
	t.settle(g)
}

// Resume takes up a call that another tracker has suspended: its record says that the capture was restarted. It reports false
// for what it cannot read, such as what another version has packed. It is called before the first message.
func (t *Tracker) Resume(packed []byte) bool {
	g := t.blankGroup()
	if !t.unpack(packed, g) || g.call == nil {
		return false
	}
	c := g.call
	g.hash = wire.TableHash([]byte(g.callID))
	t.groups.add(g)
	c.arrival = t.calls.Add(g.ref, t.callMoved)
	t.counters.Tracked[stats.TableCalls]++
	if c.active {
		t.counters.CallsActive++
	}
	t.kept.Count(c.evidence, c.raw, c.closing)
	for _, r := range g.requests {
		t.kept.Count(r.evidence, r.raw)
		enqueue(&t.requests, r)
		t.counters.Tracked[stats.TableTransactions]++
		r.flags |= record.Restart
		if r.progress == waiting && r.role != roleInvite {
			r.lost, r.gaveUp = true, max(c.last, r.start) // the response may have come meanwhile
		}
	}
	c.flags |= record.Restart
	c.interval = 0 // it may have been refreshed meanwhile
	announced := c.confirmed() || c.provisional != 0
	// The correlator of this run knows nothing of the call.
	c.link.id = 0
	c.link.announced, c.link.holds, c.link.resumed, c.link.outcome = 0, 0, 0, 0
	if announced {
		t.announceLeg(c, c.last)
	}
	t.settle(g)
	return true
}
