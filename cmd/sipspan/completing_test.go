package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sipspan/record"
)

// completed returns what the program offers a shell.
func completed(t *testing.T, args ...string) []string {
	t.Helper()
	o := command(t.Context(), append([]string{"__complete"}, args...)...)
	if o.code != 0 {
		t.Fatalf("%v: exit status %d, %s", args, o.code, o.stderr)
	}
	lines := strings.Split(strings.TrimSpace(o.stdout), "\n")
	return lines[:len(lines)-1] // the last one is for the shell
}

func TestCompleteCallID(t *testing.T) {
	capture := scenarioCapture(t, "service-transfer-attended")
	folder := t.TempDir()
	records := filepath.Join(folder, "call.jsonl")
	check(t, os.WriteFile(records, []byte(readJSON(t, capture)), 0o600))
	order, _ := callsOf(t, readJSON(t, capture))
	slices.Sort(order)
	for _, input := range []string{capture, records, folder} {
		for _, name := range []string{"show", "extract", "calls", "tui"} {
			got := completed(t, name, input, "--call-id", "")
			slices.Sort(got)
			if !slices.Equal(got, order) {
				t.Errorf("%s %s: got %q, want %q", name, input, got, order)
			}
		}
		got := completed(t, "show", input, "--call-id", order[0][:4])
		if !slices.Contains(got, order[0]) || slices.ContainsFunc(got, func(id string) bool { return !strings.HasPrefix(id, order[0][:4]) }) {
			t.Errorf("%s, %s…: got %q", input, order[0][:4], got)
		}
	}
}

// What is large is not read for a completion, of record files the beginning is, and what a shell could take for more than a word is not offered.
func TestCompleteCallIDBounded(t *testing.T) {
	folder := t.TempDir()
	capture, err := os.ReadFile(scenarioCapture(t, "call-busy"))
	check(t, err)
	large := filepath.Join(folder, "large.pcap")
	check(t, os.WriteFile(large, append(capture, make([]byte, largestCompleted)...), 0o600))
	for _, input := range []string{large, "-", filepath.Join(folder, "missing")} {
		if got := completed(t, "show", input, "--call-id", ""); len(got) != 0 {
			t.Errorf("%s: got %q", input, got)
		}
	}
	var lines []byte
	for _, id := range []string{"$(reboot)", "a b", "-v", "it's", "`x`"} {
		lines = append((&record.Call{Header: record.Header{ID: "1", CallID: id}}).AppendJSON(lines), '\n')
	}
	for i := range mostCompleted {
		lines = append((&record.Call{Header: record.Header{ID: "1", CallID: fmt.Sprint("call-", i)}}).AppendJSON(lines), '\n')
	}
	records := filepath.Join(folder, "call.jsonl")
	check(t, os.WriteFile(records, lines, 0o600))
	if got := completed(t, "show", records, "--call-id", ""); len(got) != mostCompleted-5 || got[0] != "call-0" {
		t.Errorf("%d Call-IDs, the first are %q", len(got), got[:min(3, len(got))])
	}
}

func TestCompleteWhere(t *testing.T) {
	for begun, want := range map[string]string{
		"setup":              "setup_ms",
		"status >= 500 and ": "status >= 500 and setup_ms",
		"not (cause.exp":     "not (cause.explanation",
	} {
		if got := completed(t, "calls", "x.pcap", "--where", begun); !slices.Contains(got, want) {
			t.Errorf("%q: %q is not among %q", begun, want, got)
		}
	}
	if got := completed(t, "calls", "x.pcap", "--where", "no_such"); len(got) != 0 {
		t.Errorf("got %q", got)
	}
}
