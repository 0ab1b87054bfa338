package main

import (
	"os"
	"strings"
	"testing"
)

// TestReadmeShowsRealOutput looks for the lines of the first screen, in their order, in what the program prints. The line
// with the time that reading took is left out, and … stands for any lines.
func TestReadmeShowsRealOutput(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	check(t, err)
	_, rest, _ := strings.Cut(string(text), "$ sipspan read testdata/sample.pcap\n")
	shown, _, found := strings.Cut(rest, "\n```")
	if !found {
		t.Fatal("README.md shows no output")
	}
	t.Chdir("../..")
	_, stdout, _ := execute(t.Context(), "read", "testdata/sample.pcap")
	for line := range strings.SplitSeq(shown, "\n") {
		if strings.TrimSpace(line) == "…" || strings.Contains(line, "read in") {
			continue
		}
		_, after, found := strings.Cut(stdout, line+"\n")
		if !found {
			t.Fatalf("README.md shows a line that is not printed there: %q", line)
		}
		stdout = after
	}
}
