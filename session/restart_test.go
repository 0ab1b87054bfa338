package session

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sipspan/record"
	"sipspan/session/store"
)

// restarted runs a flow with a restart before the message of each number, and returns the summaries of its records, and
// whether the call was suspended.
func (f flow) restarted(t *testing.T, idle float64, before int) (records []record.Record, suspended int) {
	t.Helper()
	h := newHarness(t, 1, nil)
	for i, m := range f.messages(t) {
		if i == before {
			next := newHarness(t, 1, nil)
			kept := h.trackers[0].Evidence.Used()
			h.trackers[0].Suspend(func(number uint64, packed []byte) {
				if number != 0 {
					suspended++
				}
				if !next.trackers[0].Resume(&store.Kept{Packed: bytes.Clone(packed)}) {
					t.Fatal("what was suspended cannot be resumed")
				}
			})
			if n := next.trackers[0].Evidence.Used(); suspended > 0 && n != kept {
				t.Errorf("before message %d: %d bytes of messages count after the restart, %d before", before, n, kept)
			}
			records = h.close()
			h = next
		}
		h.handle(&m)
	}
	h.idle(idle)
	records = append(records, h.close()...)
	if n := h.trackers[0].Evidence.Used(); n != 0 {
		t.Errorf("before message %d: %d bytes of messages count at the end", before, n)
	}
	return records, suspended
}

// A call that goes on when the program is stopped and started again is one record, as if nothing had happened but for the
// flag, wherever in the call that is.
func TestRestart(t *testing.T) {
	for name, tt := range map[string]struct {
		flow flow
		open int // messages after which the call has ended
	}{
		"answered": {flow(established + `
			20.0 a>b BYE 2 to=t
			20.1 b>a 200 BYE 2 to=t`), 7},
		"held and taken off hold": {flow(established + `
			10.0 a>b INVITE 2 to=t via=h sdp=sendonly
			10.1 b>a 200 INVITE 2 to=t via=h sdp=recvonly
			10.2 a>b ACK 2 to=t via=h2
			30.0 a>b INVITE 3 to=t via=r sdp
			30.1 b>a 200 INVITE 3 to=t via=r sdp
			30.2 a>b ACK 3 to=t via=r2
			40.0 a>b BYE 4 to=t
			40.1 b>a 200 BYE 4 to=t`), 13},
		"refused": {`
			0.0 a>b INVITE 1 sdp
			0.1 b>a 100 INVITE 1
			0.2 b>a 180 INVITE 1 to=t
			4.0 b>a 486 INVITE 1 to=t
			4.1 a>b ACK 1 to=t`, 4},
		"challenged": {`
			0.0 a>b INVITE 1 sdp via=1
			0.1 b>a 401 INVITE 1 to=c via=1
			0.2 a>b ACK 1 to=c via=1
			0.3 a>b INVITE 2 sdp via=2
			0.4 b>a 180 INVITE 2 to=t via=2
			3.0 b>a 200 INVITE 2 to=t via=2 sdp
			3.1 a>b ACK 2 to=t via=k
			9.0 b>a BYE 1 from=t to=f via=e
			9.1 a>b 200 BYE 1 from=t to=f via=e`, 9},
	} {
		t.Run(name, func(t *testing.T) {
			whole := tt.flow.run(t, 60)
			want := summaries(whole)
			for before := 1; before < tt.open; before++ {
				records, suspended := tt.flow.restarted(t, 60, before)
				if suspended != 1 {
					t.Errorf("before message %d: %d calls are suspended", before, suspended)
				}
				if diff := cmp.Diff(want, summaries(records)); diff != "" {
					t.Errorf("before message %d: -never stopped +restarted\n%s", before, diff)
				}
				for _, r := range records {
					if r.Kind() == record.KindCall && r.Head().Confidence.Flags&record.Restart == 0 {
						t.Errorf("before message %d: the record does not say that there was a restart", before)
					}
				}
			}
			if _, suspended := tt.flow.restarted(t, 60, tt.open); suspended != 0 {
				t.Error("a call that has ended is suspended")
			}
		})
	}
}

// Two legs of one conversation are still linked after a restart.
func TestRestartKeepsRelations(t *testing.T) {
	records, suspended := flow(`
		0.0 a>p INVITE 1 id=c1 from=f1 via=1 h=Ms-Conversation-ID:Acz1
		0.1 p>b INVITE 1 id=c2 from=f2 via=2 h=Ms-Conversation-ID:Acz1
		1.0 b>p 200 INVITE 1 id=c2 from=f2 to=t2 via=2
		1.1 p>a 200 INVITE 1 id=c1 from=f1 to=t1 via=1
		1.2 a>p ACK 1 id=c1 from=f1 to=t1 via=3
		1.3 p>b ACK 1 id=c2 from=f2 to=t2 via=4
		60.0 a>p BYE 2 id=c1 from=f1 to=t1 via=5
		60.1 p>b BYE 2 id=c2 from=f2 to=t2 via=6
		60.2 b>p 200 BYE 2 id=c2 from=f2 to=t2 via=6
		60.3 p>a 200 BYE 2 id=c1 from=f1 to=t1 via=5`).restarted(t, 60, 6)
	if suspended != 2 || len(records) != 2 {
		t.Fatalf("%d calls are suspended, %d records", suspended, len(records))
	}
	for _, r := range records {
		if c := r.(*record.Call); len(c.Related) != 1 {
			t.Errorf("%s is related to %v", c.CallID, c.Related)
		}
	}
}

// What may have happened while nothing was captured is no failure.
func TestRestartMissesTheEnd(t *testing.T) {
	messages := flow(established + `
		20.0 a>b BYE 2 to=t
		20.1 b>a 200 BYE 2 to=t`)
	for before := range 7 {
		h := newHarness(t, 1, nil)
		for i, m := range messages.messages(t) {
			if i <= before {
				h.handle(&m)
			}
		}
		next := newHarness(t, 1, nil)
		h.trackers[0].Suspend(func(_ uint64, packed []byte) { next.trackers[0].Resume(&store.Kept{Packed: packed}) })
		next.last = h.last
		next.idle(2 * 24 * 3600)
		for _, r := range next.close() {
			if r.Kind() != record.KindCall {
				t.Errorf("nothing but message %d was seen before the restart: %s", before, fmt.Sprint(summary(r)))
			}
			if c, ok := r.(*record.Call); ok && before < 3 && c.Disposition != record.InProgress {
				t.Errorf("stopped after message %d: the call is %s", before, c.Disposition)
			}
		}
	}
}
