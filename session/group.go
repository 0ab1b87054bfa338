package session

import (
	"bytes"
	"time"

	"sipspan/decode/sip"
	"sipspan/internal/wire"
	"sipspan/session/shard"
	"sipspan/session/stats"
	"sipspan/session/store"
	"sipspan/session/subscription"
	"sipspan/session/transaction"
	"sipspan/session/value"
)

func (t *Tracker) newGroup(hash uint64, callID []byte) *transaction.Group {
	g := t.blankGroup()
	g.CallID, g.Hash, g.NextDeadline = string(value.Clip(callID)), hash, transaction.Never
	t.groups.add(g)
	return g
}

func (t *Tracker) blankGroup() *transaction.Group {
	if n := len(t.freeGroups); n > 0 {
		g := t.freeGroups[n-1]
		t.freeGroups = t.freeGroups[:n-1]
		return g
	}
	return &transaction.Group{Requests: make([]*transaction.Request, 0, 2), Keys: make([]uint64, 0, 2)}
}

// recycleGroup keeps the memory of a group for the next one.
func (t *Tracker) recycleGroup(g *transaction.Group) {
	t.Charge(stats.TableTransactions, &g.Bytes, 0)
	*g = transaction.Group{Requests: g.Requests[:0], Keys: g.Keys[:0], Subscriptions: g.Subscriptions[:0], Use: g.Use + 1}
	if len(t.freeGroups) < shard.MaxFree {
		t.freeGroups = append(t.freeGroups, g)
	}
}

// settle sets the alarm of a group to its first deadline, has it packed in its turn when it only waits, or drops it when nothing is left in
// it: the group is not to be used afterwards. An alarm that is set too early is left as it is: waking up in vain is cheaper
// than moving it with every message.
func (t *Tracker) settle(g *transaction.Group) {
	if len(g.Requests) == 0 && g.Call == nil && len(g.Subscriptions) == 0 && g.Held == nil {
		t.timers.Stop(&g.Alarm)
		t.groups.remove(g)
		t.recycleGroup(g)
		return
	}
	t.weigh(g)
	if t.Ended != nil {
		t.noteEnded(g)
	}
	first := g.NextDue()
	if !g.Alarm.IsSet() || first < g.Alarm.Deadline {
		t.timers.Set(&g.Alarm, g, first)
	}
	if g.Waits() {
		t.idles.add(t, g)
	}
}

// wakeGroup does what is due in the group. Requests that are done with go last, because the record of a
// call that is due at the same time still asks them.
func (t *Tracker) wakeGroup(g *transaction.Group, at int64) {
	for _, r := range g.Requests {
		if r.Deadline <= at && r.Progress != transaction.Done {
			t.expireRequest(r, at)
		}
	}
	t.calls.Expire(g, at)
	for i := 0; i < len(g.Subscriptions); {
		s := g.Subscriptions[i]
		if s.Due() > at {
			i++
			continue
		}
		t.subscriptions.Expire(s.(*subscription.Subscription), at)
		if i < len(g.Subscriptions) && g.Subscriptions[i] == s {
			i++
		}
	}
	g.NextDeadline = transaction.Never
	for i := 0; i < len(g.Requests); {
		r := g.Requests[i]
		if r.Deadline <= at {
			t.expireRequest(r, at)
			if i == len(g.Requests) || g.Requests[i] != r {
				continue
			}
		}
		g.NextDeadline = min(g.NextDeadline, r.Deadline)
		i++
	}
	t.settle(g)
}

// MakeRoom writes and forgets the call that has been idle for the longest time when the table of calls is full.
func (t *Tracker) MakeRoom() {
	if t.arrivals.Len() < t.Config.MaxCalls {
		return
	}
	g := t.oldestCall()
	t.calls.Evict(g)
	t.settle(g)
}

// Enter takes the call of a group into the table of calls.
func (t *Tracker) Enter(g *transaction.Group) {
	g.Arrival, g.Renewed = t.arrivals.Add(g.Ref, t.callMoved), t.Now
	t.Counters.Tracked[stats.TableCalls]++
}

// renewAfter is how long the messages of a call leave it where it stands in the order of idleness, in nanoseconds.
const renewAfter = int64(time.Second)

