package logging

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
	"unicode"
)

func TestValidate(t *testing.T) {
	for _, test := range []struct {
		config Config
		want   []string // parts of the error; none for a valid one
	}{
		{DefaultConfig(), nil},
		{Config{"DEBUG", "json"}, nil},
		{Config{"loud", "text"}, []string{`level: "loud": expected debug, info, warn or error`}},
		{Config{"", "xml"}, []string{`level: ""`, `format: "xml": expected text or json`}},
	} {
		err := test.config.Validate()
		if (err != nil) != (test.want != nil) {
			t.Errorf("%+v: error %v", test.config, err)
		}
		for _, part := range test.want {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("%+v: error %q lacks %q", test.config, err, part)
			}
		}
	}
}

func TestLevelChangesWhileRunning(t *testing.T) {
	t.Setenv("JOURNAL_STREAM", "")
	var out bytes.Buffer
	log := New(&out, Config{"info", "text"})
	log.Debug("one")
	log.SetLevel(Config{"debug", "text"})
	log.Debug("two")
	if got := out.String(); strings.Contains(got, "one") || !strings.Contains(got, "msg=two") || !strings.Contains(got, "time=") {
		t.Errorf("log holds %q", got)
	}
}

// journalOf makes a file that stands for the journal, and returns what reads it.
func journalOf(t *testing.T) (f *os.File, read func() string) {
	t.Helper()
	f, err := os.CreateTemp(t.TempDir(), "journal")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	s := info.Sys().(*syscall.Stat_t)
	t.Setenv("JOURNAL_STREAM", fmt.Sprintf("%d:%d", s.Dev, s.Ino))
	return f, func() string {
		text, err := os.ReadFile(f.Name())
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
}

// TestJournal logs to the journal: with a priority for each level and without the time, also through a logger with attributes.
func TestJournal(t *testing.T) {
	for format, want := range map[string]string{
		"text": "<7>level=DEBUG msg=a\n<6>level=INFO msg=b\n<4>level=WARN msg=c x=1\n<3>level=ERROR msg=d g.y=2\n",
		"json": `<7>{"level":"DEBUG","msg":"a"}` + "\n" + `<6>{"level":"INFO","msg":"b"}` + "\n" + `<4>{"level":"WARN","msg":"c","x":1}` + "\n" +
			`<3>{"level":"ERROR","msg":"d","g":{"y":2}}` + "\n",
	} {
		f, read := journalOf(t)
		log := New(f, Config{"debug", format})
		log.Debug("a")
		log.Info("b")
		log.With("x", 1).Warn("c")
		log.WithGroup("g").Error("d", "y", 2)
		if got := read(); got != want {
			t.Errorf("%s: %q, want %q", format, got, want)
		}
		log.SetLevel(Config{"error", format})
		log.Warn("e")
		if got := read(); got != want {
			t.Errorf("%s: %q", format, got)
		}
	}
}

// TestOutputBesideTheJournal logs from a service whose output was led into a file.
func TestOutputBesideTheJournal(t *testing.T) {
	_, _ = journalOf(t)
	var out bytes.Buffer
	New(&out, Config{"info", "text"}).Info("ready")
	if got := out.String(); !strings.HasPrefix(got, "time=") {
		t.Errorf("log holds %q", got)
	}
}

// TestLogIsLimited logs one message far too often: the rest is counted, other messages and what somebody asked for are not touched.
func TestLogIsLimited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		log := New(&out, Config{"info", "text"})
		for i := range 1000 {
			log.With("i", i).Warn("often")
		}
		log.Error("once")
		for range 100 {
			log.Asked.Info("asked")
		}
		count := func(text string) int { return strings.Count(out.String(), text) }
		if count("msg=often") != most || count("msg=once") != 1 || count("msg=asked") != 100 || count("left_out") != 0 {
			t.Errorf("%d of one message, %d of another", count("msg=often"), count("msg=once"))
		}
		time.Sleep(within)
		log.Info("often")
		const want = `level=WARN msg="log lines were left out" message=often left_out=940`
		if count(want) != 1 || count("left_out") != 1 || count("level=INFO msg=often") != 1 {
			t.Errorf("after a minute:\n%s", out.String()[len(out.String())-400:])
		}
	})
}

// TestLogIsHarmlessOnATerminal logs what a server may have answered.
func TestLogIsHarmlessOnATerminal(t *testing.T) {
	const bad = "\x1b]0;owned\a\u009b31m\u202e\x7f\U000e0001\xff\r\n"
	for _, format := range []string{"text", "json"} {
		var out bytes.Buffer
		New(&out, Config{"info", format}).Error(bad, "err", errors.New(bad), bad, bad)
		line := strings.TrimSuffix(out.String(), "\n")
		if !strings.Contains(line, "owned") {
			t.Errorf("%s: %q", format, line)
		}
		for _, r := range line {
			if !unicode.IsPrint(r) {
				t.Errorf("%s: %q holds %q", format, line, r)
			}
		}
		if values := map[string]any{}; format == "json" {
			if err := json.Unmarshal([]byte(line), &values); err != nil || values["err"] != strings.ToValidUTF8(bad, "\ufffd") {
				t.Errorf("%v: %q", err, values["err"])
			}
		}
	}
}
