package session

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sipspan/record"
	"sipspan/session/store"
)

const crashGap = 90 * time.Second

// survivors is what is known of the sessions of a tracker when it is killed: as they were packed, changed by what Ended was given
// since, without those whose record was written.
type survivors struct {
	order    []uint64
	sessions map[uint64][]byte
}

func (s *survivors) save(number uint64, packed []byte) {
	if _, known := s.sessions[number]; !known {
		s.order = append(s.order, number)
	}
	s.sessions[number] = bytes.Clone(packed)
}

// killed runs a flow whose sessions are packed before one message, and that is killed before another one and goes on in another
// tracker. It returns the records of both.
func (f flow) killed(t *testing.T, idle float64, packed, killed int) (records []record.Record) {
	t.Helper()
	h := newHarness(t, 1, nil)
	known := survivors{sessions: make(map[uint64][]byte)}
	h.trackers[0].Ended = known.save
	for i, m := range f.messages(t) {
		if i == packed {
			h.trackers[0].Pack(known.save)
		}
		if i == killed {
			h.correlator.Advance(h.last)
			next := newHarness(t, 1, nil)
			written := make(map[uint64]bool)
			for _, r := range h.records {
				written[r.Head().Session] = true
			}
			for _, number := range known.order {
				s := store.Kept{Number: number, Packed: known.sessions[number], Gap: crashGap, Written: written[number]}
				if !next.trackers[0].Resume(&s) {
					t.Fatal("what was packed cannot be resumed")
				}
			}
			records, h = h.records, next
		}
		h.handle(&m)
	}
	h.idle(idle)
	records = append(records, h.close()...)
	if n := h.trackers[0].Evidence.Used(); n != 0 {
		t.Errorf("packed before message %d, killed before %d: %d bytes of messages count at the end", packed, killed, n)
	}
	return records
}

// However the program is killed, a call or subscription is one record: as if nothing had happened when all of it is known, and else
// with what was known and how much is not.
func TestKilled(t *testing.T) {
	for name, f := range map[string]flow{
		"subscription": `
			0.0 a>b SUBSCRIBE 1 h=Event:presence h=Expires:60
			0.1 b>a 200 SUBSCRIBE 1 to=x h=Expires:60
			0.2 b>a NOTIFY 1 from=x to=f h=Event:presence h=Subscription-State:active says=pidf:bob=open,away
			0.3 a>b 200 NOTIFY 1 from=x to=f
			40.0 a>b SUBSCRIBE 2 to=x via=r h=Event:presence h=Expires:60
			40.1 b>a 200 SUBSCRIBE 2 to=x via=r h=Expires:60
			70.0 b>a NOTIFY 2 from=x to=f via=n h=Event:presence h=Subscription-State:terminated;reason=noresource says=pidf:bob=closed
			70.1 a>b 200 NOTIFY 2 from=x to=f via=n
			70.2 a>b 200 NOTIFY 2 from=x to=f via=n
			71.0 b>a NOTIFY 2 from=x to=f via=n h=Event:presence h=Subscription-State:terminated;reason=noresource says=pidf:bob=closed`,
		"answered": established + `
			20.0 a>b BYE 2 to=t
			20.1 b>a 200 BYE 2 to=t
			20.2 b>a 200 BYE 2 to=t
			24.0 b>a 200 BYE 2 to=t
			30.0 a>b OPTIONS 7 id=other
			30.1 b>a 200 OPTIONS 7 id=other`,
		"refused": `
			0.0 a>b INVITE 1 sdp
			0.1 b>a 100 INVITE 1
			0.2 b>a 180 INVITE 1 to=t
			4.0 b>a 486 INVITE 1 to=t
			4.1 a>b ACK 1 to=t
			8.0 a>b ACK 1 to=t`,
		"challenged": `
			0.0 a>b INVITE 1 sdp via=1
			0.1 b>a 401 INVITE 1 to=c via=1
			0.2 a>b ACK 1 to=c via=1
			0.3 a>b INVITE 2 sdp via=2
			0.4 b>a 180 INVITE 2 to=t via=2
			3.0 b>a 200 INVITE 2 to=t via=2 sdp
			3.1 a>b ACK 2 to=t via=k
			9.0 b>a BYE 1 from=t to=f via=e
			9.1 a>b 200 BYE 1 from=t to=f via=e`,
	} {
		t.Run(name, func(t *testing.T) {
			want := summaries(f.run(t, 60))
			n := len(f.messages(t))
			for packed := range n {
				for killed := packed; killed < n; killed++ {
					at := fmt.Sprintf("packed before message %d, killed before %d", packed, killed)
					var found []record.Record
					records := f.killed(t, 60, packed, killed)
					for _, r := range records {
						if kind := r.Kind(); kind == record.KindCall || kind == record.KindSubscription {
							found = append(found, r)
						}
					}
					if packed == 0 && name == "subscription" && killed > 0 {
						continue // nothing was known, and not every message says which subscription it is of
					}
					if len(found) != 1 {
						t.Errorf("%s: %d records of one session: %q", at, len(found), summaries(records))
						continue
					}
					got := summaries(records)
					flags, gap := found[0].Head().Confidence.Flags, found[0].Head().Confidence.Gap
					switch restart := flags&record.Restart != 0; {
					case restart != gap.Known || restart && gap.D != crashGap:
						t.Errorf("%s: flags are %v, the gap is %v", at, flags.AppendNames(nil), gap)
					case packed == killed && packed > 0, flags == 0:
						if diff := cmp.Diff(want, got); diff != "" {
							t.Errorf("%s: -never killed +killed\n%s", at, diff)
						}
					case !restart && flags&record.MidStream == 0:
						t.Errorf("%s: nothing says what is not known: %q", at, got)
					}
				}
			}
		})
	}
}

