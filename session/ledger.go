package session

import (
	"reflect"

	"sipspan/record"
	"sipspan/session/stats"
)

// Budget is the memory that sessions may take, in bytes.
type Budget struct {
	Busy    int // calls, subscriptions and transactions between their first message and their rest
	Waiting int // packed sessions, outside of the memory that the garbage collector manages
}

// ledger knows how many bytes the busy sessions of a tracker take. What counts follows from the messages alone and not from
// memory that others have left behind, so that the same capture is evicted alike with any number of workers.
type ledger struct {
	bytes [stats.NumTables]int
	busy  int // all of them
	// As they were counted last:
	waiting, evidence, callIDs int
}

// What is taken for one of each, in bytes: with the memory that it starts with, and its places in tables.
var (
	groupBytes        = sizeOf[group]() + 160
	callBytes         = sizeOf[call]() + startText + 2*sizeOf[hop]() + sizeOf[fork]() + legBytes
	requestBytes      = sizeOf[request]() + 2*sizeOf[transaction]() + 32
	contentBytes      = sizeOf[content]() + startContent
	subscriptionBytes = sizeOf[subscription]() + startSubscription + 32
	hopBytes          = sizeOf[hop]()
	forkBytes         = sizeOf[fork]()
	attemptBytes      = sizeOf[record.Attempt]()
	noteBytes         = sizeOf[note]()
	wayBytes          = sizeOf[way]()
	transactionBytes  = sizeOf[transaction]()
	contactBytes      = sizeOf[contact]()
)

// legBytes is about what the correlator knows of a call.
const legBytes = 700

func sizeOf[T any]() int { return int(reflect.TypeFor[T]().Size()) }

// beyond returns what n entries of a size take beyond those that there is room for from the start: slices grow to double
// their size.
func beyond(n, start, size int) int {
	if n <= start {
		return 0
	}
	return (2*n - start) * size
}

// weight returns how many bytes a call takes while it is busy.
func (c *call) weight() int {
	return callBytes + beyond(len(c.text.buf), startText, 1) + beyond(len(c.hops), 2, hopBytes) + beyond(len(c.forks), 1, forkBytes) +
		beyond(len(c.description), 0, 1) + beyond(len(c.other), 0, 1) + beyond(len(c.tries), 0, attemptBytes) +
		beyond(len(c.notes), 0, noteBytes) + beyond(len(c.left), 0, wayBytes) + 16*(len(c.behind)+len(c.identity)+len(c.link.keys))
}

// weight returns how many bytes a request takes.
func (r *request) weight() int {
	n := requestBytes + beyond(len(r.transactions), 2, transactionBytes)
	if x := r.content; x != nil {
		n += contentBytes + beyond(len(x.text.buf), startContent, 1) + beyond(len(x.tries), 0, attemptBytes) +
			beyond(len(x.contacts)+len(x.listed), 0, contactBytes)
	}
	return n
}

// weight returns how many bytes a subscription takes.
func (s *subscription) weight() int {
	n := subscriptionBytes + beyond(len(s.text.buf), startSubscription, 1)
	if s.eventState != nil {
		n += s.eventState.Bytes()
	}
	return n
}

// charge sets what an entry of a table takes.
func (t *Tracker) charge(table stats.Table, entry *int32, bytes int) {
	more := bytes - int(*entry)
	if more == 0 {
		return
	}
	*entry = int32(bytes)
	t.ledger.bytes[table] += more
	t.ledger.busy += more
	t.counters.Bytes[table] += int64(more)
}

// weigh counts what a group takes after a message or an alarm has changed it.
func (t *Tracker) weigh(g *group) {
	t.charge(stats.TableTransactions, &g.bytes, groupBytes+len(g.callID))
	if c := g.call; c != nil {
		t.charge(stats.TableCalls, &c.bytes, c.weight())
	}
	if r := g.latest; r != nil {
		t.charge(stats.TableTransactions, &r.bytes, r.weight())
	}
	for _, s := range g.subscriptions {
		t.charge(stats.TableSubscriptions, &s.bytes, s.weight())
	}
}

// weighTables counts what is not counted by its entries: packed sessions, what explains failures, and Call-IDs.
func (t *Tracker) weighTables() {
	waiting := t.groups.waiting.Bytes()
	recount(&t.counters.Bytes[stats.TableCalls], &t.ledger.waiting, waiting)
	recount(&t.counters.EvidenceBytes, &t.ledger.evidence, t.kept.Used())
	recount(&t.counters.CallIDBytes, &t.ledger.callIDs, t.callIDs.Bytes())
}

// recount adds to a gauge what has changed since it was counted last.
func recount(gauge *int64, last *int, now int) {
	*gauge += int64(now - *last)
	*last = now
}

// keepWithin writes and forgets what has been there for the longest time until the sessions keep to their memory. It is called
// before a message, when nobody holds a session.
func (t *Tracker) keepWithin(b *Budget) {
	if t.ledger.busy > b.Busy {
		t.idles.packAll(t)
	}
	for t.ledger.busy > b.Busy && t.evictBusy(b) {
		t.idles.packAll(t) // a call of which nothing else is left
	}
	if t.weighTables(); t.ledger.waiting <= b.Waiting {
		return
	}
	for t.ledger.waiting > b.Waiting && t.groups.waiting.Len() > 0 && t.calls.Len() > 0 {
		c := t.oldestCall()
		g := c.group
		t.evictCall(c)
		t.settle(g)
		t.weighTables()
	}
}

// evictBusy takes one busy session off the tables. It reports false when there is none.
func (t *Tracker) evictBusy(b *Budget) bool {
	r, s := t.requests.first, t.subscriptions.first
	if s != nil && (r == nil || t.ledger.bytes[stats.TableSubscriptions] > b.Busy/3*2) {
		g := s.group
		t.evictSubscription(s, t.now)
		t.settle(g)
		return true
	}
	if r == nil {
		return false
	}
	g := r.group
	if c := r.call; c != nil && r.role == roleInvite && r.progress != done && !c.confirmed() {
		t.evictCall(c)
	}
	t.evictRequest(r)
	t.settle(g)
	return true
}

// evictCall writes a call as far as it is known and forgets it.
func (t *Tracker) evictCall(c *call) {
	t.counters.Evicted[stats.TableCalls]++
	t.finishCall(c, t.now, tableIsFull)
}

// evictRequest writes what is known of a request that is not done, and forgets it.
func (t *Tracker) evictRequest(r *request) {
	t.counters.Evicted[stats.TableTransactions]++
	if r.progress != done {
		r.flags |= record.TableFull
	}
	if r.progress == waiting && r.gaveUp != 0 {
		t.complete(r, nil, r.gaveUp) // its sender has stopped waiting
	} else {
		t.closeRequest(r, t.now)
	}
	t.removeRequest(r)
}
