package story_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"sipspan/record"
	"sipspan/view/story"
)

const t0 = int64(1_700_000_000e9)

// tell writes a story as text.
func tell(r record.Record) string {
	s := story.Of(r, time.FixedZone("CET", 3600))
	var b strings.Builder
	fmt.Fprintln(&b, s.Heading)
	for _, f := range s.Facts {
		fmt.Fprintf(&b, "%s: %s\n", f.Name, f.Text)
	}
	for _, line := range s.Course {
		fmt.Fprintln(&b, line)
	}
	return b.String()
}

func TestStories(t *testing.T) {
	head := record.Header{ID: "1", CallID: "c", Start: t0}
	undated := head
	undated.Confidence.Flags = record.NoTimes
	for _, c := range []struct {
		of   record.Record
		want string
	}{
		{&record.Call{
			Header: head, Disposition: record.Answered, Status: 200, Reason: "OK", From: record.Party{URI: "sip:a@x", Display: "Alice"},
			To: record.Party{URI: "sip:b@x"}, RequestURI: "sip:b@x", Caller: record.Endpoint{Addr: "192.0.2.1:5060", UserAgent: "phone/1"},
			Hops: make([]record.Hop, 2), Challenged: true, Setup: record.Between(t0, t0+15e8), Ring: record.Between(t0, t0+9e8),
			Duration: record.Between(t0, t0+65e9), ReleasedBy: "callee", Services: []string{"call_hold"}, Retransmissions: 2,
		}, `Call, answered
from: “Alice” sip:a@x
to: sip:b@x
caller: 192.0.2.1:5060 (phone/1)
services: call hold
Call-ID: c
record: 1
It began on 2023-11-14 23:13:20.000 CET over 2 hops after a challenge.
It was answered with 200 OK after 1.5 s, ringing for 900 ms.
The callee hung up after 1 min 5 s; 2 messages were sent again.
`},
		{&record.Call{Header: undated, Disposition: record.NoAnswer, Status: 480, Reason: "Gone"}, `Call, no answer
Call-ID: c
record: 1
It began.
It ended as no answer: the caller received 480 Gone.
`},
		{&record.Subscription{
			Header: head, Event: "presence", Resource: "sip:b@x", Outcome: record.Active, Status: 200, Reason: "OK", Notifies: 1,
			FirstNotify: record.Between(t0, t0+2e7), State: "active", Presence: &record.Presence{Entity: "sip:b@x", Basic: "open"},
		}, `Subscription, active
event: presence
resource: sip:b@x
presence: sip:b@x open
Call-ID: c
record: 1
It began on 2023-11-14 23:13:20.000 CET.
The answer was 200 OK.
1 notification (the first after 20 ms); last state active.
`},
		{&record.Registration{Header: head, AOR: "sip:a@x", Outcome: record.OutcomeTimeout, Src: "192.0.2.1:5060", Expires: -1}, `Registration, timeout
address of record: sip:a@x
way: 192.0.2.1:5060 → ?
Call-ID: c
record: 1
It began on 2023-11-14 23:13:20.000 CET.
No final response was captured.
`},
	} {
		if diff := cmp.Diff(c.want, tell(c.of)); diff != "" {
			t.Error(diff)
		}
	}
}

func TestHostile(t *testing.T) {
	bad := "\x1b[2J\u202e" + strings.Repeat("x", 10<<10)
	got := tell(&record.Call{Header: record.Header{CallID: bad}, From: record.Party{URI: bad, Display: bad}, Reason: bad, Status: 486, ReleasedBy: bad})
	for _, r := range got {
		if r != '\n' && !unicode.IsPrint(r) {
			t.Fatalf("the story holds %q", r)
		}
	}
	if len(got) > 4000 {
		t.Errorf("%d bytes", len(got))
	}
}

func TestCallsThatGoOnOrRang(t *testing.T) {
	rang := record.Elapsed{D: 2 * time.Second, Known: true}
	for want, c := range map[string]*record.Call{
		"It was answered with 200 OK after 2.0 s, and its end has not been seen.":                  {Disposition: record.InProgress, Status: 200, Reason: "OK", Setup: rang},
		"The capture ended before its outcome was known.":                                          {Disposition: record.InProgress},
		"It ended as failed: the caller received 503 Service Unavailable after ringing for 2.0 s.": {Disposition: record.Failed, Status: 503, Reason: "Service Unavailable", Ring: rang},
		"1 message was sent again": {Disposition: record.Answered, Status: 200, Retransmissions: 1},
	} {
		if got := strings.Join(story.Of(c, time.UTC).Course, "\n"); !strings.Contains(got, want) {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	}
}
