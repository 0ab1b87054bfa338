package session

import (
	"sipspan/session/call"
	"sipspan/session/store"
	"sipspan/session/subscription"
	"sipspan/session/transaction"
)

// AheadOf is how many messages Ahead takes at a time: about as many as a processor fetches lines of memory at once.
const AheadOf = 16

// Ahead looks up what the next messages will touch, several messages at a time: their sessions, and those whose time is
// up when they come. It changes nothing but the time that they take: a session that nothing was seen of for a while has
// left the caches, and a processor waits for the lines of one session one after the other, but for those of several
// sessions at the same time.
type Ahead struct {
	messages int
	at       int64 // time of the last message
	n        int
	groups   [2 * AheadOf]*transaction.Group
	waiting  int
	tables   [AheadOf]*store.Waiting
	refs     [AheadOf]store.Ref
	packed   [AheadOf][]byte
	calls    [2 * AheadOf]*call.Call
	requests [2 * AheadOf]*transaction.Request
	watched  [2 * AheadOf]*subscription.Subscription
	sum      uint64 // of what was read, so that it is
}

// Add notes that a message of the given time, whose Call-ID has the given wire.TableHash, comes next for the tracker. It reports
// false when it has enough.
func (a *Ahead) Add(t *Tracker, at int64, callID uint64) bool {
	if g, waiting := t.groups.first(callID); g != nil {
		a.groups[a.n] = g
		a.n++
	} else if waiting != 0 {
		a.addWaiting(t, waiting)
	}
	if who, deadline, ok := t.timers.Next(); ok && deadline <= at {
		if g, ok := who.(*transaction.Group); ok {
			a.groups[a.n] = g
			a.n++
		}
	}
	a.messages++
	a.at = at
	return a.messages < AheadOf
}

// addWaiting notes a packed session.
func (a *Ahead) addWaiting(t *Tracker, ref store.Ref) {
	a.tables[a.waiting], a.refs[a.waiting] = t.groups.waiting, ref
	a.waiting++
}

// AddDue notes what is due in a tracker up to a time that it is to reach next. It reports false when it has enough.
func (a *Ahead) AddDue(t *Tracker, at int64) bool {
	a.at = at
	t.timers.EachDue(at, func(who any) bool {
		if g, ok := who.(*transaction.Group); ok {
			a.groups[a.n] = g
			a.n++
		}
		return a.n < len(a.groups)
	})
	return a.n < len(a.groups)
}

// AddOpen notes a call that is about to be finished. It reports false when it has enough.
func (a *Ahead) AddOpen(o *OpenCall) bool {
	if o.ref.Waits() {
		a.addWaiting(o.tracker, o.ref)
	} else if g := o.tracker.groups.busy[o.ref.Place()]; g != nil {
		a.groups[a.n] = g
		a.n++
	}
	a.messages++
	a.at = transaction.Never // the record asks for all of it
	return a.messages < AheadOf
}

// Fetch reads what the sessions of the messages noted consist of.
func (a *Ahead) Fetch() {
	sum, n := a.fetchWaiting(), a.n
	for i, g := range a.groups[:n] {
		r := g.Latest
		if r == nil && len(g.Requests) > 0 {
			r = g.Requests[0]
		}
		a.calls[i], a.requests[i] = call.In(g), r
	}
	for i, g := range a.groups[:n] {
		sum += uint64(g.CallID[0]) + uint64(g.Alarm.Deadline) + g.Hash
		if len(g.Keys) > 0 {
			sum += g.Keys[0]
		}
		if c := a.calls[i]; c != nil {
			sum += c.Touch()
		}
		if r := a.requests[i]; r != nil {
			sum += r.Touch()
		}
		a.watched[i] = nil
		if n := len(g.Subscriptions); n > 0 {
			a.watched[i] = g.Subscriptions[n-1].(*subscription.Subscription)
		}
	}
	for i, g := range a.groups[:n] {
		if c := a.calls[i]; c != nil {
			sum += c.TouchParts(a.at)
		}
		for _, r := range g.Requests {
			sum += r.Touch()
		}
		if r := a.requests[i]; r != nil {
			sum += r.TouchParts()
		}
		if s := a.watched[i]; s != nil {
			sum += s.Touch()
		}
	}
	a.sum += sum
	a.messages, a.n, a.waiting = 0, 0, 0
}

// fetchWaiting reads the packed sessions.
func (a *Ahead) fetchWaiting() (sum uint64) {
	for i, table := range a.tables[:a.waiting] {
		a.packed[i] = table.Packed(a.refs[i])
	}
	for _, packed := range a.packed[:a.waiting] {
		for i := 0; i < len(packed); i += store.CacheLine {
			sum += uint64(packed[i])
		}
	}
	return sum
}
