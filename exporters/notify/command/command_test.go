package command

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"sipspan/exporters"
	"sipspan/record"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var alert = &record.Alert{Header: record.Header{ID: "a1", Start: 1e18}, Rule: "5xx", State: "firing"}

// shell makes a command of a script and shows its log.
func shell(t *testing.T, script string, args ...string) (*Command, *bytes.Buffer) {
	t.Helper()
	log := new(bytes.Buffer)
	c := DefaultConfig()
	c.Args = append([]string{"sh", "-c", script, "sh"}, args...)
	cmd, err := Open(c, slog.New(slog.NewTextHandler(log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := cmd.Close(); err != nil {
			t.Error(err)
		}
	})
	return cmd, log
}

func TestAlertOnStandardInput(t *testing.T) {
	t.Setenv("SIPSPAN_KEY", "secret")
	dir := t.TempDir()
	cmd, log := shell(t, `cat >"$1/in"; printf '%s\n' "$2" >"$1/args"; env >"$1/env"; echo first >&2; echo 'all is well' >&2`, dir, `$(touch x); "`)
	if err := cmd.Export(alert); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Export(&record.Call{}); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"in": string(alert.AppendJSON(nil)) + "\n", "args": `$(touch x); "` + "\n"} {
		if got, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(got) != want {
			t.Errorf("%s: %v: %s", name, err, got)
		}
	}
	if env, err := os.ReadFile(filepath.Join(dir, "env")); err != nil || bytes.Contains(env, []byte("secret")) || !bytes.Contains(env, []byte("PATH=")) {
		t.Errorf("environment: %v\n%s", err, env)
	}
	if text := log.String(); strings.Count(text, "\n") != 1 || !strings.Contains(text, `status=0`) || !strings.Contains(text, `stderr="all is well"`) {
		t.Errorf("log: %s", text)
	}
}

func TestExitStatus(t *testing.T) {
	for status, temporary := range map[int]bool{1: false, 75: true, 127: false} {
		cmd, log := shell(t, fmt.Sprintf("echo 'no route to pager' >&2; exit %d", status))
		err := cmd.Export(alert)
		var passing *exporters.TemporaryError
		if err == nil || errors.As(err, &passing) != temporary {
			t.Errorf("exit status %d: %v", status, err)
		}
		for _, want := range []string{fmt.Sprintf("exit status %d", status), "no route to pager", "rule=5xx"} {
			if !strings.Contains(log.String(), want) {
				t.Errorf("the log lacks %q: %s", want, log)
			}
		}
	}
}

// TestAlertNotRead checks that a program may end well without reading what it was given.
func TestAlertNotRead(t *testing.T) {
	cmd, _ := shell(t, "exit 0")
	long := *alert
	long.Summary = strings.Repeat("x", 1<<20)
	if err := cmd.Export(&long); err != nil {
		t.Error(err)
	}
}

func TestTimeLimit(t *testing.T) {
	cmd, log := shell(t, "exec sleep 1000")
	cmd.timeout = 100 * time.Millisecond
	if err := cmd.Export(alert); err == nil || !strings.Contains(err.Error(), "killed after 100ms") {
		t.Errorf("%v", err)
	}
	if !strings.Contains(log.String(), "killed after") {
		t.Errorf("log: %s", log)
	}
}

// TestInterrupt stops a program that has a child: both are gone when nobody holds the pipe open any more.
func TestInterrupt(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd, _ := shell(t, `exec 3>"$1"; sleep 1000 & echo begun >&3; wait`, pipe)
	failed := make(chan error)
	go func() { failed <- cmd.Export(alert) }()
	f, err := os.Open(pipe)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if line := make([]byte, 6); readFull(t, f, line) != "begun\n" {
		t.Fatalf("%q", line)
	}
	cmd.Interrupt()
	if err := <-failed; err == nil || !strings.Contains(err.Error(), "was stopped") {
		t.Errorf("%v", err)
	}
	if rest, err := io.ReadAll(f); err != nil || len(rest) > 0 {
		t.Errorf("%q, %v", rest, err)
	}
}

func readFull(t *testing.T, r io.Reader, b []byte) string {
	t.Helper()
	if _, err := io.ReadFull(r, b); err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestLastLine(t *testing.T) {
	for text, want := range map[string]string{
		"":                                "",
		"\n\n":                            "",
		"one\ntwo\n\n":                    "two",
		"bad \xff\x1b[31mred":             "bad  [31mred",
		strings.Repeat("a", 3000) + "end": strings.Repeat("a", kept-3) + "end",
	} {
		var whole, bits tail
		_, _ = whole.Write([]byte(text))
		for i := range text {
			_, _ = bits.Write([]byte(text)[i : i+1])
		}
		if whole.line() != want {
			t.Errorf("%q of %q", whole.line(), text)
		}
		if len(bits.text) > 2*kept {
			t.Errorf("%d bytes are kept", len(bits.text))
		}
	}
}

func TestOpen(t *testing.T) {
	if err := DefaultConfig().Validate(); err != nil {
		t.Error(err)
	}
	for _, args := range [][]string{{""}, {"no-such-program-here"}, {"/etc/passwd"}} {
		c := DefaultConfig()
		c.Args = args
		if _, err := Open(c, slog.Default()); err == nil {
			t.Errorf("%q was opened", args)
		} else {
			t.Log(err)
		}
	}
	if err := (Config{}).Validate(); err == nil || !strings.HasPrefix(err.Error(), "command_timeout") {
		t.Errorf("%v", err)
	}
}
