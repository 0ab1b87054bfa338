package app

import (
	"bytes"
	"log/slog"
	"math"
	"strings"
	"testing"

	"sipspan/alert/advice"
	"sipspan/record"
)

func TestAlertsAreLogged(t *testing.T) {
	var log bytes.Buffer
	passed := 0
	place := &advice.Place{Records: "/var/lib/sipspan", Base: "http://s.example"}
	put := advised(func() *advice.Place { return place }, logAlerts(slog.New(slog.NewTextHandler(&log, nil)), func(record.Record) { passed++ }))
	a := &record.Alert{
		Header: record.Header{Start: 1795253460_000000000}, Rule: "invite-5xx", Severity: "critical", State: "firing", Summary: "Half fails",
		Labels: []record.Label{{Name: "peer", Value: "trunk"}}, Value: 0.5, Baseline: 0.01, Threshold: math.NaN(), Events: 5, Of: 10,
		TopCauses: []record.Count{{Name: "sip 503", Value: 5}}, Samples: []string{"c1", "c2"},
		LikelyCause: "It is full.", LookAt: "the trunk", Command: "failures --peer 192.0.2.20", Symptoms: make([]record.Symptom, 2),
	}
	put(a)
	over := *a
	over.State = "resolved"
	put(&over)
	put(&record.Call{})
	lines := strings.SplitAfter(strings.TrimSpace(log.String()), "\n")
	if passed != 3 || len(lines) != 2 || !strings.Contains(lines[1], "level=INFO") || !strings.Contains(lines[1], `msg="alert resolved"`) {
		t.Fatalf("%d passed on, log %q", passed, log.String())
	}
	want := `level=ERROR msg="alert firing" rule=invite-5xx severity=critical summary="Half fails" since=2026-11-21T09:31:00.000Z peer=trunk ` +
		`value=0.5 baseline=0.01 events=5 of=10 top_cause="sip 503" call_ids="[c1 c2]" ` +
		`likely_cause="It is full." look_at="the trunk" command="sipspan failures --peer 192.0.2.20 --since 2026-11-21T09:29:00Z /var/lib/sipspan" ` +
		`runbook=http://s.example/alerts#invite-5xx symptoms=2` + "\n"
	if _, got, _ := strings.Cut(lines[0], " "); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
