package session

import (
	"slices"
	"time"

	"sipspan/internal/wire"
	"sipspan/record"
	"sipspan/session/stats"
	"sipspan/session/store"
	"sipspan/session/subscription"
	"sipspan/session/transaction"
)

// forget removes a group without a record.
func (t *Tracker) forget(g *transaction.Group) {
	for len(g.Requests) > 0 {
		r := g.Requests[0]
		r.Call = nil
		t.removeRequest(r)
	}
	t.calls.Release(g)
	t.settle(g)
}

// Resume takes up a session that another tracker has handed on: its record says that the capture was restarted. It reports
// false for what it cannot read, such as what another version has packed. It is called before the first message.
func (t *Tracker) Resume(s *store.Kept) bool {
	g := t.blankGroup()
	if !t.unpack(s.Packed, g) || g.Call == nil && len(g.Subscriptions) == 0 && !g.Buried && !registers(g) {
		return false
	}
	g.Hash = wire.TableHash([]byte(g.CallID))
	g.Origin = 0 // of another run
	if len(g.Subscriptions) > 0 {
		t.resumeSubscription(g, s)
		return true
	}
	if g.Call != nil && s.Written {
		t.calls.Discard(g)
	}
	switch {
	case g.Call == nil && !g.Buried:
		t.settle(t.joined(g, s.Gap))
	case g.Call == nil:
		t.resumeEnded(g, s.Gap)
	default:
		g = t.joined(g, s.Gap)
		t.calls.Resume(g, s.Gap)
		t.settle(g)
	}
	return true
}

// resumeSubscription takes up the subscription of a group that was unpacked.
func (t *Tracker) resumeSubscription(g *transaction.Group, k *store.Kept) {
	s := g.Subscriptions[0].(*subscription.Subscription)
	t.SkipNumber(s.Number())
	if k.Written {
		for _, r := range g.Requests {
			r.Subscription = nil
		}
		g.Subscriptions = g.Subscriptions[:0]
		g.Buried = true
		t.resumeEnded(g, k.Gap)
		return
	}
	g = t.joined(g, k.Gap)
	t.subscriptions.Resume(s, k.Gap)
	t.settle(g)
}

// joined puts what was unpacked into the group of its Call-ID, if there is one with room for it, and takes up its requests.
func (t *Tracker) joined(g *transaction.Group, gap time.Duration) *transaction.Group {
	t.resumeRequests(g, gap)
	other, waits := t.groups.find(g.Hash, []byte(g.CallID))
	if waits != 0 {
		other = t.thaw(g.Hash, waits)
	}
	if other == nil || other.Call != nil && g.Call != nil || other.Shared || g.Shared {
		t.groups.add(g)
		return g
	}
	for i, r := range g.Requests {
		r.Group = other
		other.Requests, other.Keys = append(other.Requests, r), append(other.Keys, g.Keys[i])
	}
	other.NextDeadline = min(other.NextDeadline, g.NextDeadline)
	for _, s := range subscription.In(g) {
		s.Group = other
		other.Subscriptions = append(other.Subscriptions, s)
	}
	if g.Call != nil {
		t.calls.Move(g, other)
		other.Buried, other.Numbers = false, g.Numbers
	}
	t.recycleGroup(g)
	return other
}

// resumeRequests takes up the requests of a group.
func (t *Tracker) resumeRequests(g *transaction.Group, gap time.Duration) {
	for _, r := range g.Requests {
		r.Gap += gap
		// A REGISTER or SUBSCRIBE may have been answered, or sent again with credentials, while the program was not running.
		r.Proved = r.Proved || r.Progress != transaction.Done && (r.Role == transaction.RoleRegister || r.Role == transaction.RoleSubscribe)
		t.Evidence.Count(r.Evidence, r.Raw)
		store.Enqueue(&t.Requests, r)
		t.Counters.Tracked[stats.TableTransactions]++
		r.Flags |= record.Restart
		if r.Progress == transaction.Waiting && r.Role != transaction.RoleInvite {
			r.Lost, r.GaveUp = true, t.calls.LastSeen(g, r.Start) // the response may have come meanwhile
		}
	}
}

