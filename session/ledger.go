package session

import (
	"sipspan/record"
	"sipspan/session/shard"
	"sipspan/session/stats"
)

// What is taken for one of each, in bytes: with the memory that it starts with, and its places in tables.
var (
	groupBytes        = shard.SizeOf[group]() + 160
	callBytes         = shard.SizeOf[call]() + startText + 2*shard.SizeOf[hop]() + shard.SizeOf[fork]() + legBytes
	requestBytes      = shard.SizeOf[request]() + 2*shard.SizeOf[transaction]() + 32
	contentBytes      = shard.SizeOf[content]() + startContent
	subscriptionBytes = shard.SizeOf[subscription]() + startSubscription + 32
	hopBytes          = shard.SizeOf[hop]()
	forkBytes         = shard.SizeOf[fork]()
	attemptBytes      = shard.SizeOf[record.Attempt]()
	noteBytes         = shard.SizeOf[note]()
	wayBytes          = shard.SizeOf[way]()
	transactionBytes  = shard.SizeOf[transaction]()
	contactBytes      = shard.SizeOf[contact]()
)

// legBytes is about what the correlator knows of a call.
const legBytes = 380

// weigh counts what a group takes after a message or an alarm has changed it.
func (t *Tracker) weigh(g *group) {
	t.Charge(stats.TableTransactions, &g.bytes, groupBytes+len(g.callID))
	if c := callIn(g); c != nil {
		t.Charge(stats.TableCalls, &c.bytes, c.weight())
	}
	if r := g.latest; r != nil {
		t.Charge(stats.TableTransactions, &r.bytes, r.weight())
	}
	for _, s := range subscriptionsIn(g) {
		t.Charge(stats.TableSubscriptions, &s.bytes, s.weight())
	}
}

// weighTables counts what is not counted by its entries: packed sessions, what explains failures, and Call-IDs.
func (t *Tracker) weighTables() {
	waiting := t.groups.waiting.Bytes()
	recount(&t.Counters.Bytes[stats.TableCalls], &t.Ledger.Waiting, waiting)
	recount(&t.Counters.EvidenceBytes, &t.Ledger.Evidence, t.Evidence.Used())
	recount(&t.Counters.CallIDBytes, &t.Ledger.CallIDs, t.callIDs.Bytes())
}

// recount adds to a gauge what has changed since it was counted last.
func recount(gauge *int64, last *int, now int) {
	*gauge += int64(now - *last)
	*last = now
}

// keepWithin writes and forgets what has been there for the longest time until the sessions keep to their memory. It is called
// before a message, when nobody holds a session.
func (t *Tracker) keepWithin(b *shard.Budget) {
	if t.Ledger.Busy > b.Busy {
		t.idles.packAll(t)
	}
	for t.Ledger.Busy > b.Busy && t.evictBusy(b) {
		t.idles.packAll(t) // a call of which nothing else is left
	}
	if t.weighTables(); t.Ledger.Waiting <= b.Waiting {
		return
	}
	for t.Ledger.Waiting > b.Waiting && t.groups.waiting.Len() > 0 && t.arrivals.Len() > 0 {
		c := t.oldestCall()
		g := c.group
		t.evictCall(c)
		t.settle(g)
		t.weighTables()
	}
}

// evictBusy takes one busy session off the tables. It reports false when there is none.
func (t *Tracker) evictBusy(b *shard.Budget) bool {
	r, s := t.requests.First, t.subscriptions.open.First
	if s != nil && (r == nil || t.Ledger.Bytes[stats.TableSubscriptions] > b.Busy/3*2) {
		g := s.group
		t.subscriptions.evictSubscription(s, t.Now)
		t.settle(g)
		return true
	}
	if r == nil {
		return false
	}
	g := r.group
	if c := callOf(r); c != nil && r.role == roleInvite && r.progress != done && !c.confirmed() {
		t.evictCall(c)
	}
	t.evictRequest(r)
	t.settle(g)
	return true
}

// evictCall writes a call as far as it is known and forgets it.
func (t *Tracker) evictCall(c *call) {
	t.Counters.Evicted[stats.TableCalls]++
	t.calls.finishCall(c, t.Now, tableIsFull)
}

// evictRequest writes what is known of a request that is not done, and forgets it.
func (t *Tracker) evictRequest(r *request) {
	t.Counters.Evicted[stats.TableTransactions]++
	if r.progress != done {
		r.flags |= record.TableFull
	}
	if r.progress == waiting && r.gaveUp != 0 {
		t.complete(r, nil, r.gaveUp) // its sender has stopped waiting
	} else {
		t.closeRequest(r, t.Now)
	}
	t.removeRequest(r)
}

// makeRoom keeps the table of requests, and those of one group, within their limits.
func (t *Tracker) makeRoom(g *group) {
	if len(g.requests) >= maxRequests {
		t.evictRequest(g.requests[0])
	}
	if t.requests.Size >= t.Config.MaxTransactions {
		oldest := t.requests.First
		other := oldest.group
		t.evictRequest(oldest)
		if other != g {
			t.settle(other)
		}
	}
}
