package session

import (
	"testing"
	"time"

	"sipspan/record"
	"sipspan/session/stats"
	"sipspan/session/store"
)

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
