package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The report as a page holds what the report as text does, and the ladder of what failed; hostile names are harmless in it.
func TestReadHTML(t *testing.T) {
	page := filepath.Join(t.TempDir(), "report.html")
	capture := scenarioCapture(t, "call-busy-at-other-hop")
	if o := command(t.Context(), "read", "--tz", "UTC", "--html", page, capture); o.code != 0 || o.stdout != "" {
		t.Fatalf("exit status %d, stdout %q, stderr:\n%s", o.code, o.stdout, o.stderr)
	}
	text, err := os.ReadFile(page)
	check(t, err)
	for _, want := range []string{"<h2>Calls", "486 Busy Here", "What failed", "<svg", "default-src 'none'", "UTC"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	hostile := writeFlow(t, parseFlow(t, strings.ReplaceAll(hostileFlow, "LONG", strings.Repeat("N", 10<<10))))
	o := command(t.Context(), "read", "--html", "-", hostile)
	if o.code != 0 || strings.Contains(o.stdout, "<script") || strings.Contains(o.stdout, "\x1b") || !strings.Contains(o.stdout, "&lt;script&gt;") {
		t.Errorf("exit status %d, the page holds what came from the wire: %v", o.code, strings.Contains(o.stdout, "<script"))
	}
}

// There is no page of what cannot be read, and a page and JSON exclude each other.
func TestReadHTMLOfNothing(t *testing.T) {
	page := filepath.Join(t.TempDir(), "report.html")
	if o := command(t.Context(), "read", "--html", page, "no-such-file"); o.code != 1 {
		t.Errorf("exit status %d", o.code)
	}
	if left, err := os.ReadDir(filepath.Dir(page)); err != nil || len(left) != 0 {
		t.Errorf("%v, files are left: %v", err, left)
	}
	if o := command(t.Context(), "read", "--html", page, "--json", "no-such-file"); o.code != 2 || !strings.Contains(o.stderr, "choose one of them") {
		t.Errorf("exit status %d: %s", o.code, o.stderr)
	}
}
