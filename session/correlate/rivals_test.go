package correlate

import (
	"fmt"
	"net/netip"
	"testing"

	"sipspan/record"
	"sipspan/session/link"
)

func TestRivals(t *testing.T) {
	register := func(src string, outcome record.Outcome, contacts ...string) *record.Registration {
		return &record.Registration{AOR: "sip:u@example.com", Src: src + ":5060", Outcome: outcome, Contacts: contacts}
	}
	device := func(src string) *record.Registration {
		r := register(src, record.Registered, "sip:u@"+src)
		r.CallID = "one"
		return r
	}
	one := func(src string) *record.Registration { return register(src, record.Registered, "sip:u@"+src) }
	for _, tt := range []struct {
		name  string
		list  []*record.Registration
		rival bool
	}{
		{"in turns", []*record.Registration{one("10.0.0.1"), one("10.0.0.2"), one("10.0.0.1"), one("10.0.0.2")}, true},
		{"with refreshes in between", []*record.Registration{one("10.0.0.1"), one("10.0.0.1"), one("10.0.0.2"), one("10.0.0.1"), one("10.0.0.2"), one("10.0.0.2")}, true},
		{"away and back", []*record.Registration{one("10.0.0.1"), one("10.0.0.2"), one("10.0.0.1"), one("10.0.0.1")}, false},
		{"on the move", []*record.Registration{one("10.0.0.1"), one("10.0.0.2"), one("10.0.0.3"), one("10.0.0.4")}, false},
		{"both are kept", []*record.Registration{one("10.0.0.1"), register("10.0.0.2", record.Registered, "x", "y"), one("10.0.0.1"), register("10.0.0.2", record.Registered, "x", "y")}, false},
		{"one device with two networks", []*record.Registration{device("10.0.0.1"), device("10.0.0.2"), device("10.0.0.1"), device("10.0.0.2")}, false},
		{"one leaves first", []*record.Registration{one("10.0.0.1"), one("10.0.0.2"), one("10.0.0.1"), register("10.0.0.1", record.Unregistered), one("10.0.0.2")}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var w rivals
			var got []netip.AddrPort
			for _, r := range tt.list {
				got = w.watch(&link.FinishedRegistration{Registration: r})
			}
			if (got != nil) != tt.rival {
				t.Errorf("rivals %v", got)
			}
		})
	}
	var w rivals
	for i := range maxWatchedAORs + 10 {
		r := one("10.0.0.1")
		r.AOR = fmt.Sprint(i)
		w.watch(&link.FinishedRegistration{Registration: r})
	}
	if len(w.last) != maxWatchedAORs || len(w.order) != maxWatchedAORs {
		t.Errorf("%d and %d addresses-of-record are remembered", len(w.last), len(w.order))
	}
}
