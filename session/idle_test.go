package session

import (
	"fmt"
	"strings"
	"testing"

	"sipspan/session/call"
)

// As long as there is memory, calls that wait stay as they are; then those that have waited for the longest time are packed.
// Each ends as it would have.
func TestIdle(t *testing.T) {
	h := newHarness(t, 1, nil)
	tr := h.trackers[0]
	tr.idles = idles{} // also in the checking builds
	const calls, together = 400, 150
	tr.Config.Budget.Busy = 2 * together * (call.Bytes + groupBytes)
	for i := range calls {
		for _, line := range []string{
			"%d.0 a>b INVITE 1 id=c%d via=i", "%d.1 b>a 200 INVITE 1 id=c%d via=i to=t", "%d.2 a>b ACK 1 id=c%d via=a to=t",
		} {
			m := parseFlowLine(t, fmt.Sprintf(line, i, i))
			h.handle(&m)
		}
	}
	busy := 0
	for _, g := range tr.groups.busy {
		if g != nil {
			busy++
		}
	}
	if n := tr.groups.waiting.Len(); n+busy != calls || busy < together/2 || busy > together {
		t.Errorf("%d calls are packed and %d are not", n, busy)
	}
	for i := range calls {
		for _, line := range []string{"%d.0 a>b BYE 2 id=c%d via=b to=t", "%d.1 b>a 200 BYE 2 id=c%d via=b to=t"} {
			m := parseFlowLine(t, fmt.Sprintf(line, calls+i, i))
			h.handle(&m)
		}
	}
	h.idle(10)
	if n := len(tr.idles.ring); n > 4*together {
		t.Errorf("the list of calls that wait has %d places", n)
	}
	if records := h.close(); len(records) != calls {
		t.Errorf("%d records of %d calls", len(records), calls)
	} else {
		for _, r := range records {
			if got := summary(r); len(got) < 20 || r.Head().Confidence.Flags != 0 {
				t.Errorf("%s", got)
			}
		}
	}
	checkEmpty(t, h)
}

// Calls that end while an older one goes on leave no trace in the list of those that wait.
func TestIdleForgetsWhatHasEnded(t *testing.T) {
	h := newHarness(t, 1, nil)
	tr := h.trackers[0]
	tr.idles = idles{}
	for i := range 2000 {
		for _, line := range []string{
			"%d.0 a>b INVITE 1 id=c%d via=i", "%d.1 b>a 200 INVITE 1 id=c%d via=i to=t", "%d.2 a>b ACK 1 id=c%d via=a to=t",
			"%d.3 a>b BYE 2 id=c%d via=b to=t", "%d.4 b>a 200 BYE 2 id=c%d via=b to=t",
		} {
			at := 60 * i
			if i > 0 && strings.Contains(line, "BYE") {
				at += 30
			}
			if i == 0 && strings.Contains(line, "BYE") {
				continue
			}
			m := parseFlowLine(t, fmt.Sprintf(line, at, i))
			h.handle(&m)
		}
	}
	if n := len(tr.idles.ring); n > 64 {
		t.Errorf("the list of calls that wait has %d places after 2000 calls, one at a time", n)
	}
	h.close()
}
