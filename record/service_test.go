package record_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"sipspan/record"
)

func TestAddServiceKeepsTheOrder(t *testing.T) {
	var c record.Call
	c.AddService(record.FindMe, 7, "b")
	c.AddService(record.CallHold, 9, "d")
	c.AddService(record.InstantMessage, 1, "a")
	c.AddService(record.FindMe, 3, "a")
	c.AddService(record.CallHold, 9, "e")
	if diff := cmp.Diff([]string{"call_hold", "find_me", "instant_message"}, c.Services); diff != "" {
		t.Error(diff)
	}
	want := []record.ServiceEvidence{
		{Service: record.CallHold, Time: 9, What: "d"},
		{Service: record.CallHold, Time: 9, What: "e"},
		{Service: record.FindMe, Time: 3, What: "a"},
		{Service: record.FindMe, Time: 7, What: "b"},
		{Service: record.InstantMessage, Time: 1, What: "a"},
	}
	if diff := cmp.Diff(want, c.ServiceEvidence); diff != "" {
		t.Error(diff)
	}
	if !c.HasService(record.FindMe) || c.HasService(record.CallPark) {
		t.Error("HasService")
	}
}

func TestServiceNames(t *testing.T) {
	seen := make(map[string]bool)
	for i := range record.NumServices {
		s := record.Service(i)
		if got, ok := record.ServiceNamed(s.String()); !ok || got != s || s.String() == "" || seen[s.String()] {
			t.Errorf("%d is %q, which names %d", s, s, got)
		}
		seen[s.String()] = true
	}
	if _, ok := record.ServiceNamed("ferry"); ok {
		t.Error("ferry is a service")
	}
}
