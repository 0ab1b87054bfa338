package session

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"sipspan/decode/sip"
	"sipspan/internal/wire"
)

func TestLookingAheadChangesNothing(t *testing.T) {
	messages := mixedLoad(t)
	run := func(ahead bool) []string {
		h := newHarness(t, 1, nil)
		var a Ahead
		for i, seen := 0, 0; i < len(messages); i++ {
			if ahead && i == seen {
				for more := true; more && seen < len(messages); seen++ {
					more = a.Add(h.trackers[0], messages[seen].meta.Time, wire.TableHash(sip.PeekCallID(messages[seen].raw)))
				}
				a.Fetch()
			}
			h.handle(&messages[i])
		}
		h.idle(300)
		return lines(h.close())
	}
	if diff := cmp.Diff(run(false), run(true)); diff != "" {
		t.Errorf("-without +with looking ahead:\n%s", diff)
	}
}

func TestLookingAheadAllocatesNothing(t *testing.T) {
	messages := mixedLoad(t)[:200]
	h := newHarness(t, 1, nil)
	var callIDs []uint64
	for i := range messages {
		h.handle(&messages[i])
		callIDs = append(callIDs, wire.TableHash(sip.PeekCallID(messages[i].raw)))
	}
	var a Ahead
	if n := testing.AllocsPerRun(10, func() {
		for _, id := range callIDs {
			if !a.Add(h.trackers[0], h.last, id) {
				a.Fetch()
			}
		}
		a.Fetch()
	}); n != 0 {
		t.Errorf("%g allocations", n)
	}
}
