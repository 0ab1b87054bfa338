package correlate

import (
	"fmt"
	"testing"

	"sipspan/record"
	"sipspan/session/link"
	"sipspan/session/stats"
)

// The tables are bounded, whatever registers.
func TestBindingsAreBounded(t *testing.T) {
	c := New(Config{MaxRegistrations: 100, T1: 1, RegistrationWait: 1 << 40}, func(record.Record) {})
	register := func(aor, contact, callID string, at int64) {
		c.Emit(at, &link.FinishedRegistration{
			Registration: &record.Registration{Header: record.Header{CallID: callID}, AOR: aor, Status: 200, Outcome: record.Registered, Expires: 1 << 30, UserAgent: contact},
			Asked:        contact, Own: -1, Wanted: 1,
		})
		c.Advance(at + 1)
	}
	for i := range 1000 {
		register(fmt.Sprintf("sip:u%d@example.com", i), "sip:u@192.0.2.1", fmt.Sprint(i), int64(i))
	}
	for i := range 1000 {
		register("sip:one@example.com", fmt.Sprintf("sip:u%d@192.0.2.1", i), fmt.Sprint("o", i), int64(1000+i))
	}
	g := c.registrar
	if g.size > 100 || len(g.aors) > 100 || len(g.deadlines.addresses) > 100 || c.counters.Tracked[stats.TableRegistrations] != int64(g.size) {
		t.Errorf("%d bindings, %d addresses-of-record, %d timers, %d counted", g.size, len(g.aors), len(g.deadlines.addresses), c.counters.Tracked[stats.TableRegistrations])
	}
	c.Close()
	if g.size != 0 || len(g.aors) != 0 || len(g.deadlines.addresses) != 0 || c.counters.RegistrationsActive != 0 {
		t.Errorf("%d bindings, %d addresses-of-record, %d timers are left", g.size, len(g.aors), len(g.deadlines.addresses))
	}
}
