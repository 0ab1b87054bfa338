package alert

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"sipspan/record"
)

// passing makes the signals of calls of a site that a proxy sends to a trunk: the hop to the trunk first, as its outcome is known first.
// A status of 0 is no response.
func passing(e *Engine, from, calls int, toTrunk, toSite int, diagnosed string) {
	site, proxy, trunk := netip.MustParseAddrPort("192.0.2.1:5060"), netip.MustParseAddrPort("192.0.2.2:5060"), netip.MustParseAddrPort("192.0.2.3:5060")
	for i := range calls {
		at := epoch + int64(from+i)*1e9
		id := fmt.Sprintf("%d@site", from+i)
		far := &record.Signal{Time: at, Method: "INVITE", Status: toTrunk, Src: proxy, Dst: trunk, From: "proxy", To: "trunk", CallID: id, Target: uint64(i)}
		near := &record.Signal{Time: at + 1, Method: "INVITE", Status: toSite, Src: site, Dst: proxy, From: "site", To: "proxy", CallID: id, Target: uint64(i), First: true}
		if toTrunk == 0 {
			far.Kind = record.SignalUnanswered
		}
		e.Signal(far)
		e.Signal(near)
		if toSite >= 400 {
			f := &record.Failure{Header: record.Header{CallID: id, Peers: record.Peers{From: "site", To: "proxy"}}, Method: "INVITE", Status: toSite, Origin: diagnosed}
			f.Cause = &record.Cause{Source: "sip", Code: fmt.Sprint(toSite), Explanation: "It failed at " + diagnosed + "."}
			e.Record(at+2, f)
		}
	}
}

// TestWhoGeneratedIt lets a proxy pass on what a trunk does, in several ways: the trunk is the origin of one alert.
func TestWhoGeneratedIt(t *testing.T) {
	for name, test := range map[string]struct {
		toTrunk, toSite int
		diagnosed       string
		likely, cause   string
		label, command  string
	}{
		"as it is":          {503, 503, "192.0.2.3:5060", "It failed at 192.0.2.3:5060.", "sip 503", "trunk", "calls --peer 192.0.2.3 --status 5xx"},
		"as another status": {503, 500, "192.0.2.2:5060", "trunk responds with 503", "sip 503", "trunk", "calls --peer 192.0.2.3 --status 5xx"},
		"no response":       {0, 503, "192.0.2.2:5060", "trunk does not respond.", "timeout", "trunk", "calls --peer 192.0.2.3"},
	} {
		t.Run(name, func(t *testing.T) {
			var alerts []*record.Alert
			e := New(DefaultConfig(), "test", func(a *record.Alert) { alerts = append(alerts, a) })
			passing(e, 0, 3600, 200, 200, "")
			passing(e, 3600, 300, test.toTrunk, test.toSite, test.diagnosed)
			passing(e, 3900, 1200, 200, 200, "")
			critical := slices.DeleteFunc(slices.Clone(alerts), func(a *record.Alert) bool { return a.State != "firing" || a.Severity != "critical" })
			if len(critical) != 1 {
				t.Fatalf("%d critical alerts in %q", len(critical), lines(alerts))
			}
			a := critical[0]
			if a.Origin != test.label || label(a, "origin") != test.label || label(a, "peer") != test.label {
				t.Errorf("it is about %q, %v, with %d symptoms", a.Origin, a.Labels, len(a.Symptoms))
			}
			if !strings.HasPrefix(a.LikelyCause, test.likely) || a.TopCauses[0].Name != test.cause || !strings.HasPrefix(a.Command, test.command) {
				t.Errorf("the likely cause is %q, the causes are %v, the command is %q", a.LikelyCause, a.TopCauses, a.Command)
			}
			if sum(a.TopCauses) != a.Events || sum(a.TopPeers) != a.Events || a.TopPeers[0].Name != test.label {
				t.Errorf("%d events, by cause %v, by who generated them %v", a.Events, a.TopCauses, a.TopPeers)
			}
			last := alerts[len(alerts)-1]
			if last.State != "resolved" || last.ID != a.ID || last.Of < last.Events || last.Events < 250 || len(last.Symptoms) == 0 {
				t.Errorf("in the end it is %s with %d of %d", last.State, last.Events, last.Of)
			}
		})
	}
}
