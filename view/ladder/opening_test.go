package ladder_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"sipspan/record"
	"sipspan/view/ladder"
	"sipspan/view/ladder/laddertest"
)

func TestOpening(t *testing.T) {
	all := laddertest.Chain(2, 8) // INVITE, 180, 200 and ACK over two hops
	call := ladder.Opening(all)
	if call == nil || call.Status != 200 || call.Reason != "OK" || call.Disposition != record.InProgress || call.CallID != "chain" ||
		call.From.URI != "sip:alice@example.com" || call.To.URI != "sip:bob@example.com" || call.Start != all[0].Time || call.Caller.Addr != all[0].Src.String() ||
		call.Setup != (record.Elapsed{D: 50 * time.Millisecond, Known: true}) {
		t.Errorf("%+v", call)
	}
	if call := ladder.Opening(all[2:]); call != nil {
		t.Errorf("without its INVITE: %+v", call)
	}
	for i := range all { // as a re-INVITE has it
		all[i].Raw = []byte(strings.Replace(string(all[i].Raw), "To: <sip:bob@example.com>", "To: <sip:bob@example.com>;tag=b", 1))
	}
	if call := ladder.Opening(all); call != nil {
		t.Errorf("of a call that was set up before: %+v", call)
	}
}

// TestOpeningStatus follows the status of a call: none before a final response, that of a challenge, none again once the INVITE was tried again, and
// then that of the last try.
func TestOpeningStatus(t *testing.T) {
	challenged := laddertest.Chain(1, 3) // INVITE, 180, 200
	challenged[2].Raw = []byte(strings.Replace(string(challenged[2].Raw), "200 OK", "401 Unauthorized", 1))
	again := laddertest.Chain(1, 3)
	for i := range again {
		again[i].Time += challenged[2].Time
		again[i].Raw = []byte(strings.Replace(string(again[i].Raw), "CSeq: 1 ", "CSeq: 2 ", 1))
	}
	all := slices.Concat(challenged, again)
	for n, want := range map[int]int{1: 0, 2: 0, 3: 401, 4: 0, 5: 0, 6: 200} {
		call := ladder.Opening(all[:n])
		if call == nil || call.Status != want || call.Hops[0].Status != want || call.Start != all[0].Time {
			t.Errorf("after %d messages: %+v, want status %d", n, call, want)
		}
	}
}
