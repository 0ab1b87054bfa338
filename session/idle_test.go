package session

import (
	"fmt"
	"testing"
)

// The calls that began to wait last stay as they are, the others are packed, and each ends as it would have.
func TestIdle(t *testing.T) {
	h := newHarness(t, 1, nil)
	tr := h.trackers[0]
	tr.idles = idles{ring: make([]idleGroup, maxIdle)} // also in the checking builds
	const calls = 3 * maxIdle
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
	if n := tr.groups.waiting.Len(); n+busy != calls || busy < maxIdle || busy > maxIdle+10 {
		t.Errorf("%d calls are packed and %d are not", n, busy)
	}
	for i := range calls {
		for _, line := range []string{"%d.0 a>b BYE 2 id=c%d via=b to=t", "%d.1 b>a 200 BYE 2 id=c%d via=b to=t"} {
			m := parseFlowLine(t, fmt.Sprintf(line, calls+i, i))
			h.handle(&m)
		}
	}
	h.idle(10)
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
