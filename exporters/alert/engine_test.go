package alert

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSpikeFiresAndResolves(t *testing.T) {
	alerts := play(t, only("invite-5xx"), tell(t, `
		0s-60m 2 INVITE 200 to=carrier-a
		20m-25m 2 INVITE 503 to=carrier-a cause=q850/34
	`))
	want := []string{
		"firing invite-5xx 20m0s",
		"firing invite-5xx direction=to peer=carrier-a 20m0s",
		"resolved invite-5xx 20m0s-25m55s",
		"resolved invite-5xx direction=to peer=carrier-a 20m0s-25m55s",
	}
	if diff := cmp.Diff(want, lines(alerts)); diff != "" {
		t.Fatalf("-want +got:\n%s", diff)
	}
	summary := "25 % of INVITEs to carrier-a failed with 5xx in the last minute (40 of 160; usual 0.028 %), all q850 34"
	if got := alerts[1].Summary; got != summary {
		t.Errorf("the summary is\n%s\nwant\n%s", got, summary)
	}
}
