//go:build e2e

package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestRestart stops the daemon, kills it, and starts it again each time, while SIPp talks and another daemon captures the same
// without an interruption. Each call is one record, which is that of the other daemon but for the flag.
func TestRestart(t *testing.T) {
	const (
		calls  = 20
		short  = 10
		talk   = 14000 // milliseconds
		caller = callers + "77"
		callee = phones + "77"
	)
	folder := t.ArtifactDir()
	prepareNetwork(t)
	binary := build(t, filepath.Join(folder, "sipspan"), "")
	state := filepath.Join(folder, "state")
	if err := os.Mkdir(state, 0o750); err != nil {
		t.Fatal(err)
	}
	kept := filepath.Join(state, "sessions.state")
	talks := func(prefix string, n, milliseconds int) *program {
		return start(t, folder, "sipp", "-sn", "uac", "-i", caller, "-p", "0", "-d", fmt.Sprint(milliseconds), "-m", fmt.Sprint(n), "-r", fmt.Sprint(n),
			"-cid_str", prefix+"-%u@%s", "-nostdin", callee+":5060")
	}
	handled := func(d *daemon, messages int) {
		t.Helper()
		await(t, fmt.Sprintf("%v messages are handled", messages), func() error {
			if n := number(d.status(t)["messages"]); n < messages {
				return fmt.Errorf("%v messages", n)
			}
			return nil
		})
	}

	t.Setenv("SIPSPAN_STATE_SESSIONS", "false")
	whole := startDaemonAt(t, folder, binary, "whole", "127.0.0.1:9507")
	t.Setenv("SIPSPAN_STATE_SESSIONS", "true")
	t.Setenv("SIPSPAN_STATE_DIRECTORY", state)
	t.Setenv("SIPSPAN_STATE_INTERVAL", "1s")
	torn := startDaemon(t, folder, binary)
	start(t, folder, "sipp", "-sn", "uas", "-i", callee, "-p", "5060", "-nostdin")
	long := talks("long", calls, talk)
	handled(torn, 4*calls)

	torn.signal(t, syscall.SIGTERM)
	if err := torn.wait(patience); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(kept); err != nil {
		t.Fatal(err)
	}
	torn = startDaemon(t, folder, binary)
	started := time.Now()
	await(t, "the open calls are written", func() error {
		if file, err := os.Stat(kept); err != nil || !file.ModTime().After(started) {
			return errNotYet
		}
		return nil
	})
	if err := talks("before", short, 100).wait(patience); err != nil {
		t.Fatal(err)
	}
	handled(torn, 6*short)
	await(t, "the calls that have ended are in the journal", func() error {
		journals, err := filepath.Glob(kept + ".*.journal")
		held := 0
		for _, path := range journals {
			if text, err := os.ReadFile(path); err == nil {
				held += strings.Count(string(text), "before-")
			}
		}
		if err != nil || held < short {
			return fmt.Errorf("%d calls in %v", held, journals)
		}
		return nil
	})
	torn.kill()

	torn = startDaemon(t, folder, binary)
	if err := talks("after", short, 100).wait(patience); err != nil {
		t.Fatal(err)
	}
	if err := long.wait(2 * patience); err != nil {
		t.Fatal(err)
	}
	byCallID := func(d *daemon) map[string][]row {
		of := make(map[string][]row)
		for _, r := range d.written(t) {
			if r.kind() == "call" {
				of[r.callID()] = append(of[r.callID()], r)
			}
		}
		return of
	}
	for _, d := range []*daemon{whole, torn} {
		await(t, "all calls are written", func() error {
			if n := len(byCallID(d)); n < calls+2*short {
				return fmt.Errorf("%d records", n)
			}
			return nil
		})
		d.stop(t)
	}

	want, got := byCallID(whole), byCallID(torn)
	if len(want) != calls+2*short || len(got) != len(want) {
		t.Errorf("%d calls, %d of a daemon that was stopped and killed", len(want), len(got))
	}
	for id, records := range got {
		if len(records) != 1 || len(want[id]) != 1 {
			t.Errorf("%s has %d records, %d of a daemon that was never stopped", id, len(records), len(want[id]))
			continue
		}
		r, w := records[0], want[id][0]
		for _, member := range []string{"disposition", "status", "released_by", "messages", "hops", "media"} {
			if a, b := fmt.Sprint(r[member]), fmt.Sprint(w[member]); a != b {
				t.Errorf("%s: %s is %s, and %s where nothing was stopped", id, member, a, b)
			}
		}
		for _, member := range []string{"setup_ms", "duration_ms"} {
			if a, b := number(r[member]), number(w[member]); max(a-b, b-a) > 50 { // two captures have their own times
				t.Errorf("%s: %s is %v, and %v where nothing was stopped", id, member, a, b)
			}
		}
		confidence, _ := r["confidence"].(map[string]any)
		flags, expected := fmt.Sprint(confidence["flags"]), "[restart]"
		if strings.HasPrefix(id, "after-") {
			expected = "[]"
		}
		if gap := number(confidence["gap_ms"]); flags != expected || gap > 0 != (flags == "[restart]") {
			t.Errorf("%s", compact(r))
		}
	}
}
