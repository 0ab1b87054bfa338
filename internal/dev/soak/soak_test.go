//go:build linux

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sipspan/config"
	"sipspan/decode/sip"
)

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestConfiguration loads what the daemon is given.
func TestConfiguration(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sipspan.yaml")
	check(t, os.WriteFile(path, configuration(&options{memory: 256}, t.TempDir(), rotateEvery), 0o600))
	_, err := config.Load(config.Request{File: path})
	check(t, err)
}

// TestMessages reads the messages of a call.
func TestMessages(t *testing.T) {
	var lines []string
	for step := range steps {
		frame := message(7, step)
		var m sip.Message
		check(t, m.Parse(frame[len(link)+20+8:]))
		if id := string(m.CallID()); id != prefix+"7" {
			t.Errorf("Call-ID %q", id)
		}
		first, _, _ := strings.Cut(string(frame[len(link)+28:]), "\r\n")
		lines = append(lines, first)
	}
	if got, want := strings.Join(lines, ", "), "INVITE sip:bob7@example.net SIP/2.0, SIP/2.0 100 Trying, SIP/2.0 180 Ringing, SIP/2.0 200 OK, "+
		"ACK sip:bob7@example.net SIP/2.0, BYE sip:bob7@example.net SIP/2.0, SIP/2.0 200 OK"; got != want {
		t.Errorf("%s", got)
	}
}

// TestVerdict reads record files, one of them not finished, and compares them with the calls.
func TestVerdict(t *testing.T) {
	l := newLedger(5)
	l.begun.Store(5)
	l.unseen[4] = true
	r := &reader{disk: t.TempDir(), ledger: l}
	folder := filepath.Join(r.disk, "records")
	check(t, os.Mkdir(folder, 0o750))
	const good = `","disposition":"answered","released_by":"caller","setup_ms":200}` + "\n"
	record := func(n, rest string) string { return `{"record":"call","call_id":"soak-` + n + rest }
	check(t, os.WriteFile(filepath.Join(folder, "call-1.jsonl"), []byte(record("0", good)+record("1", good)+`{"record":"call","call_id":"c1`+good), 0o600))
	check(t, os.WriteFile(filepath.Join(folder, "call-2.jsonl.part"), []byte(record("1", good)+record("2", `","disposition":"failed"}`)+"\n"), 0o600))
	r.read(false)
	if v := l.verdict(); r.err != nil || v != (verdict{seen: 4, missing: 2}) || r.others != 1 {
		t.Errorf("%+v, %d others, %v", v, r.others, r.err)
	}
	r.read(true)
	if v := l.verdict(); r.err != nil || v != (verdict{seen: 4, missing: 1, twice: 1, strange: 1}) {
		t.Errorf("%+v, %v", v, r.err)
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	check(t, os.WriteFile(filepath.Join(folder, "call-3.jsonl"), []byte("half"), 0o600))
	if r.read(false); r.err == nil {
		t.Error("half a line is taken for a record")
	}
}

func TestSum(t *testing.T) {
	page := "# TYPE a_total counter\na_total{b=\"c d\"} 1\na_total{b=\"e\"} 2.5\na_totals 7\ng 4\n"
	if got := sum(page, "a_total"); got != 3.5 {
		t.Errorf("%v", got)
	}
	if got := sum(page, "g"); got != 4 {
		t.Errorf("%v", got)
	}
}

func TestFigures(t *testing.T) {
	p := part{samples: []sample{{resident: 3, goroutines: 5, descriptors: 2}, {resident: 9}, {resident: 4, goroutines: 7, descriptors: 4}}}
	if got, want := p.figures(), (figures{median: 4, peak: 9, goroutines: 7, descriptors: 4}); got != want {
		t.Errorf("%+v", got)
	}
	if got := (&part{}).figures(); got != (figures{}) {
		t.Errorf("%+v", got)
	}
}
