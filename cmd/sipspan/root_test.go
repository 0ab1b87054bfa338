package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"sipspan/config"
	"sipspan/internal/fault"
)

// TestCommandLines runs what needs no capture: the exit status, and a part of what is printed on each stream.
func TestCommandLines(t *testing.T) {
	for _, test := range []struct {
		args           string
		status         int
		stdout, stderr string
	}{
		{"", exitUsage, "", "sipspan: a command is missing"},
		{"--help", exitOK, "sipspan read trunk.pcap", ""},
		{"read --help", exitOK, "Exit status 1 if an input could not be read", ""},
		{"run --help", exitOK, "SIPSPAN_CAPTURE_INTERFACES=eth1 sipspan run", ""},
		{"chek", exitUsage, "", `unknown command "chek"; did you mean check?`},
		{"version", exitOK, "sipspan ", ""},
		{"version now", exitUsage, "", `takes no argument such as "now"`},
		{"check --values", exitOK, "The configuration is valid.\n", ""},
		{"check", exitUsage, "", "no interface to capture on: name one with -i or in capture.interfaces"},
		{"check -i eth1 -i lq", exitUsage, "", "interface lq: it does not exist; there are: "},
		{"check -i lq", exitUsage, "", "; did you mean lo?"},
		{"check --dump", exitOK, "\nlog:\n  level: info\n", ""},
		{"check --dump --log-level debug", exitOK, "  level: debug # flag --log-level\n", ""},
		{"check --log-level loud --workers x", exitUsage, "", `flag --workers: pipeline.workers: expected a whole number, found "x"`},
		{"check --wrokers 3", exitUsage, "", "unknown flag: --wrokers"},
		{"check --config /none.yaml", exitUsage, "", "sipspan: /none.yaml: cannot be read: no such file or directory"},
		{"read", exitUsage, "", "nothing to read: name a capture file, a folder, or - for standard input"},
		{"read --filter prt /none.pcap", exitUsage, "", "flag --filter: "},
		{"read --json /none.pcap", exitFailed, `"packets":0`, "/none.pcap: "},
		{"read --format xml /none.pcap", exitUsage, "", `flag --format: exporters.files.format: "xml": expected jsonl or csv`},
		{"run", exitUsage, "", "no interface to capture on: name one with -i or in capture.interfaces"},
		{"run eth0", exitUsage, "", "name interfaces with -i"},
		{"run -i lo --snaplen 1", exitUsage, "", "flag --snaplen: capture.snaplen: "},
		{"completion bash", exitOK, "__start_sipspan", ""},
	} {
		t.Run(test.args, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			got := status(run(t.Context(), strings.Fields(test.args), &stdout, &stderr), &stderr)
			if got != test.status {
				t.Errorf("exit status %d, want %d", got, test.status)
			}
			if !strings.Contains(stdout.String(), test.stdout) || test.stdout == "" && stdout.Len() > 0 {
				t.Errorf("stdout %q, want %q in it", stdout.String(), test.stdout)
			}
			if !strings.Contains(stderr.String(), test.stderr) || test.stderr == "" && stderr.Len() > 0 {
				t.Errorf("stderr %q, want %q in it", stderr.String(), test.stderr)
			}
		})
	}
}

func TestStatus(t *testing.T) {
	for _, test := range []struct {
		err    error
		status int
		text   string
	}{
		{nil, exitOK, ""},
		{&os.PathError{Op: "write", Path: "/dev/stdout", Err: syscall.EPIPE}, exitOK, ""},
		{fmt.Errorf("exporter json: %w", syscall.EPIPE), exitOK, ""},
		{errors.New("one\ntwo"), exitFailed, "sipspan: one\nsipspan: two\n"},
		{&usageError{err: errors.New("what")}, exitUsage, "sipspan: what\n"},
		{&usageError{err: errors.New("what"), help: "sipspan read"}, exitUsage, "sipspan: what\n“sipspan read --help” shows how it is used.\n"},
		{config.Problems{{Key: "sensor", Text: "wrong"}}, exitUsage, "sipspan: sensor: wrong\n"},
		{&internalError{errors.New("fault")}, exitInternal, "sipspan: fault\n"},
	} {
		var stderr bytes.Buffer
		if got := status(test.err, &stderr); got != test.status || stderr.String() != test.text {
			t.Errorf("%v: exit status %d and %q, want %d and %q", test.err, got, stderr.String(), test.status, test.text)
		}
	}
}

// faulty panics when something is written to it.
type faulty struct{}

func (faulty) Write([]byte) (int, error) { panic("no paper") }

func TestAFaultIsOneLine(t *testing.T) {
	var err error
	fault.Handle(func(e error) { err = &internalError{e} })
	defer fault.Handle(nil)
	func() {
		defer fault.Catch()
		_ = run(context.Background(), []string{"version"}, faulty{}, faulty{})
	}()
	var stderr bytes.Buffer
	if got := status(err, &stderr); got != exitInternal ||
		!regexp.MustCompile(`^sipspan: internal fault, please report it: no paper \(sipspan/[a-z_]+\.go:\d+\)\n$`).MatchString(stderr.String()) {
		t.Errorf("exit status %d and %q", got, stderr.String())
	}
}

func TestUnknownVariableIsWarnedOf(t *testing.T) {
	t.Setenv("SIPSPAN_LOG_LEVL", "debug")
	var stdout, stderr bytes.Buffer
	got := status(run(t.Context(), []string{"check", "--values"}, &stdout, &stderr), &stderr)
	want := "sipspan: warning: environment variable SIPSPAN_LOG_LEVL: no setting has this name; the nearest is SIPSPAN_LOG_LEVEL\n"
	if got != exitOK || stderr.String() != want {
		t.Errorf("exit status %d and %q, want %q", got, stderr.String(), want)
	}
}
