package session

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sipspan/record"
	"sipspan/session/link"
	"sipspan/session/stats"
)

// The Call-IDs of one device are followed by several trackers.
func TestBindingsOfSeveralShards(t *testing.T) {
	var f strings.Builder
	for i := range 12 {
		fmt.Fprintf(&f, `%d a>b REGISTER 1 id=c%d via=a%d h=Contact:<sip:u@192.0.2.1>;expires=60
			%d.1 b>a 200 REGISTER 1 id=c%d via=a%d to=x h=Contact:<sip:u@192.0.2.1>;expires=60
			`, 50*i, i, i, 50*i, i, i)
	}
	f.WriteString("1000 a>b OPTIONS 1 id=o via=o")
	var want []string
	for shards := 1; shards <= 8; shards *= 2 {
		h := newHarness(t, shards, nil)
		h.correlator.Explainer = &h.cases
		for _, m := range flow(f.String()).messages(t) {
			h.handle(&m)
		}
		var got []string
		for _, r := range h.close() {
			if r, ok := r.(*record.Registration); ok {
				got = append(got, fmt.Sprint(r.CallID, " ", r.Cause != nil))
			}
		}
		if shards == 1 {
			want = got
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%d shards: -want +got:\n%s", shards, diff)
		}
		if len(got) != 12 || got[11] != "c11 true" || strings.Contains(strings.Join(got[:11], ","), "true") {
			t.Errorf("%d shards: %v", shards, got)
		}
	}
}

// The tables are bounded, whatever registers.
func TestBindingsAreBounded(t *testing.T) {
	c := NewCorrelator(Config{MaxRegistrations: 100, T1: 1, RegistrationWait: 1 << 40}, func(record.Record) {})
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
	if g.size > 100 || len(g.aors) > 100 || len(g.timers.heap) > 100 || c.counters.Tracked[stats.TableRegistrations] != int64(g.size) {
		t.Errorf("%d bindings, %d addresses-of-record, %d timers, %d counted", g.size, len(g.aors), len(g.timers.heap), c.counters.Tracked[stats.TableRegistrations])
	}
	c.Close()
	if g.size != 0 || len(g.aors) != 0 || len(g.timers.heap) != 0 || c.counters.RegistrationsActive != 0 {
		t.Errorf("%d bindings, %d addresses-of-record, %d timers are left", g.size, len(g.aors), len(g.timers.heap))
	}
}
