package session

import (
	"sipspan/session/stats"
	"sipspan/session/store"
)

// groupTable finds groups by Call-ID, busy ones and packed ones. Call-IDs that share a hash are told apart by themselves.
type groupTable struct {
	index   store.Index
	busy    []*group // by place
	free    []int    // places
	waiting *store.Waiting
}

// find returns the first group of a Call-ID, or the Ref of one that waits; neither if there is none.
func (t *groupTable) find(hash uint64, callID []byte) (*group, store.Ref) {
	for s := t.index.Seek(hash); ; {
		switch ref := t.index.Next(&s); {
		case ref == 0:
			return nil, 0
		case ref.Waits():
			if packedUnder(t.waiting.Packed(ref), callID) {
				return nil, ref
			}
		default:
			if g := t.busy[ref.Place()]; g.hash == hash && g.callID == string(callID) {
				return g, 0
			}
		}
	}
}

// first returns what is looked up first for a hash: a busy group or a packed one, neither if there is none.
func (t *groupTable) first(hash uint64) (*group, store.Ref) {
	s := t.index.Seek(hash)
	ref := t.index.Next(&s)
	if ref == 0 || ref.Waits() {
		return nil, ref
	}
	return t.busy[ref.Place()], 0
}

// next returns the next busy group with the Call-ID of another one, nil after the last.
func (t *groupTable) next(s *store.Search, of *group) *group {
	for {
		ref := t.index.Next(s)
		if ref == 0 {
			return nil
		}
		if !ref.Waits() {
			if g := t.busy[ref.Place()]; g.hash == of.hash && g.callID == of.callID {
				return g
			}
		}
	}
}

// add enters a group.
func (t *groupTable) add(g *group) {
	t.addBusy(g)
	t.index.Add(g.hash, g.ref)
}

// remove takes out a busy group.
func (t *groupTable) remove(g *group) {
	t.index.Remove(g.hash, g.ref)
	t.removeBusy(g)
}

// addBusy gives a group a place among the busy ones.
func (t *groupTable) addBusy(g *group) {
	if n := len(t.free); n > 0 {
		g.ref = store.Busy(t.free[n-1])
		t.free = t.free[:n-1]
		t.busy[g.ref.Place()] = g
		return
	}
	t.busy = append(t.busy, g)
	g.ref = store.Busy(len(t.busy) - 1)
}

func (t *groupTable) removeBusy(g *group) {
	t.busy[g.ref.Place()] = nil
	t.free = append(t.free, g.ref.Place())
	g.ref = 0
}

// MakeRoom writes and forgets the oldest call when the table of calls is full.
func (t *Tracker) MakeRoom() {
	if t.arrivals.Len() < t.Config.MaxCalls {
		return
	}
	oldest := t.oldestCall()
	g := oldest.group
	t.evictCall(oldest)
	t.settle(g)
}

// Enter takes the call of a group into the table of calls.
func (t *Tracker) Enter(g *group) {
	g.arrival = t.arrivals.Add(g.ref, t.callMoved)
	t.Counters.Tracked[stats.TableCalls]++
}

// Leave takes it out again.
func (t *Tracker) Leave(g *group) {
	t.arrivals.Remove(g.arrival)
	t.Counters.Tracked[stats.TableCalls]--
}

// Settle brings a group up to date whose sessions have changed without a message of its own.
func (t *Tracker) Settle(g *group) { t.settle(g) }
