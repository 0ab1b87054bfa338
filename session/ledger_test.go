package session

import (
	"fmt"
	"slices"
	"testing"

	"sipspan/record"
	"sipspan/session/shard"
	"sipspan/session/stats"
	"sipspan/session/subscription"
)

// taken adds up what the busy sessions of a tracker are charged.
func (t *Tracker) taken() (n int) {
	for _, g := range t.groups.busy {
		if g == nil {
			continue
		}
		n += int(g.Bytes)
		if g.Call != nil {
			n += int(peek(g.Call, "bytes").Int())
		}
		for _, r := range g.Requests {
			n += int(r.Bytes)
		}
		for _, s := range subscription.In(g) {
			n += int(s.Bytes)
		}
	}
	return n
}

func smallBudget(c *shard.Config) {
	c.Budget = shard.Budget{Busy: 96 << 10, Waiting: 16 << 10}
}

// TestLedger runs all kinds of sessions and compares what is counted with what the sessions are charged.
func TestLedger(t *testing.T) {
	for name, change := range map[string]func(*shard.Config){"ample": nil, "evicting": smallBudget} {
		h := newHarness(t, 1, change)
		tracker := h.trackers[0]
		for i, m := range mixedLoad(t) {
			h.handle(&m)
			if got, want := tracker.Ledger.Busy, tracker.taken(); got != want {
				t.Fatalf("%s: after message %d %d bytes are counted and %d charged", name, i, got, want)
			}
		}
		h.idle(3 * 3600)
		h.close()
		checkEmpty(t, h)
		c := h.counters
		c.Add(h.correlator.Counters())
		if c.Bytes != [stats.NumTables]int64{} || c.EvidenceBytes != 0 || c.CallIDBytes == 0 {
			t.Errorf("%s: at the end tables take %v, evidence %d, Call-IDs %d bytes", name, c.Bytes, c.EvidenceBytes, c.CallIDBytes)
		}
	}
}

// TestBudgetHolds runs all kinds of sessions in little memory. No table may pass its budget by more than one message needs,
// and what is evicted must be counted, written and flagged.
func TestBudgetHolds(t *testing.T) {
	h := newHarness(t, 1, smallBudget)
	tracker := h.trackers[0]
	const message = 80 << 10 // packed sessions take memory in steps
	for _, m := range mixedLoad(t) {
		h.handle(&m)
		if l := tracker.Ledger; l.Busy > h.cfg.Budget.Busy+message || l.Waiting > h.cfg.Budget.Waiting+message {
			t.Fatalf("busy sessions take %d bytes and packed ones %d", l.Busy, l.Waiting)
		}
	}
	h.close()
	flagged := map[record.Kind]int{}
	for _, r := range h.records {
		if r.Head().Confidence.Flags&record.TableFull != 0 {
			flagged[r.Kind()]++
		}
	}
	if n := int(h.counters.Evicted[stats.TableCalls]); n == 0 || flagged[record.KindCall] != n {
		t.Errorf("%d calls were evicted, and %d records say so", n, flagged[record.KindCall])
	}
}

// TestSubscriptionsInLittleMemory opens more subscriptions than there is room for: the oldest must be written and counted.
func TestSubscriptionsInLittleMemory(t *testing.T) {
	h := newHarness(t, 1, smallBudget)
	for i := range 300 {
		for _, m := range flow(fmt.Sprintf(`
			%.3[1]f a>b SUBSCRIBE 1 id=s%[2]d h=Event:presence h=Expires:600
			%.3[1]f b>a 200 SUBSCRIBE 1 id=s%[2]d to=x h=Expires:600`, float64(i)/100, i)).messages(t) {
			h.handle(&m)
		}
	}
	evicted := h.counters.Evicted[stats.TableSubscriptions]
	flagged := uint64(0)
	for _, r := range h.close() {
		if s, ok := r.(*record.Subscription); ok && s.Confidence.Flags&record.TableFull != 0 {
			flagged++
		}
	}
	if evicted == 0 || flagged != evicted {
		t.Errorf("%d subscriptions were evicted, and %d records say so", evicted, flagged)
	}
	if n := h.correlator.Counters().Records[record.KindSubscription]; n != 300 {
		t.Errorf("%d records of 300 subscriptions", n)
	}
}

// TestEvictionIsTheSameForAnyWorkers runs trackers that use each other's memory again, and trackers that do not.
func TestEvictionIsTheSameForAnyWorkers(t *testing.T) {
	run := func(shared bool) []string {
		h := newHarness(t, 4, smallBudget)
		for _, tracker := range h.trackers[1:] {
			if shared {
				tracker.ShareWorkspace(h.trackers[0])
			}
		}
		for _, m := range mixedLoad(t) {
			h.handle(&m)
		}
		if h.counters.Evicted[stats.TableCalls]+h.counters.Evicted[stats.TableTransactions] == 0 {
			t.Error("nothing was evicted")
		}
		return lines(h.close())
	}
	if a, b := run(false), run(true); !slices.Equal(a, b) {
		t.Errorf("%d records, and %d others when memory is shared", len(a), len(b))
	}
}

// TestEvictedRequestsAreWritten fills a small table with requests that nobody answers: their records must come, and say that
// the table was full.
func TestEvictedRequestsAreWritten(t *testing.T) {
	h := newHarness(t, 1, func(c *shard.Config) { c.MaxTransactions = 1 })
	for _, m := range flow(`
		0 a>b REGISTER 1 id=r h=Contact:<sip:a@192.0.2.1>
		1 a>b MESSAGE 1 id=m body=hello
		2 a>b PUBLISH 1 id=p h=Event:presence
		3 a>b OPTIONS 1 id=o`).messages(t) {
		h.handle(&m)
	}
	var got []record.Kind
	for _, r := range h.close() {
		if r.Head().Confidence.Flags&record.TableFull != 0 {
			got = append(got, r.Kind())
		}
	}
	slices.Sort(got)
	want := []record.Kind{record.KindRegistration, record.KindPublication, record.KindMessage}
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("records of evicted requests: %v, want %v", got, want)
	}
}

// TestRegistrationsInLittleMemory registers more devices than there is room for: the bindings must keep to their memory, and
// the records of those that were evicted come at once and say so.
func TestRegistrationsInLittleMemory(t *testing.T) {
	h := newHarness(t, 1, func(c *shard.Config) { c.MaxRegistrationBytes = 64 << 10 })
	for i := range 300 {
		for _, m := range flow(fmt.Sprintf(`
			%.3[1]f a>b REGISTER 1 id=r%[2]d touri=sip:u%[2]d@example.com h=Contact:<sip:u%[2]d@192.0.2.1>;expires=600
			%.3[1]f b>a 200 REGISTER 1 id=r%[2]d touri=sip:u%[2]d@example.com to=x h=Contact:<sip:u%[2]d@192.0.2.1>;expires=600`, float64(i)/100, i)).messages(t) {
			h.handle(&m)
		}
		h.correlator.Advance(h.last)
		if n := h.correlator.Counters().Bytes[stats.TableRegistrations]; n > int64(h.cfg.MaxRegistrationBytes) {
			t.Fatalf("bindings take %d bytes", n)
		}
	}
	flagged := uint64(0)
	for _, r := range h.close() {
		if r.Head().Confidence.Flags&record.TableFull != 0 {
			flagged++
		}
	}
	counted := h.correlator.Counters().Evicted[stats.TableRegistrations]
	if counted == 0 || flagged != counted || len(h.records) != 300 {
		t.Errorf("%d bindings were evicted, %d of %d records say so", counted, flagged, len(h.records))
	}
}
