package session

import (
	"testing"

	"sipspan/record"
)

// What was seen in part is a call, but no part of a ratio.
func TestIncompleteCallsMakeNoRatio(t *testing.T) {
	var c Counters
	for _, flags := range []record.Flags{0, record.OneWay, record.TCPGap} {
		c.Count(&record.Call{
			Header:      record.Header{CallID: "a", Confidence: record.Confidence{Flags: flags}},
			Disposition: record.Answered,
			PeerLegs:    []record.PeerLeg{{Peer: "carrier", Status: 200}},
		})
	}
	if c.Calls[record.Answered] != 3 || c.CompleteCalls[record.Answered] != 1 {
		t.Errorf("%d calls, %d of them complete; 3 and 1 were expected", c.Calls[record.Answered], c.CompleteCalls[record.Answered])
	}
	call := PeerCall{"carrier", Outbound, record.Answered}
	if all, complete := countOf(&c.Peers.Calls, call), countOf(&c.Peers.Complete, call); all != 3 || complete != 1 {
		t.Errorf("%d calls of the peer, %d of them complete; 3 and 1 were expected", all, complete)
	}
}

func countOf(calls *Tally[PeerCall], of PeerCall) (count uint64) {
	for k, n := range calls.All {
		if k == of {
			count = n.N
		}
	}
	return count
}
