package record

import "testing"

// TestHideParties: no sentence shows how an end without an address is held in memory, and shared causes stay as they are.
func TestHideParties(t *testing.T) {
	shared := &Cause{
		Origin: "[::%party-1f]:0", Explanation: "[::%party-1f]:0 did not answer invalid AddrPort at 192.0.2.1:5060.",
		Evidence: []Evidence{{What: "from ::%party-2 to [2001:db8::1]:5060"}},
	}
	call := &Call{
		Cause: shared, ServiceEvidence: []ServiceEvidence{{What: "REFER from [::%party-a]:0 to 192.0.2.1:5060"}},
		Related: []Related{{Reason: "BYE to [::%party-b]:0"}},
	}
	failure := &Failure{Cause: shared}
	HideParties(call)
	HideParties(failure)
	for _, c := range []*Cause{call.Cause, failure.Cause} {
		if c.Origin != "" || c.Explanation != "an end without an address did not answer an end without an address at 192.0.2.1:5060." ||
			c.Evidence[0].What != "from an end without an address to [2001:db8::1]:5060" {
			t.Errorf("%+v", c)
		}
	}
	if call.ServiceEvidence[0].What != "REFER from an end without an address to 192.0.2.1:5060" || call.Related[0].Reason != "BYE to an end without an address" {
		t.Errorf("%+v", call)
	}
	if shared.Origin != "[::%party-1f]:0" || shared.Evidence[0].What != "from ::%party-2 to [2001:db8::1]:5060" {
		t.Errorf("the shared cause was changed: %+v", shared)
	}
	HideParties(&Message{})
	HideParties(&Stats{})
}
