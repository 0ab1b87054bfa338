package session

import (
	"fmt"
	"testing"

	"sipspan/record"
	"sipspan/session/stats"
	"sipspan/session/store"
)

// subscribers opens n subscriptions, one a second, of which each has heard of its state.
func subscribers(t *testing.T, h *harness, n int) {
	t.Helper()
	for i := range n {
		for _, m := range flow(fmt.Sprintf(`
			%[1]d.0 a>b SUBSCRIBE 1 id=s%[1]d h=Event:presence h=Expires:3600
			%[1]d.1 b>a 200 SUBSCRIBE 1 id=s%[1]d to=x h=Expires:3600
			%[1]d.2 b>a NOTIFY 1 id=s%[1]d from=x to=f h=Event:presence h=Subscription-State:active says=pidf:bob=open
			%[1]d.3 a>b 200 NOTIFY 1 id=s%[1]d from=x to=f`, i)).messages(t) {
			h.handle(&m)
		}
	}
}

// Subscriptions that wait are packed when memory is wanted, take less of it then, and end as they would have.
func TestIdleSubscriptions(t *testing.T) {
	h := newHarness(t, 1, nil)
	tr := h.trackers[0]
	tr.idles = idles{} // also in the checking builds
	const n = 300
	subscribers(t, h, n)
	h.idle(40) // the requests are forgotten
	before := h.counters.Bytes[stats.TableSubscriptions] + h.counters.Bytes[stats.TableTransactions]
	if tr.groups.waiting.Len() != 0 {
		t.Fatalf("%d subscriptions are packed though there is memory", tr.groups.waiting.Len())
	}
	tr.Config.Budget.Busy = 64 << 10
	tr.keepWithin(&tr.Config.Budget)
	after := h.counters.Bytes[stats.TableSubscriptions] + h.counters.Bytes[stats.TableTransactions]
	if tr.groups.waiting.Len() != n || 4*after > before {
		t.Errorf("%d of %d subscriptions are packed; they took %d bytes and take %d", tr.groups.waiting.Len(), n, before, after)
	}
	t.Logf("a subscription takes %d bytes, %d when packed", before/n, after/n)
	if active, tracked := h.counters.SubscriptionsActive[stats.EventPresence], h.counters.Tracked[stats.TableSubscriptions]; active != n || tracked != n {
		t.Errorf("%d subscriptions are active, %d are tracked", active, tracked)
	}
	handed := 0
	tr.Pack(func(number uint64, packed []byte) {
		if id, ok := PackedCallID(packed); ok && number != 0 && len(id) > 1 {
			handed++
		}
	})
	if handed != n {
		t.Errorf("%d of %d subscriptions are written for a restart", handed, n)
	}
	for i := range n {
		for _, m := range flow(fmt.Sprintf(`
			%[1]d.0 b>a NOTIFY 2 id=s%[2]d from=x to=f via=n h=Event:presence h=Subscription-State:terminated;reason=noresource says=pidf:bob=closed
			%[1]d.1 a>b 200 NOTIFY 2 id=s%[2]d from=x to=f via=n`, 400+i, i)).messages(t) {
			h.handle(&m)
		}
	}
	h.idle(40)
	records := h.close()
	if len(records) != n {
		t.Errorf("%d records of %d subscriptions", len(records), n)
	}
	for _, r := range records {
		s := r.(*record.Subscription)
		if s.Outcome != record.Terminated || s.Notifies != 2 || s.Presence == nil || s.Presence.Changes != 1 || s.Confidence.Flags != 0 {
			t.Fatalf("%s", summary(r))
		}
	}
	checkEmpty(t, h)
	if n := h.counters.SubscriptionsActive[stats.EventPresence]; n != 0 {
		t.Errorf("%d subscriptions stay active", n)
	}
}

// Packed subscriptions that do not fit into their memory are written, the oldest first.
func TestPackedSubscriptionsInLittleMemory(t *testing.T) {
	h := newHarness(t, 1, smallBudget)
	tr := h.trackers[0]
	const n = 600
	subscribers(t, h, n)
	h.idle(40)
	tr.idles.packAll(tr)
	tr.Config.Budget.Waiting = 8 << 10
	tr.keepWithin(&tr.Config.Budget)
	evicted := int(h.counters.Evicted[stats.TableSubscriptions])
	if evicted == 0 || tr.subscriptions.Open.Len() != n-evicted {
		t.Errorf("%d of %d subscriptions were evicted, %d are left", evicted, n, tr.subscriptions.Open.Len())
	}
	flagged := 0
	for _, r := range h.close() {
		if r.Head().Confidence.Flags&record.TableFull != 0 {
			flagged++
		}
	}
	if flagged != evicted || len(h.records) != n {
		t.Errorf("%d subscriptions were evicted, %d of %d records say so", evicted, flagged, len(h.records))
	}
	checkEmpty(t, h)
}

// A packed subscription is handed on when the program stops, and is the same record after it.
func TestPackedSubscriptionsAreSuspended(t *testing.T) {
	h, next := newHarness(t, 1, nil), newHarness(t, 1, nil)
	tr := h.trackers[0]
	tr.idles = idles{immediate: true}
	subscribers(t, h, 20)
	h.idle(40)
	if tr.groups.waiting.Len() != 20 {
		t.Fatalf("%d of 20 subscriptions are packed", tr.groups.waiting.Len())
	}
	tr.Suspend(func(_ uint64, packed []byte) {
		if !next.trackers[0].Resume(&store.Kept{Packed: packed}) {
			t.Error("it cannot be taken up")
		}
	})
	if left := h.close(); len(left) != 0 {
		t.Errorf("%q is written", summaries(left))
	}
	next.last = h.last
	if n := next.counters.SubscriptionsActive[stats.EventPresence]; n != 20 {
		t.Errorf("%d subscriptions are active", n)
	}
	for _, r := range next.close() {
		if s := r.(*record.Subscription); s.Notifies != 1 || s.Confidence.Flags != record.Restart {
			t.Errorf("%s", summary(r))
		}
	}
	checkEmpty(t, next)
}
