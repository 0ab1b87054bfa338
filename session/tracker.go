package session

import (
	"sipspan/decode/sip"
	"sipspan/internal/wire"
	"sipspan/record"
	"sipspan/session/eventstate"
	"sipspan/session/evidence"
	"sipspan/session/link"
	"sipspan/session/stats"
	"sipspan/session/store"
)

// Tracker follows the sessions of one shard. See the package comment for what it promises.
type Tracker struct {
	cfg      Config
	counters *stats.Counters
	sink     Sink

	// Explainer is asked why things failed. When it is nil, causes say no more than status and timer. It is set before
	// the first message.
	Explainer evidence.Explainer
	// Clock knows the stamps of packets where they are not their times; nil where they are. It is set before the first
	// message.
	Clock evidence.Clock
	// Watched says that somebody wants to know of signals. It is set before the first message.
	Watched bool
	// Ended, if set, is given in packed form each call whose end was seen, before its record is written, and again when the
	// call goes on after all. The bytes are borrowed until it returns. It is set before the first message.
	Ended func(number uint64, packed []byte)

	*workspace

	peers stats.Peers

	now     int64
	timers  timers
	groups  groupTable
	callIDs stats.CallIDs
	order   order

	// The tables with a limit, oldest first.
	calls         store.Arrivals
	idles         idles
	subscriptions queue[subscription]
	requests      queue[request]
	resources     eventstate.Table
	ledger        ledger

	// What causes are made of.
	kept        evidence.Store
	network     []wire.NetworkEvent
	lastID      link.ID // of a session that was announced
	lastNumber  uint64  // of a session
	oldestEvent int
}

// New returns a tracker that counts in c and hands what it finishes to sink. The limits of cfg are its own: see
// Config.Shard.
func New(cfg Config, c *stats.Counters, sink Sink) *Tracker {
	t := &Tracker{cfg: cfg, counters: c, sink: sink, workspace: new(workspace), kept: evidence.NewStore(cfg.MaxEvidence)}
	t.callIDs = stats.NewCallIDs(cfg.MaxCallIDs)
	t.idles = newIdles()
	t.groups.waiting = store.NewWaiting()
	t.resources = eventstate.NewTable(cfg.MaxResources, c)
	t.resources.FlapChanges, t.resources.FlapWindow = cfg.FlapChanges, cfg.FlapWindow
	t.peers, _ = stats.NewPeers(cfg.Peers) // Validate has told what is wrong with them
	return t
}

// Handle takes the next message in the order of the capture. What was due before it is done first.
func (t *Tracker) Handle(meta *wire.Meta, m *sip.Message) {
	t.Advance(meta.Time)
	t.counters.CountMessage(meta, m)
	id := m.CallID()
	if len(id) == 0 {
		return
	}
	t.keepWithin(&t.cfg.Budget)
	var v view // on the stack
	v.read(meta, m)
	v.late = t.cfg.Reorder == 0
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
	g, waiting := t.groups.find(hash, clip(id))
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
		g.call.observe(v)
		t.tidyCall(g.call)
	}
	return placed
}

// Malformed counts a message that could not be parsed.
func (t *Tracker) Malformed(meta *wire.Meta, f sip.Faults) {
	t.Advance(meta.Time)
	f.Each(func(f sip.Fault) { t.counters.Malformed[f]++ })
}

// Advance does what is due up to now. Times that lie before what was already handled change nothing.
func (t *Tracker) Advance(now int64) {
	if now <= t.now {
		return
	}
	for {
		who, at, ok := t.due(now)
		if !ok {
			break
		}
		t.now = max(t.now, at)
		who.wake(t, at)
	}
	t.now = now
}

// Close writes everything that is still open: as what it came to if that is known, else as in_progress. The tracker is
// empty then.
func (t *Tracker) Close(now int64) {
	t.Advance(now)
	t.placeAll()
	for c := t.oldestCall(); c != nil; c = t.oldestCall() {
		g := c.group
		t.finishCall(c, t.now, capturedToTheEnd)
		t.settle(g)
	}
	for r := t.requests.first; r != nil; r = t.requests.first {
		g := r.group
		t.closeRequest(r, t.now)
		t.removeRequest(r)
		t.settle(g)
	}
	for s := t.subscriptions.first; s != nil; s = t.subscriptions.first {
		g := s.group
		t.closeSubscription(s, t.now)
		t.settle(g)
	}
	t.groups.waiting.Close()
	t.weighTables()
}

// emit hands on a record. Times that run backwards in the capture do not run backwards for the sink.
func (t *Tracker) emit(at int64, r record.Record) { t.sink.Emit(max(at, t.now), r) }

func (t *Tracker) countCallID(id []byte) { t.counters.CountCallID(&t.callIDs, id) }

// countFurtherCallIDs counts the other values of a message that has several Call-IDs.
func (t *Tracker) countFurtherCallIDs(m *sip.Message) {
	for i := m.Next(m.First(sip.HeaderCallID)); i >= 0; i = m.Next(i) {
		if id := m.Value(i); len(id) > 0 {
			t.countCallID(id)
		}
	}
}
