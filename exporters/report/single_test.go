package report

import (
	"strings"
	"testing"
	"time"

	"sipspan/record"
)

// Of a single call the report says who, how, with which codec and who hung up; its Call-ID is whole, however long it is, and
// times are those of the zone.
func TestSingleCall(t *testing.T) {
	callID := strings.Repeat("0123456789", 15) + "@pbx.example"
	call := &record.Call{
		Header: record.Header{ID: "1", CallID: callID, Start: start.UnixNano(), End: start.Add(time.Minute).UnixNano()},
		From:   record.Party{URI: "sip:alice@example.com"}, To: record.Party{URI: "sip:bob@example.com"},
		Caller: record.Endpoint{Addr: "192.0.2.1:5060", UserAgent: "Desk/1.0"}, Callee: record.Endpoint{Addr: "192.0.2.2:5060"},
		Disposition: record.Answered, Status: 200, Reason: "OK", Setup: ms(2000), Duration: ms(90_000), ReleasedBy: "callee",
		Media: []record.Media{{Type: "audio", Codec: "opus", Direction: "sendrecv"}},
	}
	zone := time.FixedZone("CET", 3600)
	got := write(t, []record.Record{call}, Options{Zone: zone, Width: 72})
	for _, want := range []string{
		"10:30:00 – 10:31:00 CET", "alice@example.com · 192.0.2.1:5060 · Desk/1.0", "audio opus sendrecv",
		"answered · 200 OK after 2.00 s · the callee hung up after 1 min 30 s",
	} {
		if !strings.Contains(strings.Join(strings.Fields(got), " "), want) {
			t.Errorf("the report lacks %q:\n%s", want, got)
		}
	}
	if squeezed := strings.ReplaceAll(strings.ReplaceAll(got, "\n", ""), " ", ""); strings.Count(squeezed, callID) != 2 {
		t.Errorf("the Call-ID is not whole in both places:\n%s", got)
	}
	if !strings.Contains(got, "\n  from     alice@example.com") {
		t.Errorf("the facts do not stand in a column:\n%s", got)
	}
	for line := range strings.Lines(got) {
		if columns(strings.TrimSuffix(line, "\n")) > 72 {
			t.Errorf("a line is too long: %q", line)
		}
	}
	second := *call
	second.CallID = "another"
	if got := write(t, []record.Record{call, &second}, Options{}); strings.Contains(got, "hung up") {
		t.Errorf("of two calls one is told:\n%s", got)
	}
}
