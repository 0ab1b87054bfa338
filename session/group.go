package session

import (
	"sipspan/decode/sip"
	"sipspan/session/stats"
	"sipspan/session/store"
)

// maxRequests bounds the requests that one Call-ID keeps in hand at a time.
const maxRequests = 256

// group is everything under one Call-ID.
type group struct {
	callID        string
	keys          []uint64 // of the requests, see requestKey: most questions need no other look at them
	call          *call
	latest        *request   // that a message belonged to last, if it is still there
	nextDeadline  int64      // no request has an earlier deadline
	requests      []*request // in order of sight
	alarm         alarm
	subscriptions []*subscription
	hash          uint64       // of the Call-ID
	ref           store.Ref    // of its place among the busy ones
	buried        bool         // a call under this Call-ID was written lately: what is left of it opens no other
	shared        bool         // other groups have the same Call-ID
	idle          bool         // it has a place in Tracker.idles
	use           uint32       // of this memory
	held          *heldMessage // the first that came ahead, nil if none did
	bytes         int32        // see ledger
	_             [4]byte      // whole lines of the cache
}

// requestKey is what a message shares with the requests it may belong to.
func requestKey(cseq uint32, method sip.Method) uint64 { return uint64(cseq)<<8 | uint64(method) }

func (t *Tracker) newGroup(hash uint64, callID []byte) *group {
	g := t.blankGroup()
	g.callID, g.hash, g.nextDeadline = string(clip(callID)), hash, never
	t.groups.add(g)
	return g
}

func (t *Tracker) blankGroup() *group {
	if n := len(t.freeGroups); n > 0 {
		g := t.freeGroups[n-1]
		t.freeGroups = t.freeGroups[:n-1]
		return g
	}
	return &group{requests: make([]*request, 0, 2), keys: make([]uint64, 0, 2)}
}

// recycleGroup keeps the memory of a group for the next one.
func (t *Tracker) recycleGroup(g *group) {
	t.charge(stats.TableTransactions, &g.bytes, 0)
	*g = group{requests: g.requests[:0], keys: g.keys[:0], subscriptions: g.subscriptions[:0], use: g.use + 1}
	if len(t.freeGroups) < maxFree {
		t.freeGroups = append(t.freeGroups, g)
	}
}

// settle sets the alarm of a group to its first deadline, has it packed in its turn when it only waits, or drops it when nothing is left in
// it: the group is not to be used afterwards. An alarm that is set too early is left as it is: waking up in vain is cheaper
// than moving it with every message.
func (t *Tracker) settle(g *group) {
	if len(g.requests) == 0 && g.call == nil && len(g.subscriptions) == 0 && g.held == nil {
		t.timers.stop(&g.alarm)
		t.groups.remove(g)
		t.recycleGroup(g)
		return
	}
	t.weigh(g)
	if c := g.call; c != nil && c.active == c.endNoted && t.Ended != nil {
		t.noteEnded(g)
	}
	first := g.first()
	if g.alarm.place == 0 || first < g.alarm.deadline {
		t.timers.set(&g.alarm, g, first)
	}
	if g.waits() {
		t.idles.add(t, g)
	}
}

// waits reports whether nothing is left of a group but a call that waits for its next message or its deadline.
func (g *group) waits() bool {
	return g.call != nil && len(g.requests) == 0 && len(g.subscriptions) == 0 && g.held == nil && !g.shared
}

// never is the deadline of what waits for something else.
const never = int64(1<<63 - 1)

func (g *group) first() int64 {
	first := g.nextDeadline
	if g.call != nil {
		first = min(first, g.call.deadline)
	}
	for _, s := range g.subscriptions {
		first = min(first, s.deadline)
	}
	return first
}

// wake implements sleeper: it does what is due in the group. Requests that are done with go last, because the record of a
// call that is due at the same time still asks them.
func (g *group) wake(t *Tracker, at int64) {
	for _, r := range g.requests {
		if r.deadline <= at && r.progress != done {
			t.expireRequest(r, at)
		}
	}
	if c := g.call; c != nil && c.deadline <= at {
		// Messages inside the dialog do not move the deadline by themselves.
		if c.schedule(&t.cfg); c.deadline <= at && !t.goesOnRinging(c, at) {
			t.finishCall(c, at, timeIsUp)
		}
	}
	for i := 0; i < len(g.subscriptions); {
		s := g.subscriptions[i]
		if s.deadline > at {
			i++
			continue
		}
		t.expireSubscription(s, at)
		if i < len(g.subscriptions) && g.subscriptions[i] == s {
			i++
		}
	}
	g.nextDeadline = never
	for i := 0; i < len(g.requests); {
		r := g.requests[i]
		if r.deadline <= at {
			t.expireRequest(r, at)
			if i == len(g.requests) || g.requests[i] != r {
				continue
			}
		}
		g.nextDeadline = min(g.nextDeadline, r.deadline)
		i++
	}
	t.settle(g)
}

// find returns the request that the message is, at this hop or another: the same method, CSeq and From.
func (g *group) find(v *view) *request {
	key := requestKey(v.cseq, v.method)
	for i := len(g.keys) - 1; i >= 0; i-- {
		if g.keys[i] != key {
			continue
		}
		if r := g.requests[i]; r.sender == v.sender {
			g.latest = r
			return r
		}
	}
	return nil
}
