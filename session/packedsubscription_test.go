package session

import (
	"net/netip"
	"reflect"
	"testing"
	"time"

	"sipspan/record"
	"sipspan/session/eventstate"
	"sipspan/session/link"
	"sipspan/session/stats"
	"sipspan/session/store"
)

// wholeSubscription returns a subscription in which nothing is zero.
func wholeSubscription() *subscription {
	s := &subscription{text: store.NewText(64)}
	at := int64(1_700_000_200e9)
	next := func() int64 { at += 1_234_567; return at }
	text := func(v string) store.Piece { return s.text.Add([]byte(v)) }
	s.start, s.seen, s.last, s.firstNotify, s.asked, s.answered = next(), next(), next(), next(), next(), next()
	s.granted, s.until, s.ended, s.deadline = next(), next(), next(), next()
	s.event, s.kind, s.subscriberTag, s.notifierTag, s.answerTag = text("presence"), stats.EventPresence, text("f"), text("t"), text("a")
	s.resource, s.subscriber, s.reason = text("sip:bob@example.com"), text("sip:alice@example.com"), text("OK")
	s.stateWord, s.ending = text("waiting"), text("noresource")
	s.src, s.dst = netip.MustParseAddrPort("10.0.0.1:5060"), netip.MustParseAddrPort("[2001:db8::1]:5061")
	s.cseq, s.expires, s.status, s.refreshes, s.notifies, s.failures, s.changes = 7, 600, 200, 1, 2, 3, 4
	s.state, s.outcome, s.flags, s.id = stats.NotifyPending, record.Expired, record.MidStream, link.ID(next())
	s.stated, s.piggybacked, s.challenged, s.accepted, s.fetch, s.left, s.gone, s.twin = true, true, true, true, true, true, true, true
	s.forked, s.hereWanted, s.reachable, s.notified, s.silent, s.counted, s.endNoted = true, true, true, true, true, true, true
	s.number, s.gap = 1<<40, time.Minute
	s.cause = &record.Cause{
		Source: "sip", Code: "486", Text: "Busy", Origin: "10.0.0.1", Explanation: "busy", RetryAfter: 3,
		Evidence: []record.Evidence{{Time: 5, What: "486"}},
	}
	s.eventState = new(eventstate.State)
	return s
}

// Everything that a subscription keeps is there again when it is unpacked, with the requests that belong to it and no others.
func TestPackedSubscriptionIsWhole(t *testing.T) {
	tr := newHarness(t, 1, nil).trackers[0]
	g := &group{callID: "s1@host", call: wholeCall(), nextDeadline: never}
	for range 2 {
		s := wholeSubscription()
		s.group = g
		g.subscriptions = append(g.subscriptions, s)
	}
	for _, of := range append([]Session{nil}, g.subscriptions...) {
		r := wholeRequest()
		r.group, r.subscription = g, of
		g.requests, g.keys = append(g.requests, r), append(g.keys, requestKey(r.cseq, r.method))
	}
	g.requests[2].cseq = 99
	want := g.subscriptions[1].(*subscription)
	if !tr.packSubscription(want) {
		t.Fatal("it is too large")
	}
	after := tr.blankGroup()
	if !tr.unpack(tr.packed, after) || packedNumber(tr.packed) != want.number {
		t.Fatal("the packed subscription is damaged")
	}
	if after.call != nil || len(after.subscriptions) != 1 || len(after.requests) != 1 {
		t.Fatalf("%v, %d subscriptions, %d requests", after.call, len(after.subscriptions), len(after.requests))
	}
	got := after.subscriptions[0].(*subscription)
	c := &comparison{t, &want.text, &got.text, true}
	c.members("subscription", reflect.ValueOf(want).Elem(), reflect.ValueOf(got).Elem())
	if got.eventState == nil {
		t.Error("what the bodies said is gone")
	}
	if r := after.requests[0]; r.cseq != 99 || subscriptionOf(r) != got || r.group != after || r.call != nil {
		t.Error("the request is not that of the subscription")
	}
	tr.packGroup(g)
	if !tr.unpack(tr.packed, tr.blankGroup()) {
		t.Error("the rest of the group is damaged")
	}
	if tr.calls.packer.only != nil {
		t.Error("the packer still thinks of the subscription")
	}
}

