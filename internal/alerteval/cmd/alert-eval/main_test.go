package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"sipspan/internal/alerteval"
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

func TestReportForPrograms(t *testing.T) {
	var stdout, stderr bytes.Buffer
	code := run([]string{"-json", "-sites", "pbx", "-seeds", "1", "-alerts"}, &stdout, &stderr)
	var r alerteval.Report
	if err := json.Unmarshal(stdout.Bytes(), &r); err != nil || stderr.Len() > 0 {
		t.Fatalf("%v, %s", err, &stderr)
	}
	if (code == 1) != (len(r.Goals) > 0) || r.Planted < 25 || r.Weeks < 3.8 || len(r.Alerts) < r.Planted/2 {
		t.Errorf("exit status %d, %d planted in %.1f weeks, %d alerts, goals missed %q", code, r.Planted, r.Weeks, len(r.Alerts), r.Goals)
	}
}