// renew makes the call of a message, or the only subscription of its group, the one that was idle for the shortest time.
func (t *Tracker) renew(g *transaction.Group) {
	if t.Now < g.Renewed+renewAfter {
		return
	}
	if g.Call != nil {
		g.Arrival, g.Renewed = t.arrivals.Renew(g.Arrival, g.Ref, t.callMoved), t.Now
	}
	if len(g.Subscriptions) == 1 {
		s := g.Subscriptions[0].(*subscription.Subscription)
		s.Arrival, g.Renewed = t.subscriptions.Open.Renew(s.Arrival, g.Ref, t.SubscriptionMoved), t.Now
	}
}

// Leave takes it out again.
func (t *Tracker) Leave(g *transaction.Group) {
	t.arrivals.Remove(g.Arrival)
	t.Counters.Tracked[stats.TableCalls]--
}

// Settle brings a group up to date whose sessions have changed without a message of its own.
func (t *Tracker) Settle(g *transaction.Group) { t.settle(g) }

// packAbove is from how many bytes of busy sessions on those that wait are packed.
func (t *Tracker) packAbove() int { return t.Config.Budget.Busy / 2 }

// store puts a group that waits into its packed form. It is thawed when its next message or its deadline comes.
func (t *Tracker) store(g *transaction.Group) {
	alarm := store.Alarm{Deadline: g.Alarm.Deadline, Order: g.Alarm.Order}
	var ref store.Ref
	var ok bool
	if g.Call != nil {
		ref, ok = t.storeCall(g, alarm)
	} else {
		ref, ok = t.storeSubscription(g, alarm)
	}
	if !ok {
		return
	}
	t.timers.Stop(&g.Alarm)
	t.groups.index.Replace(g.Hash, g.Ref, ref)
	t.groups.removeBusy(g)
	t.recycleGroup(g)
}

func (t *Tracker) storeCall(g *transaction.Group, alarm store.Alarm) (ref store.Ref, ok bool) {
	packed, fits := t.pack(g, nil)
	if !fits {
		return 0, false
	}
	if ref, ok = t.groups.waiting.Add(packed, alarm, g.Arrival, t.calls.ClosingOrder(g)); ok {
		t.arrivals.Replace(g.Arrival, ref)
		t.calls.Recycle(g)
	}
	return ref, ok
}

func (t *Tracker) storeSubscription(g *transaction.Group, alarm store.Alarm) (ref store.Ref, ok bool) {
	s := g.Subscriptions[0].(*subscription.Subscription)
	packed, fits := t.pack(g, s)
	if !fits {
		return 0, false
	}
	if ref, ok = t.groups.waiting.Add(packed, alarm, s.Arrival, 0); ok {
		t.subscriptions.Open.Replace(s.Arrival, ref)
		t.subscriptions.Recycle(s)
		t.packedSubscriptions += len(packed)
	}
	return ref, ok
}

// thaw makes a busy group of a packed one again.
func (t *Tracker) thaw(hash uint64, ref store.Ref) *transaction.Group {
	g := t.blankGroup()
	alarm, arrival := t.groups.waiting.Alarm(ref)
	g.Hash = hash
	packed := t.groups.waiting.Packed(ref)
	t.unpack(packed, g)
	t.groups.addBusy(g)
	t.groups.index.Replace(hash, ref, g.Ref)
	if g.Call != nil {
		g.Arrival = arrival
		t.arrivals.Replace(arrival, g.Ref)
	} else {
		t.subscriptions.Thawed(g.Subscriptions[0].(*subscription.Subscription), arrival)
		t.subscriptions.Open.Replace(arrival, g.Ref)
		t.packedSubscriptions -= len(packed)
	}
	t.groups.waiting.Remove(ref)
	t.timers.Restore(&g.Alarm, g, alarm)
	return g
}

// due returns what is to be woken next up to a time: among what is busy, and what waits.
func (t *Tracker) due(now int64) (who any, at int64, ok bool) {
	ref, first, waits := t.groups.waiting.First()
	if !waits || first.Deadline > now || t.timers.DueBefore(first) {
		return t.timers.Due(now)
	}
	g := t.thawRef(ref)
	t.timers.Stop(&g.Alarm)
	return g, first.Deadline, true
}

// thawRef thaws a group that was not found by its Call-ID.
func (t *Tracker) thawRef(ref store.Ref) *transaction.Group {
	return t.thaw(wire.TableHash(packedCallID(t.groups.waiting.Packed(ref))), ref)
}

// oldestCall returns the group of the call that has been idle for the longest time, to a second; nil if there is none.
func (t *Tracker) oldestCall() *transaction.Group {
	switch ref, _ := t.arrivals.First(); {
	case ref == 0:
		return nil
	case ref.Waits():
		return t.thawRef(ref)
	default:
		return t.groups.busy[ref.Place()]
	}
}