// A call whose end was seen is handed on once, and once more when it goes on after all.
func TestEnded(t *testing.T) {
	h := newHarness(t, 1, nil)
	var active []bool
	h.trackers[0].Ended = func(number uint64, packed []byte) {
		g := h.trackers[0].blankGroup()
		if !h.trackers[0].unpack(bytes.Clone(packed), g) || h.trackers[0].calls.Number(g) != number {
			t.Errorf("session %d cannot be read", number)
			return
		}
		active = append(active, peek(g.Call, "active").Bool())
	}
	for _, m := range flow(`
		0.0 a>b INVITE 1 sdp via=1
		0.1 b>a 401 INVITE 1 to=c via=1
		0.2 a>b ACK 1 to=c via=1
		0.3 a>b INVITE 2 sdp via=2
		3.0 b>a 200 INVITE 2 to=t via=2 sdp
		3.1 a>b ACK 2 to=t via=k
		9.0 b>a BYE 1 from=t to=f via=e
		9.1 a>b 200 BYE 1 from=t to=f via=e
		9.2 a>b 200 BYE 1 from=t to=f via=e`).messages(t) {
		h.handle(&m)
	}
	if diff := cmp.Diff([]bool{false, true, false}, active); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

// What follows a call that had ended before the program was stopped opens no other one.
func TestRestartAfterTheEnd(t *testing.T) {
	f := flow(established + `
		20.0 a>b BYE 2 to=t
		20.1 b>a 200 BYE 2 to=t
		20.2 b>a 200 BYE 2 to=t
		21.0 a>b BYE 2 to=t
		21.1 b>a 200 BYE 2 to=t`)
	for before := 7; before < 10; before++ {
		records, suspended := f.restarted(t, 60, before)
		if suspended != 0 || len(records) != 1 || records[0].Head().Confidence.Flags != 0 {
			t.Errorf("before message %d: %d suspended, %q", before, suspended, summaries(records))
		}
	}
}