// A subscription that goes on when the program is stopped and started again is one record, as if nothing had happened but for
// the flag, beside a call in its dialog too.
func TestRestartOfSubscriptions(t *testing.T) {
	const subscribed = `
		0.0 a>b SUBSCRIBE 1 h=Event:presence h=Expires:60
		0.1 b>a 200 SUBSCRIBE 1 to=x h=Expires:60
		0.2 b>a NOTIFY 1 from=x to=f h=Event:presence h=Subscription-State:active says=pidf:bob=open,away
		0.3 a>b 200 NOTIFY 1 from=x to=f
		40.0 a>b SUBSCRIBE 2 to=x via=r h=Event:presence h=Expires:60
		40.1 b>a 200 SUBSCRIBE 2 to=x via=r h=Expires:60
		50.0 b>a NOTIFY 2 from=x to=f via=m h=Event:presence h=Subscription-State:active says=pidf:bob=closed
		50.1 a>b 200 NOTIFY 2 from=x to=f via=m
		70.0 b>a NOTIFY 3 from=x to=f via=n h=Event:presence h=Subscription-State:terminated;reason=noresource says=pidf:bob=closed
		70.1 a>b 200 NOTIFY 3 from=x to=f via=n`
	for name, tt := range map[string]struct {
		flow        flow
		from, to    int // messages between which one session is open
		openThen    int
		subscribers int64 // then counted as active
	}{
		"presence": {subscribed, 2, 8, 1, 1},
		"inside a call": {established + `
			10.0 b>a SUBSCRIBE 1 from=t to=f via=s h=Event:dialog h=Expires:600
			10.1 a>b 200 SUBSCRIBE 1 from=t to=f via=s h=Expires:600
			10.2 a>b NOTIFY 2 to=t via=n h=Event:dialog h=Subscription-State:active
			10.3 b>a 200 NOTIFY 2 to=t via=n
			20.0 a>b NOTIFY 3 to=t via=m h=Event:dialog h=Subscription-State:terminated
			20.1 b>a 200 NOTIFY 3 to=t via=m
			30.0 a>b BYE 4 to=t via=b
			30.1 b>a 200 BYE 4 to=t via=b`, 7, 9, 2, 1},
	} {
		t.Run(name, func(t *testing.T) {
			want := summaries(tt.flow.run(t, 60))
			for before := tt.from; before <= tt.to; before++ {
				records, suspended := tt.flow.restarted(t, 60, before)
				got := summaries(records)
				if suspended != tt.openThen || len(got) != len(want) {
					t.Fatalf("before message %d: %d sessions are suspended, %q", before, suspended, got)
				}
				for i, r := range records {
					if r.Head().Confidence.Flags != record.Restart {
						t.Errorf("before message %d: flags are %v", before, r.Head().Confidence.Flags.AppendNames(nil))
					}
					if got[i] != want[i] {
						t.Errorf("before message %d: %s\nnever stopped: %s", before, got[i], want[i])
					}
				}
			}
		})
	}
}

// What may have happened while nothing was captured is no failure of a subscription, and it does not end for want of it.
func TestRestartMissesTheRefresh(t *testing.T) {
	for before, outcome := range []record.Outcome{record.OutcomeInProgress, record.Active, record.Active} {
		h := newHarness(t, 1, nil)
		for i, m := range flow(`
			0.0 a>b SUBSCRIBE 1 h=Event:presence h=Expires:600 h=Contact:<sip:192.0.2.1>
			0.1 b>a 200 SUBSCRIBE 1 to=x h=Expires:600 h=Contact:<sip:192.0.2.2>
			0.2 b>a NOTIFY 1 from=x to=f h=Event:presence h=Subscription-State:active`).messages(t) {
			if i <= before {
				h.handle(&m)
			}
		}
		next := newHarness(t, 1, nil)
		h.trackers[0].Suspend(func(_ uint64, packed []byte) {
			if !next.trackers[0].Resume(&store.Kept{Packed: packed, Gap: 10 * time.Minute}) {
				t.Error("it cannot be taken up")
			}
		})
		if left := h.close(); len(left) != 0 {
			t.Errorf("stopped after message %d: %q is written", before, summaries(left))
		}
		if n := h.counters.SubscriptionsActive[stats.EventPresence]; n != 0 {
			t.Errorf("stopped after message %d: %d subscriptions stay active", before, n)
		}
		next.last = h.last
		next.idle(1100) // it may have been refreshed at the end of the gap
		if n := next.counters.SubscriptionsActive[stats.EventPresence]; n != int64(min(before, 1)) {
			t.Errorf("stopped after message %d: %d subscriptions are active", before, n)
		}
		records := next.close()
		if len(records) != 1 {
			t.Fatalf("stopped after message %d: %q", before, summaries(records))
		}
		s := records[0].(*record.Subscription)
		if s.Outcome != outcome || s.Cause != nil || s.Confidence.Gap.D != 10*time.Minute {
			t.Errorf("stopped after message %d: %v %v %v", before, s.Outcome, s.Cause, s.Confidence.Gap)
		}
	}
}

// A REGISTER that waits for its answer, or for credentials, is one record too, and no failure when what it waits for is not seen.
func TestRestartOfRegisters(t *testing.T) {
	f := flow(`
		0.0 a>b REGISTER 1 via=1 h=Contact:<sip:u@192.0.2.1>;expires=60
		0.1 b>a 401 REGISTER 1 via=1 to=x
		0.2 a>b REGISTER 2 via=2 h=Contact:<sip:u@192.0.2.1>;expires=60 h=Authorization:Digest_nonce="n"
		0.3 b>a 200 REGISTER 2 via=2 to=x h=Contact:<sip:u@192.0.2.1>;expires=60`)
	want := summaries(f.run(t, 60))
	for before := 1; before < 4; before++ {
		records, suspended := f.restarted(t, 60, before)
		if got := summaries(records); suspended != 0 || len(got) != 1 || got[0] != want[0] || records[0].Head().Confidence.Flags != record.Restart {
			t.Errorf("before message %d: %q, want %q", before, got, want)
		}
		h, next := newHarness(t, 1, nil), newHarness(t, 1, nil)
		for _, m := range f.messages(t)[:before] {
			h.handle(&m)
		}
		h.trackers[0].Suspend(func(_ uint64, packed []byte) { next.trackers[0].Resume(&store.Kept{Packed: packed}) })
		next.last = h.last
		next.idle(600)
		records = next.close()
		if len(records) != 1 || records[0].(*record.Registration).Outcome != record.OutcomeInProgress || records[0].(*record.Registration).Cause != nil {
			t.Errorf("nothing came after message %d: %q", before, summaries(records))
		}
	}
}
