package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

// TestGolden makes a capture of the flow of each scenario in testdata/golden, or a trace log, reads it and compares every record with
// the expected ones, byte for byte but for the time the reading took. Scenarios whose names begin with "alert-" are read with
// --alerts, and of their many records only the alerts and the account are kept. "go test ./cmd/sipspan -run Golden -update" writes
// what the program prints; look at each difference before you keep it.
func TestGolden(t *testing.T) {
	files, err := filepath.Glob("../../testdata/golden/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scenarios: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) { golden(t, file) })
	}
}

func golden(t *testing.T, file string) {
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	archive := txtar.Parse(text)
	last := len(archive.Files) - 1
	if last < 1 || archive.Files[last].Name != "records" {
		t.Fatalf("%s does not hold a flow and its records", file)
	}
	capture := writeScenario(t, &archive.Files[0])
	args := []string{capture}
	if strings.HasPrefix(filepath.Base(file), "alert-") {
		args = append(args, "--alerts")
	}
	if last == 2 { // a configuration, which may ask for the key of pseudonyms
		config := filepath.Join(t.TempDir(), "sipspan.yaml")
		if err := os.WriteFile(config, archive.Files[1].Data, 0o600); err != nil {
			t.Fatal(err)
		}
		t.Setenv("GOLDEN_KEY", "a key for the golden scenarios")
		args = append(args, "--config", config)
	}
	read := func(workers string) string { return readJSON(t, append(args, "--workers", workers)...) }
	lines := read("1")
	checkAccount(t, accountOf(t, lines))
	for _, workers := range []string{"2", "8"} {
		if diff := cmp.Diff(lines, read(workers)); diff != "" {
			t.Errorf("1 and %s workers write different records:\n%s", workers, diff)
		}
	}
	if strings.HasPrefix(filepath.Base(file), "alert-") {
		lines = apartFromCalls(lines)
	}
	got := spread(t, lines)
	if *update {
		archive.Files[last].Data = []byte(got)
		if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(string(archive.Files[last].Data), got); diff != "" {
		t.Errorf("records (-want +got):\n%s", diff)
	}
}

// apartFromCalls keeps of many records the alerts and the account: the calls are a crowd.
func apartFromCalls(lines string) string {
	var kept strings.Builder
	for line := range strings.Lines(lines) {
		if strings.HasPrefix(line, `{"record":"alert"`) || strings.HasPrefix(line, `{"record":"stats"`) {
			kept.WriteString(line)
		}
	}
	return kept.String()
}

// spread lays records out for reading, one member a line. It changes white space only.
func spread(t *testing.T, lines string) string {
	t.Helper()
	var out bytes.Buffer
	for line := range strings.Lines(lines) {
		line = strings.TrimSuffix(line, "\n")
		start := out.Len()
		depth, quoted := 0, false
		for i := 0; i < len(line); i++ {
			c := line[i]
			switch {
			case quoted && c == '\\':
				out.WriteByte(c)
				i++
				c = line[i]
			case c == '"':
				quoted = !quoted
			case quoted:
			case c == '{' || c == '[':
				if depth++; depth == 1 {
					out.WriteString("{\n  ")
					continue
				}
			case c == '}' || c == ']':
				if depth--; depth == 0 {
					out.WriteByte('\n')
				}
			case c == ',' && depth == 1:
				out.WriteString(",\n  ")
				continue
			}
			out.WriteByte(c)
		}
		var compact bytes.Buffer
		if err := json.Compact(&compact, out.Bytes()[start:]); err != nil || compact.String() != line {
			t.Fatalf("not one compact JSON object (%v): %s", err, line)
		}
		out.WriteByte('\n')
	}
	return out.String()
}