// resumeEnded takes up what recognises the repeated messages of a call that was written. The time for which the program was not
// running does not count.
func (t *Tracker) resumeEnded(g *transaction.Group, gap time.Duration) {
	if busy, waits := t.groups.find(g.Hash, []byte(g.CallID)); busy != nil || waits != 0 {
		t.recycleGroup(g) // there is another call under the Call-ID
		return
	}
	t.groups.add(g)
	g.NextDeadline = transaction.Never
	for _, r := range g.Requests {
		r.Call, r.Progress = nil, transaction.Done // what there is to say of it was said
		if r.Deadline == transaction.Never {
			r.Deadline = r.Start + int64(t.Config.Linger)
		}
		r.Deadline += int64(gap)
		g.NextDeadline = min(g.NextDeadline, r.Deadline)
	}
	t.resumeRequests(g, gap)
	t.settle(g)
}

// Pack hands on all calls and subscriptions in packed form, and changes nothing: the program may be killed before the next time. The bytes are
// borrowed until save returns.
func (t *Tracker) Pack(save func(number uint64, packed []byte)) {
	t.arrivals.Each(func(ref store.Ref) {
		if ref.Waits() {
			packed := t.groups.waiting.Packed(ref)
			save(packedNumber(packed), packed)
			return
		}
		g := t.groups.busy[ref.Place()]
		if packed, fits := t.pack(g, nil); fits {
			save(t.calls.Number(g), packed)
		}
	})
	t.subscriptions.Open.Each(func(ref store.Ref) {
		if ref.Waits() {
			packed := t.groups.waiting.Packed(ref)
			save(packedNumber(packed), packed)
		}
	})
	t.eachSubscription(func(s *subscription.Subscription) {
		if packed, fits := t.pack(s.Group, s); fits {
			save(s.Number(), packed)
		}
	})
}

// noteEnded hands on what has ended in a group, as far as was seen, and a call that goes on after all.
func (t *Tracker) noteEnded(g *transaction.Group) {
	for _, s := range subscription.In(g) {
		if !s.NoteEnd() {
			continue
		}
		if packed, fits := t.pack(g, s); fits {
			t.Ended(s.Number(), packed)
		}
	}
	if !t.calls.NoteEnd(g) {
		return
	}
	if packed, fits := t.pack(g, nil); fits {
		t.Ended(t.calls.Number(g), packed)
	}
}

// eachSubscription calls f with the subscriptions of a tracker that are not packed, in no special order. f may end them.
func (t *Tracker) eachSubscription(f func(*subscription.Subscription)) {
	for _, g := range t.groups.busy {
		if g == nil {
			continue
		}
		for i := len(g.Subscriptions) - 1; i >= 0; i-- {
			f(g.Subscriptions[i].(*subscription.Subscription))
		}
	}
}

// suspendSubscriptions hands on the subscriptions that have not ended, and forgets them without a record.
func (t *Tracker) suspendSubscriptions(save func(number uint64, packed []byte)) {
	t.eachSubscription(func(s *subscription.Subscription) { t.suspendSubscription(s, save) })
	var waiting []store.Ref
	t.subscriptions.Open.Each(func(ref store.Ref) {
		if ref.Waits() {
			waiting = append(waiting, ref)
		}
	})
	for _, ref := range waiting {
		t.suspendSubscription(t.thawRef(ref).Subscriptions[0].(*subscription.Subscription), save)
	}
}

// suspendSubscription hands on a subscription, unless it has ended.
func (t *Tracker) suspendSubscription(s *subscription.Subscription, save func(number uint64, packed []byte)) {
	if s.HasEnded() {
		return
	}
	g := s.Group
	packed, fits := t.pack(g, s)
	if !fits {
		return
	}
	save(s.Number(), packed)
	for i := len(g.Requests) - 1; i >= 0; i-- {
		if r := g.Requests[i]; subscription.Of(r) == s {
			r.Subscription = nil
			t.removeRequest(r)
		}
	}
	t.subscriptions.Release(s)
	t.settle(g)
}

