package logging

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
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

func TestJournalHasItsOwnTime(t *testing.T) {
	t.Setenv("JOURNAL_STREAM", "8:1234")
	for format, want := range map[string]string{"text": "level=INFO msg=ready\n", "json": `{"level":"INFO","msg":"ready"}` + "\n"} {
		var out bytes.Buffer
		New(&out, Config{"info", format}).Info("ready")
		if out.String() != want {
			t.Errorf("%s: %q, want %q", format, out.String(), want)
		}
	}
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
