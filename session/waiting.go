package session

import (
	"sipspan/internal/wire"
	"sipspan/session/store"
)

// pack puts a group that waits into its packed form. It is thawed when its next message or its deadline comes.
func (t *Tracker) pack(g *group) {
	c := callIn(g)
	if t.packGroup(g); len(t.unpacked) > maxPacked {
		return
	}
	alarm := store.Alarm{Deadline: g.alarm.Deadline, Order: g.alarm.Order}
	ref, ok := t.groups.waiting.Add(t.packed, alarm, g.arrival, g.closingOrder())
	if !ok {
		return
	}
	t.timers.Stop(&g.alarm)
	t.groups.index.Replace(g.hash, g.ref, ref)
	t.arrivals.Replace(g.arrival, ref)
	t.groups.removeBusy(g)
	t.Evidence.Suspend(c.evidence, c.raw, c.closing)
	t.calls.recycleCall(c)
	t.recycleGroup(g)
}

// packGroup writes the packed form of a group into the workspace.
func (t *Tracker) packGroup(g *group) {
	p := &t.calls.packer
	p.usage, p.table = t.calls, t.Table
	p.Pack(t.unpacked[:0])
	p.group(g)
	t.unpacked = p.Packed()
	p.Pack(t.packed[:0])
	p.head(g)
	t.packed = compress(p.Packed(), t.unpacked)
}

// thaw makes a busy group of a packed one again.
func (t *Tracker) thaw(hash uint64, ref store.Ref) *group {
	g := t.blankGroup()
	alarm, arrival := t.groups.waiting.Alarm(ref)
	g.hash = hash
	t.unpack(t.groups.waiting.Packed(ref), g)
	g.arrival = arrival
	t.groups.waiting.Remove(ref)
	t.groups.addBusy(g)
	t.groups.index.Replace(hash, ref, g.ref)
	t.arrivals.Replace(arrival, g.ref)
	t.timers.Restore(&g.alarm, g, alarm)
	return g
}

// unpack reads a packed session into a blank group. It reports false when the bytes are damaged.
func (t *Tracker) unpack(packed []byte, g *group) bool {
	p := &t.calls.packer
	g.nextDeadline = never
	p.Unpack(packed)
	if p.head(g); p.Failed() {
		return false
	}
	body, err := decompress(t.unpacked, packed[len(packed)-p.Rest():])
	if err != nil {
		return false
	}
	t.unpacked = body
	p.Unpack(body)
	p.usage, p.table = t.calls, t.Table
	p.group(g)
	return !p.Failed() && p.Rest() == 0
}

// due returns what is to be woken next up to a time: among what is busy, and what waits.
func (t *Tracker) due(now int64) (who any, at int64, ok bool) {
	ref, first, waits := t.groups.waiting.First()
	if !waits || first.Deadline > now || t.timers.DueBefore(first) {
		return t.timers.Due(now)
	}
	g := t.thawRef(ref)
	t.timers.Stop(&g.alarm)
	return g, first.Deadline, true
}

// thawRef thaws a group that was not found by its Call-ID.
func (t *Tracker) thawRef(ref store.Ref) *group {
	return t.thaw(wire.TableHash(packedCallID(t.groups.waiting.Packed(ref))), ref)
}

// oldestCall returns the call that has been in the table for the longest time, nil if there is none.
func (t *Tracker) oldestCall() *call {
	switch ref := t.arrivals.First(); {
	case ref == 0:
		return nil
	case ref.Waits():
		return callIn(t.thawRef(ref))
	default:
		return callIn(t.groups.busy[ref.Place()])
	}
}

// callMoved takes the number that a call gets in the table when others have left it.
func (t *Tracker) callMoved(ref store.Ref, arrival uint64) {
	if ref.Waits() {
		t.groups.waiting.Move(ref, arrival)
		return
	}
	t.groups.busy[ref.Place()].arrival = arrival
}