// Suspend hands on, in packed form, the calls and subscriptions that have not ended, and forgets them without a record: another
// tracker takes them up by Resume. Of the calls that have ended it writes the records, and hands on what recognises their messages when
// they are repeated. It is called when the last message was handled, before Close writes all that is left. The bytes are
// borrowed until save returns.
func (t *Tracker) Suspend(save func(number uint64, packed []byte)) {
	t.order.placeAll()
	t.idles.never = true // nothing is packed again meanwhile
	t.suspendSubscriptions(save)
	open, ended := t.openCalls()
	for _, g := range open {
		for len(g.Subscriptions) > 0 { // of these the record is written
			t.subscriptions.End(g.Subscriptions[0].(*subscription.Subscription), t.Now)
		}
		packed, fits := t.pack(g, nil)
		if !fits {
			continue
		}
		save(t.calls.Number(g), packed)
		t.forget(g)
	}
	for _, g := range ended {
		t.calls.End(g, t.Now)
	}
	t.suspendRegisters(save)
	for _, g := range t.groups.busy {
		if g == nil || g.Call != nil || !g.Buried || len(g.Requests) == 0 || len(g.Subscriptions) > 0 {
			continue
		}
		if packed, fits := t.pack(g, nil); fits {
			save(0, packed)
		}
	}
}

// registers reports whether nothing is left of a group but requests, among them a REGISTER that has not come to its end.
func registers(g *transaction.Group) bool {
	return g.Call == nil && len(g.Subscriptions) == 0 && !g.Buried && slices.ContainsFunc(g.Requests, func(r *transaction.Request) bool {
		return r.Role == transaction.RoleRegister && r.Progress != transaction.Done
	})
}

// suspendRegisters hands on the REGISTER requests that wait for their answer or for credentials, and forgets them.
func (t *Tracker) suspendRegisters(save func(number uint64, packed []byte)) {
	for _, g := range t.groups.busy {
		if g == nil || !registers(g) {
			continue
		}
		packed, fits := t.pack(g, nil)
		if !fits {
			continue
		}
		save(0, packed)
		for len(g.Requests) > 0 {
			t.removeRequest(g.Requests[0])
		}
		t.settle(g)
	}
}

// openCalls returns the groups whose call has not ended and those whose call has, in the order of their arrival.
func (t *Tracker) openCalls() (open, ended []*transaction.Group) {
	t.arrivals.Each(func(ref store.Ref) {
		if ref.Waits() {
			ref = t.thawRef(ref).Ref
		}
		if g := t.groups.busy[ref.Place()]; t.calls.GoesOn(g) {
			open = append(open, g)
		} else {
			ended = append(ended, g)
		}
	})
	return open, ended
}

// OpenCall is a call that is open when the capture ends, see Tracker.OpenCalls.
type OpenCall struct {
	// At is the packet time at which its record is finished.
	At int64
	// Order is record.IDHash of its record: records of one time are handed on in this order.
	Order   uint64
	tracker *Tracker
	ref     store.Ref
}

// Calls returns how many calls the tracker follows.
func (t *Tracker) Calls() int { return t.arrivals.Len() }

// OpenCalls appends the calls that are open when the capture ends, after the last message and before Close. Everything that
// their records may depend on is announced then, so that the calls of several trackers can be finished in the order of their
// records, and nobody needs to hold all of these at one time.
func (t *Tracker) OpenCalls(now int64, open []OpenCall) []OpenCall {
	t.Advance(now)
	t.order.placeAll()
	t.idles.never = true // none of them is packed again meanwhile
	t.arrivals.Each(func(ref store.Ref) {
		order := t.groups.waiting.Tag(ref)
		if order == 0 {
			if ref.Waits() {
				ref = t.thawRef(ref).Ref
			}
			g := t.groups.busy[ref.Place()]
			t.calls.Announced(g, t.Now)
			order = t.calls.ClosingOrder(g)
		}
		open = append(open, OpenCall{t.Now, order, t, ref})
	})
	return open
}

// Finish writes the call as Close would.
func (o *OpenCall) Finish() {
	t, ref := o.tracker, o.ref
	if ref.Waits() {
		ref = t.thawRef(ref).Ref
	}
	g := t.groups.busy[ref.Place()]
	t.calls.End(g, t.Now)
	t.settle(g)
}
