package session

import (
	"sipspan/decode/sip"
	"sipspan/internal/wire"
	"sipspan/session/binding"
	"sipspan/session/call"
	"sipspan/session/shard"
	"sipspan/session/stats"
	"sipspan/session/store"
	"sipspan/session/subscription"
	"sipspan/session/transaction"
	"sipspan/session/value"
)

// Tracker follows the sessions of one shard. See the package comment for what it promises.
type Tracker struct {
	*transaction.Table
	calls         *call.Usage
	subscriptions *subscription.Usage
	bindings      *binding.Usage
	others        *otherUsage

	*memory
	timers   store.Timers[any]
	groups   groupTable
	callIDs  stats.CallIDs
	order    order
	arrivals store.Arrivals // of calls, the one that has been idle for the longest time first
	idles    idles

	packedSubscriptions int // bytes of those that wait
}

// memory is the memory in which a tracker works, and what its groups leave for the next ones. Trackers of one goroutine share it.
type memory struct {
	packer   packer
	packed   []byte // the session that is packed
	unpacked []byte // likewise, before it is compressed

	freeGroups []*transaction.Group
	view       transaction.View // of the message in hand
}

// New returns a tracker that counts in c and hands what it finishes to sink. The limits of cfg are its own: see
// Config.Shard.
func New(cfg shard.Config, c *stats.Counters, sink shard.Sink) *Tracker {
	t := &Tracker{Table: transaction.NewTable(shard.NewShard(cfg, c, sink)), memory: new(memory)}
	t.calls = call.New(t.Table, t)
	t.subscriptions = subscription.New(t.Table, t, t.calls)
	t.bindings = binding.New(t.Table)
	t.others = &otherUsage{t.Table, t.calls}
	t.callIDs = stats.NewCallIDs(cfg.MaxCallIDs)
	t.idles = newIdles()
	t.groups.waiting = store.NewWaiting()
	t.order.tracker = t
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
func (t *Tracker) Handle(meta *wire.Meta, m *sip.Message) { t.HandleCorrelated(meta, m, nil) }

// HandleCorrelated is Handle for a message that has a correlation ID of its capture agent, which is borrowed; nil where it has none.
func (t *Tracker) HandleCorrelated(meta *wire.Meta, m *sip.Message, correlation []byte) {
	t.Advance(meta.Time)
	t.Counters.CountMessage(meta, m)
	id := m.CallID()
	if len(id) == 0 {
		return
	}
	t.keepWithin(&t.Config.Budget)
	v := &t.view
	v.Read(meta, m)
	v.Correlation, v.Late = correlation, t.Config.Reorder == 0
	hash := wire.TableHash(id)
	g := t.group(hash, id)
	if m.Count(sip.HeaderCallID) > 1 {
		t.countFurtherCallIDs(m)
	}
	if g.Shared {
		g = t.ownGroup(g, v)
	}
	if g.Call != nil {
		g = t.parted(g, v)
	}
	if g.Origin == 0 {
		g.Origin = meta.Origin
	}
	if g.Held != nil && m.Request {
		t.order.placeOutrun(g, v)
	}
	switch {
	case !t.place(g, v):
		t.order.hold(g, v)
	case g.Held != nil:
		t.order.placeHeld(g)
	}
	t.renew(g)
	t.settle(g)
}

// group returns the group of a Call-ID, the first one where several share it, or a new one.
func (t *Tracker) group(hash uint64, id []byte) *transaction.Group {
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

// Follows reports whether something with a Call-ID of that wire.TableHash is followed. In rare cases it is so of another Call-ID with the same
// hash.
func (t *Tracker) Follows(callID uint64) bool {
	s := t.groups.index.Seek(callID)
	return t.groups.index.Next(&s) != 0
}

// place takes a message to its session. It reports false, and has changed nothing, when the message came ahead of what it
// answers or follows and may still wait for it.
func (t *Tracker) place(g *transaction.Group, v *transaction.View) bool {
	var placed bool
	if v.Message.Request {
		placed = t.request(g, v)
	} else {
		placed = t.response(g, v)
	}
	if placed && g.Call != nil {
		t.calls.Observe(g, v)
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
		case *transaction.Group:
			t.wakeGroup(who, at)
		case *order:
			who.wake(at)
		}
	}
	t.Now = now
}

// Close writes everything that is still open: as what it came to if that is known, else as in_progress. The tracker is
// empty then.
func (t *Tracker) Close(now int64) {
	t.Advance(now)
	t.order.placeAll()
	for g := t.oldestCall(); g != nil; g = t.oldestCall() {
		t.calls.End(g, t.Now)
		t.settle(g)
	}
	for r := t.Requests.First; r != nil; r = t.Requests.First {
		g := r.Group
		t.closeRequest(r, t.Now)
		t.removeRequest(r)
		t.settle(g)
	}
	for s := t.OldestSubscription(); s != nil; s = t.OldestSubscription() {
		g := s.Group
		t.subscriptions.End(s, t.Now)
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

// Network takes note of a network event. It is no message: nothing is counted, and nothing ends by it.
func (t *Tracker) Network(e *wire.NetworkEvent) {
	t.Advance(e.Time)
	t.SignalLink(e)
	if t.Explainer == nil {
		return
	}
	if n := len(t.Events); n > 0 && e.SameAs(&t.Events[(t.OldestEvent+n-1)%n]) {
		return
	}
	if len(t.Events) < transaction.MaxNetworkEvents {
		t.Events = append(t.Events, *e)
		return
	}
	t.Events[t.OldestEvent] = *e
	t.OldestEvent = (t.OldestEvent + 1) % transaction.MaxNetworkEvents
}

// Usage is a transaction user (RFC 3261 section 5): it says what the requests of its methods mean. The transaction layer has
// decided what a message is before it is asked.
type Usage interface {
	// Request takes a request that is seen for the first time.
	Request(g *transaction.Group, v *transaction.View)
	// Response takes a final response that is new at the hop of x, other than one to an INVITE that began a call.
	Response(r *transaction.Request, x *transaction.Transaction, v *transaction.View)
	// Complete takes the end of a request: by the response v, or by a timer when that is nil. The status of the request is 0
	// when there was none. It reports whether all that there is to say of the request is said; otherwise a failure is written
	// if it is one.
	Complete(r *transaction.Request, v *transaction.View, at int64) (said bool)
	// Close takes a request whose end the capture does not show.
	Close(r *transaction.Request, at int64)
}

var (
	_ Usage = (*call.Usage)(nil)
	_ Usage = (*subscription.Usage)(nil)
	_ Usage = (*binding.Usage)(nil)
	_ Usage = (*otherUsage)(nil)
)

// usage returns who says what the requests of a method mean.
func (t *Tracker) usage(m sip.Method) Usage {
	switch m {
	case sip.INVITE, sip.BYE, sip.UPDATE, sip.PRACK, sip.INFO, sip.REFER:
		return t.calls
	case sip.REGISTER, sip.PUBLISH:
		return t.bindings
	case sip.SUBSCRIBE, sip.NOTIFY, sip.BENOTIFY:
		return t.subscriptions
	}
	return t.others
}
