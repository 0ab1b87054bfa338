package main

import (
	"log/slog"
	"slices"
	"strings"
	"testing"

	"sipspan/exporters/store"
	"sipspan/record"
)

// TestListOfAStore compares lists of a store with those of the capture that its records are of.
func TestListOfAStore(t *testing.T) {
	const sample = "../../testdata/sample.pcap"
	c := store.DefaultConfig()
	c.Directory, c.MinFree = t.TempDir(), 0
	s, err := store.Open(c, slog.New(slog.DiscardHandler), nil)
	check(t, err)
	for line := range strings.Lines(readJSON(t, sample)) {
		r, err := record.Decode([]byte(strings.TrimSpace(line)))
		check(t, err)
		check(t, s.Export(r))
	}
	check(t, s.Close())
	for _, flags := range [][]string{
		{"calls"}, {"failures"}, {"registrations"}, {"subscriptions"}, {"calls", "--status", "4xx"}, {"calls", "--user", "bob"},
		{"calls", "--number", "1002"}, {"failures", "--json"}, {"calls", "--until", "2020-01-01"},
	} {
		flags = append(flags, "--tz", "UTC", "--width", "200")
		wantCode, want, _ := execute(t.Context(), append(flags, sample)...)
		code, got, stderr := execute(t.Context(), append(flags, "--store", c.Directory)...)
		if code != wantCode || sorted(got) != sorted(want) {
			t.Errorf("%v: status %d, %s\n%swant\n%s", flags, code, stderr, got, want)
		}
	}
	code, _, stderr := execute(t.Context(), "calls", "--store", t.TempDir())
	if code != 1 || !strings.Contains(stderr, "flag --store") || !strings.Contains(stderr, "holds no store") {
		t.Errorf("no store: status %d: %s", code, stderr)
	}
	if code, _, stderr := execute(t.Context(), "calls"); code != 2 || !strings.Contains(stderr, "nothing to read") {
		t.Errorf("nothing: status %d: %s", code, stderr)
	}
}

// sorted puts the lines of a list in order: two that begin at the same time may stand either way.
func sorted(list string) string {
	lines := strings.SplitAfter(list, "\n")
	slices.Sort(lines)
	return strings.Join(lines, "")
}
