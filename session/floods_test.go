package session

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"sipspan/session/shard"
	"sipspan/session/stats"
)

// floodOf hands n rounds of a flow to a tracker. # in a line is the number of the round; rounds follow each other after a
// millisecond. It returns the tracker and the bytes that were allocated meanwhile.
func floodOf(tb testing.TB, n int, lines ...string) (t *Tracker, allocated uint64) {
	tb.Helper()
	t = New(shard.DefaultConfig(), new(stats.Counters), new(discard))
	t.Explainer = silent{}
	h := &harness{tb: tb, trackers: []*Tracker{t}}
	var before, after runtime.MemStats
	for i := range n {
		for _, line := range lines {
			m := parseFlowLine(tb, fmt.Sprintf("%.6f ", float64(i)/1000)+strings.ReplaceAll(line, "#", fmt.Sprint(i+1)))
			runtime.ReadMemStats(&before)
			h.handle(&m)
			runtime.ReadMemStats(&after)
			allocated += after.TotalAlloc - before.TotalAlloc
		}
	}
	return t, allocated
}

// TestOneCallTriedAgainAndAgain floods one Call-ID with INVITEs that are refused: what the call keeps and what each try
// costs must not grow with the tries before it.
func TestOneCallTriedAgainAndAgain(t *testing.T) {
	flow := []string{
		"a>b INVITE # uri=sip:" + strings.Repeat("p", 300) + "#@example.com",
		"b>a 486 INVITE # to=" + strings.Repeat("t", 300) + "#",
		"a>b ACK # to=" + strings.Repeat("t", 300) + "#",
	}
	tracker, once := floodOf(t, 500, flow...)
	if n := peek(tracker.oldestCall().Call, "text", "buf").Cap(); n > 16<<10 {
		t.Errorf("the text of the call holds %d bytes", n)
	}
	if _, twice := floodOf(t, 1000, flow...); twice > once*22/10 {
		t.Errorf("500 tries allocate %d bytes, 1000 tries %d", once, twice)
	}
}

// TestOneSubscriptionForever has one subscription notified with states of changing length: what it keeps must not grow.
func TestOneSubscriptionForever(t *testing.T) {
	long := "b>a NOTIFY # id=n from=x to=f h=Event:presence h=Subscription-State:" + strings.Repeat("x", 1000) + "#"
	tracker, _ := floodOf(t, 500, long, strings.Replace(strings.Replace(long, "NOTIFY #", "NOTIFY 5000#", 1), strings.Repeat("x", 1000), "y", 1))
	s := tracker.OldestSubscription()
	if n := cap(s.Text.Bytes()); n > 16<<10 {
		t.Errorf("the text of the subscription holds %d bytes", n)
	}
	if got := string(s.Text.Of(s.StateWord)); got != "y500" {
		t.Errorf("the state is %q", got)
	}
	if got := string(s.Text.Of(s.Resource)); got != "sip:alice@example.com" {
		t.Errorf("the resource is %q", got)
	}
}
