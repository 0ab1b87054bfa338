package session

import (
	"sipspan/record"
	"sipspan/session/shard"
	"sipspan/session/stats"
	"sipspan/session/subscription"
	"sipspan/session/transaction"
)

// weigh counts what a group takes after a message or an alarm has changed it.
func (t *Tracker) weigh(g *transaction.Group) {
	t.Charge(stats.TableTransactions, &g.Bytes, groupBytes+len(g.CallID))
	t.calls.Weigh(g)
	if r := g.Latest; r != nil {
		t.Charge(stats.TableTransactions, &r.Bytes, r.Weight())
	}
	for _, s := range subscription.In(g) {
		t.Charge(stats.TableSubscriptions, &s.Bytes, s.Weight())
	}
}

// weighTables counts what is not counted by its entries: packed sessions, what explains failures, and Call-IDs.
func (t *Tracker) weighTables() {
	waiting := t.groups.waiting.Bytes()
	recount(&t.Counters.Bytes[stats.TableCalls], &t.Ledger.WaitingCalls, waiting-t.packedSubscriptions)
	recount(&t.Counters.Bytes[stats.TableSubscriptions], &t.Ledger.WaitingSubscriptions, t.packedSubscriptions)
	t.Ledger.Waiting = waiting
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
	for t.Ledger.Waiting > b.Waiting && t.groups.waiting.Len() > 0 && t.evictOldest() {
		t.weighTables()
	}
}

// evictOldest takes the oldest session off the table of calls or that of subscriptions, whichever has more of them. It reports
// false when both are empty.
func (t *Tracker) evictOldest() bool {
	if t.subscriptions.Open.Len() > t.arrivals.Len() {
		s := t.OldestSubscription()
		g := s.Group
		t.subscriptions.Evict(s, t.Now)
		t.settle(g)
		return true
	}
	g := t.oldestCall()
	if g == nil {
		return false
	}
	t.calls.Evict(g)
	t.settle(g)
	return true
}

// evictBusy takes one busy session off the tables. It reports false when there is none.
func (t *Tracker) evictBusy(b *shard.Budget) bool {
	r, s := t.Requests.First, t.subscriptions.Busy.First
	if s != nil && (r == nil || t.Ledger.Bytes[stats.TableSubscriptions] > b.Busy/3*2) {
		g := s.Group
		t.subscriptions.Evict(s, t.Now)
		t.settle(g)
		return true
	}
	if r == nil {
		return false
	}
	g := r.Group
	if t.calls.IsSettingUp(r) {
		t.calls.Evict(g)
	}
	t.evictRequest(r)
	t.settle(g)
	return true
}

// evictRequest writes what is known of a request that is not done, and forgets it.
func (t *Tracker) evictRequest(r *transaction.Request) {
	t.Counters.Evicted[stats.TableTransactions]++
	if r.Progress != transaction.Done {
		r.Flags |= record.TableFull
	}
	if r.Progress == transaction.Waiting && r.GaveUp != 0 {
		t.complete(r, nil, r.GaveUp) // its sender has stopped waiting
	} else {
		t.closeRequest(r, t.Now)
	}
	t.removeRequest(r)
}

// makeRoom keeps the table of requests, and those of one group, within their limits.
func (t *Tracker) makeRoom(g *transaction.Group) {
	if len(g.Requests) >= transaction.MaxRequests {
		t.evictRequest(g.Requests[0])
	}
	if t.Requests.Size >= t.Config.MaxTransactions {
		oldest := t.Requests.First
		other := oldest.Group
		t.evictRequest(oldest)
		if other != g {
			t.settle(other)
		}
	}
}

// groupBytes is what a group takes, with its places in tables.
var groupBytes = shard.SizeOf[transaction.Group]() + 160
