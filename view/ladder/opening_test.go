package ladder_test

import (
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
