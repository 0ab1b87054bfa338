package session

import (
	"time"

	"sipspan/internal/wire"
	"sipspan/record"
	"sipspan/session/stats"
	"sipspan/session/store"
)

// goesOn reports whether a call has not ended: it waits for its answer, for its BYE and the response to that, or for the caller
// to send credentials.
func (t *Tracker) goesOn(c *call) bool {
	if c.bye != 0 && c.byeDone == 0 {
		return true
	}
	d := t.calls.disposition(c, capturedToTheEnd, t.Now)
	return d == record.InProgress || d == record.AuthFailed && !c.challenged
}

// forget removes a group without a record.
func (t *Tracker) forget(g *group) {
	for len(g.requests) > 0 {
		r := g.requests[0]
		r.call = nil
		t.removeRequest(r)
	}
	t.calls.releaseCall(callIn(g), t.Now)
	t.settle(g)
}

// Resume takes up a session that another tracker has handed on: its record says that the capture was restarted. It reports
// false for what it cannot read, such as what another version has packed. It is called before the first message.
func (t *Tracker) Resume(s *store.Kept) bool {
	g := t.blankGroup()
	if !t.unpack(s.Packed, g) || g.call == nil && len(g.subscriptions) == 0 && !g.buried && !registers(g) {
		return false
	}
	g.hash = wire.TableHash([]byte(g.callID))
	g.origin = 0 // of another run
	if len(g.subscriptions) > 0 {
		t.resumeSubscription(g, s)
		return true
	}
	if c := callIn(g); c != nil && s.Written {
		t.SkipNumber(c.number)
		t.calls.recycleCall(c) // nothing of it was counted yet
		g.call, g.buried = nil, true
	}
	if g.call == nil && !g.buried {
		t.settle(t.joined(g, s.Gap))
		return true
	}
	if g.call == nil {
		t.resumeEnded(g, s.Gap)
		return true
	}
	c := callIn(g)
	g = t.joined(g, s.Gap)
	t.SkipNumber(c.number)
	t.Enter(g)
	if c.active {
		t.Counters.CallsActive++
	}
	t.Evidence.Count(c.evidence, c.raw, c.closing)
	c.flags |= record.Restart
	c.gap += s.Gap
	c.endNoted = false // not in this run
	c.interval = 0     // it may have been refreshed meanwhile
	announced := c.confirmed() || c.provisional != 0
	// The correlator of this run knows nothing of the call.
	c.link.id = 0
	c.link.announced, c.link.holds, c.link.resumed, c.link.outcome = 0, 0, 0, 0
	if announced {
		t.calls.announceLeg(c, c.last)
	}
	t.settle(g)
	return true
}

// joined puts what was unpacked into the group of its Call-ID, if there is one with room for it, and takes up its requests.
func (t *Tracker) joined(g *group, gap time.Duration) *group {
	t.resumeRequests(g, gap)
	other, waits := t.groups.find(g.hash, []byte(g.callID))
	if waits != 0 {
		other = t.thaw(g.hash, waits)
	}
	if other == nil || other.call != nil && g.call != nil || other.shared || g.shared {
		t.groups.add(g)
		return g
	}
	for i, r := range g.requests {
		r.group = other
		other.requests, other.keys = append(other.requests, r), append(other.keys, g.keys[i])
	}
	other.nextDeadline = min(other.nextDeadline, g.nextDeadline)
	for _, s := range subscriptionsIn(g) {
		s.group = other
		other.subscriptions = append(other.subscriptions, s)
	}
	if c := callIn(g); c != nil {
		c.group, other.call, other.buried, other.numbers = other, c, false, g.numbers
	}
	t.recycleGroup(g)
	return other
}

// resumeRequests takes up the requests of a group.
func (t *Tracker) resumeRequests(g *group, gap time.Duration) {
	for _, r := range g.requests {
		r.gap += gap
		// A REGISTER or SUBSCRIBE may have been answered, or sent again with credentials, while the program was not running.
		r.proved = r.proved || r.progress != done && (r.role == roleRegister || r.role == roleSubscribe)
		t.Evidence.Count(r.evidence, r.raw)
		store.Enqueue(&t.requests, r)
		t.Counters.Tracked[stats.TableTransactions]++
		r.flags |= record.Restart
		if r.progress == waiting && r.role != roleInvite {
			lastSeen := r.start
			if g.call != nil {
				lastSeen = max(callIn(g).last, r.start)
			}
			r.lost, r.gaveUp = true, lastSeen // the response may have come meanwhile
		}
	}
}

// resumeEnded takes up what recognises the repeated messages of a call that was written. The time for which the program was not
// running does not count.
func (t *Tracker) resumeEnded(g *group, gap time.Duration) {
	if busy, waits := t.groups.find(g.hash, []byte(g.callID)); busy != nil || waits != 0 {
		t.recycleGroup(g) // there is another call under the Call-ID
		return
	}
	t.groups.add(g)
	g.nextDeadline = never
	for _, r := range g.requests {
		r.call, r.progress = nil, done // what there is to say of it was said
		if r.deadline == never {
			r.deadline = r.start + int64(t.Config.Linger)
		}
		r.deadline += int64(gap)
		g.nextDeadline = min(g.nextDeadline, r.deadline)
	}
	t.resumeRequests(g, gap)
	t.settle(g)
}