// callMoved takes the number that a call gets in the table when others have left it.
func (t *Tracker) callMoved(ref store.Ref, _, to uint64) {
	if ref.Waits() {
		t.groups.waiting.Move(ref, to)
		return
	}
	t.groups.busy[ref.Place()].Arrival = to
}

// OldestSubscription returns the subscription that has been idle for the longest time, to a second; nil if there is none. One of
// several in a group counts from when it was opened.
func (t *Tracker) OldestSubscription() *subscription.Subscription {
	ref, arrival := t.subscriptions.Open.First()
	switch {
	case ref == 0:
		return nil
	case ref.Waits():
		return t.thawRef(ref).Subscriptions[0].(*subscription.Subscription)
	}
	return subscription.Numbered(t.groups.busy[ref.Place()], arrival)
}

// SubscriptionMoved takes the number that the subscription of a group gets among the open ones when others have left.
func (t *Tracker) SubscriptionMoved(ref store.Ref, from, to uint64) {
	if ref.Waits() {
		t.groups.waiting.Move(ref, to)
		return
	}
	subscription.Numbered(t.groups.busy[ref.Place()], from).Arrival = to
}

// ownGroup returns the group of a message among those that share its Call-ID: the one that knows a tag of it, else the
// first.
func (t *Tracker) ownGroup(first *transaction.Group, v *transaction.View) *transaction.Group {
	s := t.groups.index.Seek(first.Hash)
	for g := t.groups.next(&s, first); g != nil; g = t.groups.next(&s, first) {
		if t.knows(g, v) {
			return g
		}
	}
	return first
}

// sharing returns how many groups have the Call-ID of one.
func (t *Tracker) sharing(of *transaction.Group) (n int) {
	s := t.groups.index.Seek(of.Hash)
	for g := t.groups.next(&s, of); g != nil; g = t.groups.next(&s, of) {
		n++
	}
	return n
}

// knows reports whether a message has a tag of something in the group.
func (t *Tracker) knows(g *transaction.Group, v *transaction.View) bool {
	to := value.HashTag(v.ToTag)
	for _, r := range g.Requests {
		if r.Sender == v.Sender || r.Sender == to {
			return true
		}
	}
	if t.calls.Knows(g, v) {
		return true
	}
	for _, s := range subscription.In(g) {
		if tag := s.Text.Of(s.SubscriberTag); bytes.Equal(tag, value.Clip(v.FromTag)) || bytes.Equal(tag, value.Clip(v.ToTag)) {
			return true
		}
	}
	return false
}

// parted returns the group for a message: another than g for an INVITE of a stranger.
func (t *Tracker) parted(g *transaction.Group, v *transaction.View) *transaction.Group {
	if v.Method != sip.INVITE || len(v.ToTag) > 0 || v.Message.Method != sip.INVITE || !v.Message.Request || !t.calls.IsStrange(g, v) || g.Find(v) != nil {
		return g
	}
	if g.Shared && t.sharing(g) >= maxStrangers {
		return g
	}
	other := t.newGroup(g.Hash, []byte(g.CallID))
	g.Shared, other.Shared = true, true
	return other
}

// maxStrangers bounds the groups under one Call-ID, all of which a message may belong to. Further callers are taken for legs
// of the first one: who sends so many has chosen the Call-ID to be shared.
const maxStrangers = 16

// pack returns the packed form of a group: of its call, or of one subscription where that is given; valid until the next one.
// It reports false when that would be too large.
func (t *Tracker) pack(g *transaction.Group, only *subscription.Subscription) (packed []byte, fits bool) {
	p := &t.packer
	p.tracker, p.Table, p.only = t, t.Table, only
	p.Pack(t.unpacked[:0])
	p.group(g)
	t.unpacked = p.Packed()
	p.Pack(t.packed[:0])
	p.head(g)
	t.packed = compress(p.Packed(), t.unpacked)
	p.only = nil
	return t.packed, len(t.unpacked) <= maxPacked
}

// unpack reads a packed session into a blank group. It reports false when the bytes are damaged.
func (t *Tracker) unpack(packed []byte, g *transaction.Group) bool {
	p := &t.packer
	p.tracker, p.Table = t, t.Table
	g.NextDeadline = transaction.Never
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
	p.group(g)
	return !p.Failed() && p.Rest() == 0
}
