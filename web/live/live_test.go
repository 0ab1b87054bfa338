package live

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sipspan/decode/sip"
	"sipspan/exporters/prometheus"
	"sipspan/exporters/report"
	"sipspan/record"
	"sipspan/session/stats"
)

func alert(rule, state, peer string) *record.Alert {
	return &record.Alert{Rule: rule, State: state, Labels: []record.Label{{Name: "peer", Value: peer}}}
}

// TestBoard checks that an alert is on the board from when it fires until it is over, once.
func TestBoard(t *testing.T) {
	var b Board
	for _, a := range []*record.Alert{
		alert("errors", "firing", "a"), alert("errors", "firing", "b"), alert("errors", "firing", "a"), alert("silence", "firing", "a"), alert("errors", "resolved", "b"),
	} {
		if err := b.Export(a); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.Export(&record.Call{}); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, a := range b.Firing() {
		got = append(got, a.Rule+" "+a.Labels[0].Value)
	}
	if diff := cmp.Diff([]string{"silence a", "errors a"}, got); diff != "" {
		t.Error(diff)
	}
}

// TestStatus checks that rates are of what was counted between two samples, and that classes add up.
func TestStatus(t *testing.T) {
	now := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	c := &stats.Counters{CallsActive: 3, RegistrationsActive: 2}
	s := prometheus.Snapshot{Session: c, Packets: 100, Bytes: 1000, Drops: []prometheus.Drop{{Stage: "kernel", Packets: 4}, {Stage: "queue"}}}
	ready := errors.New("span0 is down")
	st := New(Source{
		Sensor: "probe", Now: func() time.Time { return now }, Snapshot: func() prometheus.Snapshot { return s },
		Carries: func() *report.Path { return &report.Path{Packets: 100, Delivered: 100} }, Ready: func() error { return ready }, Alive: func() error { return nil },
	})
	if got := st.Status().Rates; got != (Rates{}) {
		t.Errorf("rates before the first sample: %+v", got)
	}
	st.Course.take()
	now = now.Add(10 * time.Second)
	c.Calls[record.Answered], c.Calls[record.Failed], c.Calls[record.InProgress] = 30, 10, 5
	c.Responses[sip.INVITE][stats.StatusIndex(200)], c.Responses[sip.INVITE][stats.StatusIndex(180)] = 30, 7
	c.Responses[sip.REGISTER][stats.StatusIndex(401)] = 5
	s.Packets, s.Bytes = 300, 6000
	got := st.Status()
	want := Rates{OverS: 10, Calls: 4, Failed: 1, Responses: 3.5, Messages: 4.2, Packets: 20, Bits: 4000}
	if diff := cmp.Diff(want, got.Rates); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]Answers{{"1xx", 7, 7}, {"2xx", 30, 30}, {Class: "3xx"}, {"4xx", 5, 0}, {Class: "5xx"}, {Class: "6xx"}}, got.Answers); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(Health{Alive: true, Reason: "span0 is down"}, got.Health); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]Loss{{Stage: "kernel", Packets: 4}}, got.Capture.Lost); diff != "" {
		t.Error(diff)
	}
	now = now.Add(fresh - 1)
	if st.Status() != got {
		t.Error("another answer within a second")
	}
	now = now.Add(1)
	if st.Status() == got {
		t.Error("the same answer after a second")
	}
	for range kept + 3 {
		st.Course.take()
	}
	if n := len(st.Course.Points()); n != kept-1 {
		t.Errorf("%d points", n)
	}
}
