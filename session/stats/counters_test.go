package stats

import (
	"strings"
	"testing"
	"time"

	"sipspan/decode/sip"
	"sipspan/internal/wire"
	"sipspan/record"
)

func TestCountersAdd(t *testing.T) {
	var a, sum Counters
	a.Requests[sip.INVITE][wire.UDP] = 3
	a.Responses[sip.INVITE][StatusIndex(486)] = 2
	a.Evicted[TableCalls] = 1
	a.CallsActive = -1
	for range maxOtherMethods + 5 {
		a.countOther([]byte(strings.Repeat("X", len(a.OtherMethods)+1)))
	}
	a.Count(&record.Failure{Method: "INVITE", Status: 486, Cause: &record.Cause{Source: "sip"}})
	a.Count(&record.Call{Disposition: record.Busy, Setup: record.Elapsed{D: time.Second, Known: true}})
	a.Count(&record.Subscription{Event: "presence", Outcome: record.Active, FirstNotify: record.Elapsed{D: time.Second, Known: true}})
	if len(a.OtherMethods) != maxOtherMethods {
		t.Errorf("%d other methods", len(a.OtherMethods))
	}
	sum.Add(&a)
	sum.Add(&a)
	if got := sum.Messages(); got != 10 {
		t.Errorf("%d messages", got)
	}
	if sum.Failures.Of(FailureLabels{Method: sip.INVITE, Code: 486, Source: "sip"}) != 2 || sum.Calls[record.Busy] != 2 ||
		sum.CallSetup.Count != 2 || sum.FirstNotify[EventPresence].Count != 2 || sum.Subscriptions[EventPresence][record.Active] != 2 ||
		sum.Records[record.KindCall] != 2 || sum.Evicted[TableCalls] != 2 || sum.CallsActive != -2 || sum.OtherMethods["X"] != 2 {
		t.Errorf("sum %+v", sum)
	}
}

// What a scrape takes of the owner's time is one copy: no work for each session, and a few allocations.
func TestCountersCopy(t *testing.T) {
	var c Counters
	for i := range 1000 {
		c.Count(&record.Failure{Header: record.Header{CallID: "x", End: int64(i)}, Method: "INVITE", Status: 100 + i%600})
	}
	c.Peers.Requests.Count(PeerLabels{Peer: "p"}, otherPeer)
	var kept *Counters
	if n := testing.AllocsPerRun(10, func() { kept = c.Copy() }); n > 12 {
		t.Errorf("%v allocations", n)
	}
	c.Count(&record.Failure{Method: "INVITE", Status: 100})
	if labels := (FailureLabels{Method: 1, Code: 100, Source: "sip"}); c.Failures.Of(labels) != 3 {
		t.Errorf("%d", c.Failures.Of(labels))
	}
	var sum Counters
	sum.Add(kept)
	if labels := (FailureLabels{Method: 1, Code: 100, Source: "sip"}); sum.Failures.Of(labels) != 2 || kept.Records[record.KindFailure] != 1000 {
		t.Errorf("a copy that goes on counting")
	}
}

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
