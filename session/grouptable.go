package session

import (
	"sipspan/session/store"
	"sipspan/session/transaction"
)

// groupTable finds groups by Call-ID, busy ones and packed ones. Call-IDs that share a hash are told apart by themselves.
type groupTable struct {
	index   store.Index
	busy    []*transaction.Group // by place
	free    []int                // places
	waiting *store.Waiting
}

// find returns the first group of a Call-ID, or the Ref of one that waits; neither if there is none.
func (t *groupTable) find(hash uint64, callID []byte) (*transaction.Group, store.Ref) {
	for s := t.index.Seek(hash); ; {
		switch ref := t.index.Next(&s); {
		case ref == 0:
			return nil, 0
		case ref.Waits():
			if packedUnder(t.waiting.Packed(ref), callID) {
				return nil, ref
			}
		default:
			if g := t.busy[ref.Place()]; g.Hash == hash && g.CallID == string(callID) {
				return g, 0
			}
		}
	}
}

// first returns what is looked up first for a hash: a busy group or a packed one, neither if there is none.
func (t *groupTable) first(hash uint64) (*transaction.Group, store.Ref) {
	s := t.index.Seek(hash)
	ref := t.index.Next(&s)
	if ref == 0 || ref.Waits() {
		return nil, ref
	}
	return t.busy[ref.Place()], 0
}

// next returns the next busy group with the Call-ID of another one, nil after the last.
func (t *groupTable) next(s *store.Search, of *transaction.Group) *transaction.Group {
	for {
		ref := t.index.Next(s)
		if ref == 0 {
			return nil
		}
		if !ref.Waits() {
			if g := t.busy[ref.Place()]; g.Hash == of.Hash && g.CallID == of.CallID {
				return g
			}
		}
	}
}

// add enters a group.
func (t *groupTable) add(g *transaction.Group) {
	t.addBusy(g)
	t.index.Add(g.Hash, g.Ref)
}

// remove takes out a busy group.
func (t *groupTable) remove(g *transaction.Group) {
	t.index.Remove(g.Hash, g.Ref)
	t.removeBusy(g)
}

// addBusy gives a group a place among the busy ones.
func (t *groupTable) addBusy(g *transaction.Group) {
	if n := len(t.free); n > 0 {
		g.Ref = store.Busy(t.free[n-1])
		t.free = t.free[:n-1]
		t.busy[g.Ref.Place()] = g
		return
	}
	t.busy = append(t.busy, g)
	g.Ref = store.Busy(len(t.busy) - 1)
}

func (t *groupTable) removeBusy(g *transaction.Group) {
	t.busy[g.Ref.Place()] = nil
	t.free = append(t.free, g.Ref.Place())
	g.Ref = 0
}
