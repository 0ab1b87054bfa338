package main

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The measurements run with programs that do nothing but read: what counts here is that each gives its lines.
func TestTableHasALineForEachMeasurement(t *testing.T) {
	folder := t.TempDir()
	sipgen := filepath.Join(folder, "sipgen")
	if out, err := exec.Command("go", "build", "-o", sipgen, "../sipgen/cmd/sipgen").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	reader := filepath.Join(folder, "reader")
	if err := os.WriteFile(reader, []byte("#!/bin/sh\nexec cat >/dev/null\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	var table, progress bytes.Buffer
	err := run(t.Context(), []string{
		"-rounds", "2", "-scale", "0.001", "-pause", "1ms",
		"-sipspan", reader, "-tcpdump", reader, "-sipgen", sipgen, filepath.Join(folder, "bench"),
	}, &table, &progress)
	if err != nil {
		t.Fatalf("%v\n%s", err, &progress)
	}
	lines := strings.Split(strings.TrimSpace(table.String()), "\n")
	want := []string{
		"| workload |", "| --- |", "| UDP:", "| TCP:", "| SPAN:", "| Memory: 300,000", "| A message: 100,000 calls open against 10,000 |",
		"| A message: 1,000,000 calls open against 10,000 |", "| Time: two workers",
	}
	if len(lines) != len(want) {
		t.Fatalf("%d lines, want %d:\n%s", len(lines), len(want), &table)
	}
	for i, line := range lines {
		if !strings.HasPrefix(line, want[i]) || strings.Count(line, "|") != 6 {
			t.Errorf("line %d is %q, want %q and five columns", i+1, line, want[i])
		}
	}
	left, err := filepath.Glob(filepath.Join(folder, "bench", "out-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left in the folder: %v, %v", left, err)
	}
}

func TestProgramThatFailsEndsTheRun(t *testing.T) {
	folder := t.TempDir()
	for _, name := range []string{"span-x0.001.pcap", "change-10000-x0.001.pcap", "change-100000-x0.001.pcap", "change-1000000-x0.001.pcap"} {
		if err := os.WriteFile(filepath.Join(folder, name), make([]byte, 24+16*4000), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, only := range []string{"span", "change", "none"} {
		err := run(t.Context(), []string{"-only", only, "-scale", "0.001", "-pause", "1ms", "-sipspan", "false", "-tcpdump", "true", folder}, &bytes.Buffer{}, &bytes.Buffer{})
		if err == nil || !strings.Contains(err.Error(), only) {
			t.Errorf("%s: %v, want an error that names the measurement", only, err)
		}
	}
}

func TestRows(t *testing.T) {
	got := table([]row{{"A", "×", []float64{3, 1, 2, 10}, "x"}, {"B", "bytes", []float64{5490.4}, "y"}})
	want := "| A | 2.50 × | 1.00 – 10.0 | x | 4 |\n| B | 5,490 bytes | 5,490 – 5,490 | y | 1 |\n"
	if !strings.HasSuffix(got, want) {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	if got := grouped(1_002_003); got != "1,002,003" {
		t.Error(got)
	}
}

func TestCopyPackets(t *testing.T) {
	file := make([]byte, 24, 100)
	for _, n := range []byte{3, 0, 5} {
		file = append(file, append([]byte{8: n, 12: n, 15: 0}, make([]byte, n)...)...)
	}
	var first bytes.Buffer
	in := bufio.NewReader(bytes.NewReader(file))
	if err := copyPackets(&first, in, 2); err != nil || !bytes.Equal(first.Bytes(), file[:24+16+3+16]) {
		t.Errorf("%v, %d bytes", err, first.Len())
	}
	if err := copyPackets(&first, in, 2); err == nil {
		t.Error("more packets than there are: no error")
	}
}
