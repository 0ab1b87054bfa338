package main

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestTermReadsTheRing stops the daemon in the middle of its work, sends it traffic that waits in the ring of the kernel, and then asks it to
// end. The records are those of all of the traffic.
func TestTermReadsTheRing(t *testing.T) {
	for _, driver := range []string{"libpcap", "afpacket"} {
		t.Run(driver, func(t *testing.T) { termReadsTheRing(t, driver) })
	}
}

func termReadsTheRing(t *testing.T, driver string) {
	watcher, sender := namespaces(t)
	traffic := liveTraffic(t, 400)
	want := timelessLines(t, readJSON(t, traffic.file))
	records := t.TempDir()
	config := filepath.Join(t.TempDir(), "sipspan.yaml")
	check(t, os.WriteFile(config, []byte("{sensor: sipspan, capture: {driver: "+driver+"}, state: {sessions: false}}\n"), 0o644))
	daemon := start(t, "ip", "netns", "exec", watcher, "sipspan", "run", "--config", config, "-i", "span0", "--out", records, "--listen", "127.0.0.1:9477")
	in(t, watcher, "scrape", "http://127.0.0.1:9477/readyz")
	check(t, daemon.cmd.Process.Signal(syscall.SIGSTOP))
	in(t, sender, "replay", "wire0", traffic.file)
	check(t, daemon.cmd.Process.Signal(syscall.SIGTERM))
	check(t, daemon.cmd.Process.Signal(syscall.SIGCONT))
	daemon.await(t)
	if diff := cmp.Diff(want, timelessLines(t, finishedFiles(t, records))); diff != "" {
		t.Errorf("records (-file +live):\n%s", diff)
	}
}
