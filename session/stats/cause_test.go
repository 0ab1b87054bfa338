package stats

import (
	"strings"
	"testing"

	"sipspan/record"
)

func TestCauseLabel(t *testing.T) {
	for _, test := range []struct{ source, code, want string }{
		{"", "", "none"},
		{"sip", "486", "sip:486"},
		{"sip", "0486", "sip:other"},
		{"sip", "700", "sip:other"},
		{"q850", "17", "q850:17"},
		{"q850", "128", "q850:other"},
		{"q850", "-1", "q850:other"},
		{"reason", "200", "reason:200"},
		{"reason", "99999", "reason:other"},
		{"warning", "370", "warning:370"},
		{"warning", "007", "warning:other"},
		{"ms-diagnostics", "1003", "ms-diagnostics:1003"},
		{"ms-diagnostics", "5000.7", "ms-diagnostics:5000"},
		{"ms-diagnostics", "4294967295", "ms-diagnostics:other"},
		{"ms-diagnostics", "", "ms-diagnostics:other"},
		{"timeout", "timer_b", "timeout:timer_b"},
		{"tcp", "Refused", "tcp:other"},
		{"icmp", strings.Repeat("a", 41), "icmp:other"},
	} {
		if got := CauseLabel(&record.Cause{Source: test.source, Code: test.code}); got != test.want {
			t.Errorf("%s %s: %s, want %s", test.source, test.code, got, test.want)
		}
	}
	if got := CauseLabel(nil); got != "none" {
		t.Errorf("no cause: %s", got)
	}
}
