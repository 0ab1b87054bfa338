package session

import (
	"sipspan/session/shard"
	"sipspan/session/stats"
	"sipspan/session/value"
)

func (t *Tracker) newGroup(hash uint64, callID []byte) *group {
	g := t.blankGroup()
	g.callID, g.hash, g.nextDeadline = string(value.Clip(callID)), hash, never
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
	t.Charge(stats.TableTransactions, &g.bytes, 0)
	*g = group{requests: g.requests[:0], keys: g.keys[:0], subscriptions: g.subscriptions[:0], use: g.use + 1}
	if len(t.freeGroups) < shard.MaxFree {
		t.freeGroups = append(t.freeGroups, g)
	}
}

// settle sets the alarm of a group to its first deadline, has it packed in its turn when it only waits, or drops it when nothing is left in
// it: the group is not to be used afterwards. An alarm that is set too early is left as it is: waking up in vain is cheaper
// than moving it with every message.
func (t *Tracker) settle(g *group) {
	if len(g.requests) == 0 && g.call == nil && len(g.subscriptions) == 0 && g.held == nil {
		t.timers.Stop(&g.alarm)
		t.groups.remove(g)
		t.recycleGroup(g)
		return
	}
	t.weigh(g)
	if t.Ended != nil {
		t.noteEnded(g)
	}
	first := g.first()
	if !g.alarm.IsSet() || first < g.alarm.Deadline {
		t.timers.Set(&g.alarm, g, first)
	}
	if g.waits() {
		t.idles.add(t, g)
	}
}

// wakeGroup does what is due in the group. Requests that are done with go last, because the record of a
// call that is due at the same time still asks them.
func (t *Tracker) wakeGroup(g *group, at int64) {
	for _, r := range g.requests {
		if r.deadline <= at && r.progress != done {
			t.expireRequest(r, at)
		}
	}
	if c := callIn(g); c != nil && c.deadline <= at {
		// Messages inside the dialog do not move the deadline by themselves.
		if c.schedule(&t.Config); c.deadline <= at && !t.calls.goesOnRinging(c, at) {
			t.calls.finishCall(c, at, timeIsUp)
		}
	}
	for i := 0; i < len(g.subscriptions); {
		s := g.subscriptions[i]
		if s.Due() > at {
			i++
			continue
		}
		t.subscriptions.expireSubscription(s.(*subscription), at)
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
