package session

import (
	"sipspan/decode/sip"
	"sipspan/internal/wire"
	"sipspan/session/shard"
	"sipspan/session/stats"
	"sipspan/session/store"
	"sipspan/session/value"
)

// Tracker follows the sessions of one shard. See the package comment for what it promises.
type Tracker struct {
	*Table
	calls         *CallUsage
	subscriptions *SubscriptionUsage
	bindings      *BindingUsage

	*memory
	timers   store.Timers[any]
	groups   groupTable
	callIDs  stats.CallIDs
	order    order
	arrivals store.Arrivals // of calls, oldest first
	idles    idles
}

// memory is the memory in which a tracker works, and what its groups leave for the next ones. Trackers of one goroutine share it.
type memory struct {
	packed   []byte // the session that is packed
	unpacked []byte // likewise, before it is compressed

	freeGroups []*group
}

// New returns a tracker that counts in c and hands what it finishes to sink. The limits of cfg are its own: see
// Config.Shard.
func New(cfg shard.Config, c *stats.Counters, sink shard.Sink) *Tracker {
	t := &Tracker{Table: NewTable(shard.NewShard(cfg, c, sink)), memory: new(memory)}
	t.calls = NewCallUsage(t.Table, t)
	t.subscriptions = NewSubscriptionUsage(t.Table, t, t.calls)
	t.bindings = NewBindingUsage(t.Table)
	t.callIDs = stats.NewCallIDs(cfg.MaxCallIDs)
	t.idles = newIdles()
	t.groups.waiting = store.NewWaiting()
	return t
}

// ShareWorkspace makes a tracker work in the memory of another, before the first message of either. One goroutine must own
// both.
func (t *Tracker) ShareWorkspace(with *Tracker) {
	t.Table.Share(with.Table)
	t.calls.Share(with.calls)
	t.subscriptions.Share(with.subscriptions)
	t.memory = with.memory
}

// Handle takes the next message in the order of the capture. What was due before it is done first.
func (t *Tracker) Handle(meta *wire.Meta, m *sip.Message) {
	t.Advance(meta.Time)
	t.Counters.CountMessage(meta, m)
	id := m.CallID()
	if len(id) == 0 {
		return
	}
	t.keepWithin(&t.Config.Budget)
	var v view // on the stack
	v.read(meta, m)
	v.late = t.Config.Reorder == 0
	hash := wire.TableHash(id)
	g := t.group(hash, id)
	if m.Count(sip.HeaderCallID) > 1 {
		t.countFurtherCallIDs(m)
	}
	if g.shared {
		g = t.ownGroup(g, &v)
	}
	if g.call != nil {
		g = t.parted(g, &v)
	}
	if g.origin == 0 {
		g.origin = meta.Origin
	}
	if g.held != nil && m.Request {
		t.placeOutrun(g, &v)
	}
	switch {
	case !t.place(g, &v):
		t.hold(g, &v)
	case g.held != nil:
		t.placeHeld(g)
	}
	t.settle(g)
}

// group returns the group of a Call-ID, the first one where several share it, or a new one.
func (t *Tracker) group(hash uint64, id []byte) *group {
	g, waiting := t.groups.find(hash, value.Clip(id))
	switch {
	case g != nil:
		return g
	case waiting != 0:
		return t.thaw(hash, waiting)
	}
	t.countCallID(id)
	return t.newGroup(hash, id)
}

// place takes a message to its session. It reports false, and has changed nothing, when the message came ahead of what it
// answers or follows and may still wait for it.
func (t *Tracker) place(g *group, v *view) bool {
	var placed bool
	if v.m.Request {
		placed = t.request(g, v)
	} else {
		placed = t.response(g, v)
	}
	if placed && g.call != nil {
		callIn(g).observe(v)
		t.calls.tidyCall(callIn(g))
	}
	return placed
}

// Malformed counts a message that could not be parsed.
func (t *Tracker) Malformed(meta *wire.Meta, f sip.Faults) {
	t.Advance(meta.Time)
	f.Each(func(f sip.Fault) { t.Counters.Malformed[f]++ })
}

// Advance does what is due up to now. Times that lie before what was already handled change nothing.
func (t *Tracker) Advance(now int64) {
	if now <= t.Now {
		return
	}
	for {
		who, at, ok := t.due(now)
		if !ok {
			break
		}
		t.Now = max(t.Now, at)
		switch who := who.(type) {
		case *group:
			t.wakeGroup(who, at)
		case *order:
			t.wakeOrder(at)
		}
	}
	t.Now = now
}

// Close writes everything that is still open: as what it came to if that is known, else as in_progress. The tracker is
// empty then.
func (t *Tracker) Close(now int64) {
	t.Advance(now)
	t.placeAll()
	for c := t.oldestCall(); c != nil; c = t.oldestCall() {
		g := c.group
		t.calls.finishCall(c, t.Now, capturedToTheEnd)
		t.settle(g)
	}
	for r := t.requests.First; r != nil; r = t.requests.First {
		g := r.group
		t.closeRequest(r, t.Now)
		t.removeRequest(r)
		t.settle(g)
	}
	for s := t.subscriptions.open.First; s != nil; s = t.subscriptions.open.First {
		g := s.group
		t.subscriptions.closeSubscription(s, t.Now)
		t.settle(g)
	}
	t.groups.waiting.Close()
	t.weighTables()
}

func (t *Tracker) countCallID(id []byte) { t.Counters.CountCallID(&t.callIDs, id) }

// countFurtherCallIDs counts the other values of a message that has several Call-IDs.
func (t *Tracker) countFurtherCallIDs(m *sip.Message) {
	for i := m.Next(m.First(sip.HeaderCallID)); i >= 0; i = m.Next(i) {
		if id := m.Value(i); len(id) > 0 {
			t.countCallID(id)
		}
	}
}
