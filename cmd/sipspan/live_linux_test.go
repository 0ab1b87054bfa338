package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestLive joins two network namespaces by a pair of interfaces, lets "sipspan run" watch one end and replays traffic
// into the other. The records are those of the same traffic read from a file, nothing is dropped, and the program stops
// in good order with every file whole.
//
// What differs between the two is the clock: times, durations and the identifiers made of them are left out of the
// comparison. No timer of SIP fires in the three seconds that the traffic takes. A busy machine holds packets up and then
// stamps several with the same time; TestSameTime shows that this changes nothing else.
func TestLive(t *testing.T) {
	for _, driver := range []string{"libpcap", "afpacket"} {
		t.Run(driver, func(t *testing.T) { liveAsFromFile(t, driver) })
	}
}

func liveAsFromFile(t *testing.T, driver string) {
	watcher, sender := namespaces(t)
	traffic := liveTraffic(t, 4000)
	want := timelessLines(t, readJSON(t, traffic.file))

	records := t.TempDir()
	config := filepath.Join(t.TempDir(), "sipspan.yaml")
	if err := os.WriteFile(config, []byte("sensor: sipspan\ncapture: {driver: "+driver+"}\nexporters:\n  files:\n    directory: "+records+
		"\n  prometheus:\n    listen: 127.0.0.1:9477\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	daemon := start(t, "ip", "netns", "exec", watcher, "sipspan", "run", "--config", config, "-i", "span0")
	in(t, watcher, "scrape", "http://127.0.0.1:9477/readyz")
	in(t, sender, "replay", "wire0", traffic.file)
	const seen = "sipspan_sip_requests_total+sipspan_sip_responses_total"
	page := in(t, watcher, "scrape", "http://127.0.0.1:9477/metrics", seen, strconv.Itoa(traffic.messages))
	daemon.stop(t)

	if sum, samples := sumMetric(page, "sipspan_capture_dropped_packets_total"); sum != 0 || samples == 0 {
		t.Errorf("%v packets dropped by %d counters", sum, samples)
	}
	if sum, _ := sumMetric(page, seen); int(sum) != traffic.messages {
		t.Errorf("%v messages counted, want %d", sum, traffic.messages)
	}
	if diff := cmp.Diff(want, timelessLines(t, finishedFiles(t, records))); diff != "" {
		t.Errorf("records (-file +live):\n%s", diff)
	}
}

// namespaces makes two network namespaces joined by the interfaces span0 and wire0. They vanish with the test.
func namespaces(t *testing.T) (watcher, sender string) {
	t.Helper()
	if testing.Short() {
		t.Skip("-short: no network namespaces")
	}
	if _, err := exec.LookPath("ip"); err != nil {
		t.Skip("no ip command to join network namespaces with")
	}
	suffix := strconv.Itoa(os.Getpid())
	watcher, sender = "sipspan-watcher-"+suffix, "sipspan-sender-"+suffix
	if out, err := exec.Command("ip", "netns", "add", watcher).CombinedOutput(); err != nil {
		t.Skipf("no right to make a network namespace: %s", bytes.TrimSpace(out))
	}
	t.Cleanup(func() { ip(t, "netns", "delete", watcher) })
	ip(t, "netns", "add", sender)
	t.Cleanup(func() { ip(t, "netns", "delete", sender) })
	ip(t, "link", "add", "span0", "netns", watcher, "type", "veth", "peer", "name", "wire0", "netns", sender)
	ip(t, "-n", watcher, "link", "set", "lo", "up")
	ip(t, "-n", watcher, "link", "set", "span0", "up")
	ip(t, "-n", sender, "link", "set", "wire0", "up")
	return watcher, sender
}

func ip(t *testing.T, args ...string) {
	t.Helper()
	if out, err := exec.Command("ip", args...).CombinedOutput(); err != nil {
		t.Errorf("ip %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

// in runs a tool inside a namespace and returns what it printed.
func in(t *testing.T, namespace string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "ip", append([]string{"netns", "exec", namespace}, args...)...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(args, " "), err, &stderr)
	}
	return stdout.String()
}

// process is a program that runs beside the test.
type process struct {
	cmd    *exec.Cmd
	ended  chan error
	stderr bytes.Buffer // to be read when ended
}

// start runs a program until stop, or until the test ends.
func start(t *testing.T, name string, args ...string) *process {
	t.Helper()
	p := &process{cmd: exec.Command(name, args...), ended: make(chan error, 1)}
	p.cmd.Stdout, p.cmd.Stderr = &p.stderr, &p.stderr
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { p.ended <- p.cmd.Wait(); close(p.ended) }()
	t.Cleanup(func() {
		_ = p.cmd.Process.Kill() // no matter if it has ended
		<-p.ended
		if t.Failed() {
			t.Logf("log of the daemon:\n%s", &p.stderr)
		}
	})
	return p
}

// stop asks the process to end and fails unless it does so in good order.
func (p *process) stop(t *testing.T) {
	t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Error(err)
	}
	p.await(t)
}

// await waits for the end of a process that was asked to end, and fails unless it does so in good order.
func (p *process) await(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	select {
	case err := <-p.ended:
		if err != nil {
			t.Errorf("the daemon ended with %v", err)
		}
	case <-ctx.Done():
		t.Fatal("the daemon does not end")
	}
}

// finishedFiles returns all lines of the record files in a folder. Each file must be finished and whole.
func finishedFiles(t *testing.T, folder string) string {
	t.Helper()
	var all strings.Builder
	err := filepath.WalkDir(folder, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		if strings.HasSuffix(path, ".part") {
			t.Errorf("%s was left unfinished", path)
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if len(text) > 0 && text[len(text)-1] != '\n' {
			t.Errorf("%s ends in half a line", path)
		}
		all.Write(text)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.String()
}
