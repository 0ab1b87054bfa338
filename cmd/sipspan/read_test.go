package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const sample = "../../testdata/sample.pcap"

// execute runs a command line in this process.
func execute(ctx context.Context, args ...string) (code int, stdout, stderr string) {
	var out, errs bytes.Buffer
	code = status(run(ctx, args, &out, &errs), &errs)
	return code, out.String(), errs.String()
}

// lastLine decodes the stats record at the end.
func lastLine(t *testing.T, lines string) (stats struct {
	Record  string
	Packets int
	Records map[string]int
}) {
	t.Helper()
	all := strings.Split(strings.TrimSpace(lines), "\n")
	check(t, json.Unmarshal([]byte(all[len(all)-1]), &stats))
	if stats.Record != "stats" {
		t.Errorf("the last line is a %q", stats.Record)
	}
	return stats
}

func TestReadReportsForPeople(t *testing.T) {
	code, stdout, stderr := execute(t.Context(), "read", sample)
	if code != exitOK || stderr != "" {
		t.Errorf("exit status %d, %s", code, stderr)
	}
	for _, part := range []string{"Traffic", "Calls", "Registrations", "answered", sample} {
		if !strings.Contains(stdout, part) {
			t.Errorf("the report lacks %q:\n%s", part, stdout)
		}
	}
	if strings.Contains(stdout, "\x1b") {
		t.Error("colours outside of a terminal")
	}
}

// TestReadIntoAFolder compares the lines of the files with what the account says was written.
func TestReadIntoAFolder(t *testing.T) {
	for _, format := range []string{"jsonl", "csv"} {
		folder := filepath.Join(t.TempDir(), "records")
		code, stdout, stderr := execute(t.Context(), "read", "--json", "--out", folder, "--format", format, sample)
		if code != exitOK || stderr != "" {
			t.Fatalf("exit status %d, %s", code, stderr)
		}
		stats := lastLine(t, stdout)
		if len(stats.Records) < 6 {
			t.Errorf("only %v", stats.Records)
		}
		for kind, want := range stats.Records {
			paths, err := filepath.Glob(filepath.Join(folder, kind+"-*."+format))
			if err != nil || len(paths) != 1 {
				t.Errorf("%s: files %v, %v", kind, paths, err)
				continue
			}
			text, err := os.ReadFile(paths[0])
			check(t, err)
			if format == "csv" {
				want++ // names of the columns
			}
			if got := bytes.Count(text, []byte("\n")); got != want {
				t.Errorf("%s: %d lines, want %d", paths[0], got, want)
			}
		}
	}
}

func TestReadOnlyWhatTheFilterPasses(t *testing.T) {
	_, all, _ := execute(t.Context(), "read", "--json", sample)
	code, some, stderr := execute(t.Context(), "read", "--json", "--filter", "tcp port 5060", sample)
	if code != exitOK || stderr != "" {
		t.Fatalf("exit status %d, %s", code, stderr)
	}
	if got, of := lastLine(t, some).Packets, lastLine(t, all).Packets; got == 0 || got >= of {
		t.Errorf("%d of %d packets", got, of)
	}
}

func TestReadTheRestWhenOneInputIsMissing(t *testing.T) {
	code, stdout, stderr := execute(t.Context(), "read", "--json", "/none.pcap", sample)
	if code != exitFailed || !strings.Contains(stderr, "/none.pcap") || lastLine(t, stdout).Packets == 0 {
		t.Errorf("exit status %d, stderr %q, stdout %s", code, stderr, stdout)
	}
}

// TestReadIntoAClosedPipe stands for “| head”: nobody is told of anything.
func TestReadIntoAClosedPipe(t *testing.T) {
	for _, args := range [][]string{{"read", sample}, {"read", "--json", sample}, {"version"}, {"check", "--dump"}} {
		r, w, err := os.Pipe()
		check(t, err)
		check(t, r.Close())
		var stderr bytes.Buffer
		code := status(run(t.Context(), args, w, &stderr), &stderr)
		if code != exitOK || stderr.Len() > 0 {
			t.Errorf("%v: exit status %d, stderr %q", args, code, &stderr)
		}
		check(t, w.Close())
	}
}

func TestReadStopped(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	code, stdout, stderr := execute(ctx, "read", "--json", sample)
	if code != exitFailed || !strings.Contains(stderr, "stopped before the end of the input: ") {
		t.Errorf("exit status %d, %s", code, stderr)
	}
	lastLine(t, stdout)
}
