package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sipspan/capture"
	"sipspan/capture/pcapfile"
	"sipspan/internal/sipgen"
)

// TestLive joins two network namespaces by a pair of interfaces, lets "sipspan run" watch one end and replays traffic
// into the other. The records are those of the same traffic read from a file, nothing is dropped, and the program stops
// in good order with every file whole.
//
// What differs between the two is the clock: times, durations and the identifiers made of them are left out of the
// comparison. No timer of SIP fires in the three seconds that the traffic takes.
func TestLive(t *testing.T) {
	watcher, sender := namespaces(t)
	traffic := liveTraffic(t, 4000)
	want := timelessLines(t, readJSON(t, traffic.file))

	// A busy machine may hold packets back for so long that what rests on the time between two messages comes out
	// otherwise, as it should. It does not do so three times.
	for try := 1; ; try++ {
		diff := cmp.Diff(want, captureLive(t, watcher, sender, traffic))
		if diff == "" {
			return
		}
		if try == 3 || t.Failed() {
			t.Fatalf("records (-file +live):\n%s", diff)
		}
		t.Logf("once more: records (-file +live):\n%s", diff)
	}
}

// captureLive replays the traffic while the program watches, and returns the records of the program.
func captureLive(t *testing.T, watcher, sender string, traffic traffic) []string {
	t.Helper()
	records := t.TempDir()
	config := filepath.Join(t.TempDir(), "sipspan.yaml")
	if err := os.WriteFile(config, []byte("sensor: sipspan\nexporters:\n  files:\n    directory: "+records+
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
	return timelessLines(t, finishedFiles(t, records))
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
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
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
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
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

type traffic struct {
	file     string
	messages int
}

// liveTraffic writes synthetic traffic whose calls are played twenty times faster than people talk.
func liveTraffic(t *testing.T, messages int) traffic {
	t.Helper()
	folder := t.TempDir()
	slow, fast := filepath.Join(folder, "slow.pcap"), filepath.Join(folder, "fast.pcap")
	out, err := os.Create(slow)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := (sipgen.Load{Seed: 7, Messages: messages, Rate: 10, RTP: 3}).WriteCapture(out); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	source, err := pcapfile.Open([]string{slow}, pcapfile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer source.Close()
	if out, err = os.Create(fast); err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	w, err := sipgen.NewWriter(out, sipgen.Format{})
	if err != nil {
		t.Fatal(err)
	}
	var f capture.Frame
	var first int64
	for {
		if err := source.Next(&f); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		if first == 0 {
			first = f.Time
		}
		if err := w.Write(sipgen.Packet{Time: first + (f.Time-first)/20, Data: f.Data}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return traffic{fast, messages}
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

// spelled is a duration in a sentence.
var spelled = regexp.MustCompile(`\b[0-9]+ m?s\b`)

// timelessLines returns the records without what the clock decides, sorted, without the stats.
func timelessLines(t *testing.T, lines string) []string {
	t.Helper()
	var out []string
	for line := range strings.Lines(lines) {
		var r map[string]any
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		if r["record"] == "stats" {
			continue
		}
		timeless(r)
		text, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, spelled.ReplaceAllString(string(text), "a while"))
	}
	slices.Sort(out)
	return out
}

// timeless drops the members that hold a time, a duration, or an identifier made of one.
func timeless(v any) {
	switch v := v.(type) {
	case map[string]any:
		for name, member := range v {
			if name == "id" || name == "start" || name == "end" || name == "time" || name == "what" || strings.HasSuffix(name, "_ms") {
				delete(v, name)
				continue
			}
			timeless(member)
		}
	case []any:
		for _, element := range v {
			timeless(element)
		}
	}
}
