//go:build e2e

package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestRestart stops the daemon and starts it again while SIPp talks: each call is one record, as if nothing had happened
// but for the flag.
func TestRestart(t *testing.T) {
	const (
		calls  = 20
		talk   = 8000 // milliseconds
		prefix = "over-a-restart-"
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
	t.Setenv("SIPSPAN_STATE_DIRECTORY", state)
	kept := filepath.Join(state, "sessions.state")

	first := startDaemon(t, folder, binary)
	start(t, folder, "sipp", "-sn", "uas", "-i", callee, "-p", "5060", "-nostdin")
	sipp := start(t, folder, "sipp", "-sn", "uac", "-i", caller, "-p", "5060", "-d", fmt.Sprint(talk), "-m", fmt.Sprint(calls), "-r", fmt.Sprint(calls),
		"-cid_str", prefix+"%u@%s", "-nostdin", callee+":5060")
	await(t, "all calls are answered", func() error {
		if n := number(first.status(t)["messages"]); n < 4*calls {
			return fmt.Errorf("%d messages", n)
		}
		return nil
	})
	first.signal(t, syscall.SIGTERM)
	if err := first.wait(patience); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(kept); err != nil {
		t.Fatal(err)
	}

	second := startDaemon(t, folder, binary)
	if _, err := os.Stat(kept); err == nil {
		t.Error("calls that were taken up are still in the file")
	}
	if err := sipp.wait(2 * patience); err != nil {
		t.Fatal(err)
	}
	ofSIPp := func() (records []row) {
		for _, r := range second.written(t) {
			if r.kind() == "call" && strings.HasPrefix(r.callID(), prefix) {
				records = append(records, r)
			}
		}
		return records
	}
	await(t, "all calls are written", func() error {
		if n := len(ofSIPp()); n < calls {
			return fmt.Errorf("%d records", n)
		}
		return nil
	})
	second.stop(t)
	records := ofSIPp()
	if len(records) != calls {
		t.Errorf("%d records of %d calls", len(records), calls)
	}
	for _, r := range records {
		confidence, _ := r["confidence"].(map[string]any)
		flags := fmt.Sprint(confidence["flags"])
		duration := number(r["duration_ms"])
		if text(r["disposition"]) != "answered" || text(r["released_by"]) != "caller" || duration < talk-100 || flags != "[restart]" {
			t.Errorf("%s", compact(r))
		}
	}
}
