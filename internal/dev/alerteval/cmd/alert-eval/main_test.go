package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"sipspan/internal/dev/alerteval"
	"sipspan/internal/invariants"
)

func TestCommandLine(t *testing.T) {
	for _, test := range []struct {
		args []string
		want string
	}{
		{[]string{"-sites", "moon"}, `there is no site "moon"; expected one of pbx, enterprise, carrier`},
		{[]string{"-seeds", "0"}, "at least one seed"},
		{[]string{"-calls", "-1"}, "a factor above 0"},
		{[]string{"more"}, "expected flags only"},
		{[]string{"-unknown"}, "flag provided but not defined"},
	} {
		var stdout, stderr bytes.Buffer
		if code := run(test.args, &stdout, &stderr); code != 2 || !strings.Contains(stderr.String(), test.want) || stdout.Len() > 0 {
			t.Errorf("%v: exit status %d, %q, stdout %q", test.args, code, &stderr, &stdout)
		}
	}
}

// The default rules reach the goals on a seed that they were not tuned on: no incident missed, a sudden outage found within
// a minute of packet time, less than one false alert a week.
func TestGoals(t *testing.T) {
	if invariants.Enabled { // ten times as slow: only the short timelines of two sites
		r := alerteval.Evaluate(alerteval.Timelines(alerteval.Sites()[:2], alerteval.HeldOut, 1)[1:6], engine, false)
		if r.Missed > 0 || r.Late > 0 {
			t.Errorf("goals missed: %q, incidents missed: %q", r.Goals, r.Unseen)
		}
		return
	}
	var stdout, stderr bytes.Buffer
	code := run([]string{"-json", "-seeds", "1", "-alerts"}, &stdout, &stderr)
	var r alerteval.Report
	if err := json.Unmarshal(stdout.Bytes(), &r); err != nil || stderr.Len() > 0 {
		t.Fatalf("%v, %s", err, &stderr)
	}
	if r.Planted < 120 || r.Weeks < 12 || len(r.Alerts) < r.Planted {
		t.Errorf("%d incidents planted in %.1f weeks, %d alerts", r.Planted, r.Weeks, len(r.Alerts))
	}
	if code != 0 || len(r.Goals) > 0 {
		t.Errorf("exit status %d, goals missed: %q, incidents missed: %q, false alerts: %+v", code, r.Goals, r.Unseen, r.False)
	}
	if r.Missed > 0 || r.Slowest <= 0 || r.Slowest > time.Minute || r.Rate >= 1 {
		t.Errorf("%d missed, the slowest sudden outage after %v, %.2f false alerts a week", r.Missed, r.Slowest, r.Rate)
	}
}
