package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

func init() { programs["unready"] = func() { tool(unreadyTool) } }

// unreadyTool waits until a page answers 503 with the text: unready URL TEXT. It gives up after two minutes.
func unreadyTool(args []string) error {
	if len(args) != 2 {
		return errors.New("usage: unready URL TEXT")
	}
	last := "nothing"
	for deadline := time.Now().Add(2 * time.Minute); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		response, err := http.Get(args[0])
		if err != nil {
			continue
		}
		text, err := io.ReadAll(response.Body)
		response.Body.Close()
		if err != nil {
			continue
		}
		last = fmt.Sprintf("%s %s", response.Status, text)
		if response.StatusCode == http.StatusServiceUnavailable && strings.Contains(string(text), args[1]) {
			return nil
		}
	}
	return fmt.Errorf("gave up; the last answer was %s", last)
}

// TestInterfacesThatVanish watches two interfaces. One is removed and made again, renamed and renamed back, and switched off and on.
// Started as root, the daemon is another user then. Each time /readyz, the metrics and the log hold it, the other is captured meanwhile, and in the end both are, by the same process.
func TestInterfacesThatVanish(t *testing.T) {
	watcher, sender := namespaces(t)
	pair := func(watched, sending string) {
		t.Helper()
		ip(t, "link", "add", watched, "netns", watcher, "type", "veth", "peer", "name", sending, "netns", sender)
		ip(t, "-n", watcher, "link", "set", watched, "up")
		ip(t, "-n", sender, "link", "set", sending, "up")
	}
	pair("span1", "wire1")
	traffic := liveTraffic(t, 50)
	config := filepath.Join(t.TempDir(), "sipspan.yaml")
	if err := os.WriteFile(config, []byte("exporters: {prometheus: {listen: 127.0.0.1:9477}}\nstate: {sessions: false}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	for _, path := range []string{folder, filepath.Dir(folder)} { // that of a test is for its user alone
		if err := os.Chmod(path, 0o711); err != nil {
			t.Fatal(err)
		}
	}
	records := filepath.Join(folder, "made", "records")
	daemon := start(t, "ip", "netns", "exec", watcher, "sipspan", "run", "--config", config, "-i", "span0", "-i", "span1",
		"--out", records, "--user", "nobody")
	const address = "http://127.0.0.1:9477/"
	messages := 0
	captured := func(interfaces ...string) {
		t.Helper()
		for _, name := range interfaces {
			// The same packets again are copies when they come within 200 ms, as they do where the last of them were sent late and those now are not.
			time.Sleep(300 * time.Millisecond)
			in(t, sender, "replay", name, traffic.file)
			messages += traffic.messages
			in(t, watcher, "scrape", address+"metrics", "sipspan_sip_requests_total+sipspan_sip_responses_total", strconv.Itoa(messages))
		}
	}
	blind := func(text string) {
		t.Helper()
		in(t, watcher, "unready", address+"readyz", "1 of 2 interfaces cannot be seen: "+text)
		page := in(t, watcher, "scrape", address+"metrics")
		if !strings.Contains(page, `sipspan_capture_interface_up{interface="span0"} 1`) ||
			!strings.Contains(page, `sipspan_capture_interface_up{interface="span1"} 0`) {
			t.Errorf("%s:\n%s", text, page)
		}
		captured("wire0")
	}
	in(t, watcher, "scrape", address+"readyz")
	captured("wire0", "wire1")
	state, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", daemon.cmd.Process.Pid))
	if err != nil || !strings.Contains(string(state), "CapEff:\t0000000000000000\n") || strings.Contains(string(state), "Uid:\t0\t") {
		t.Errorf("%v: the daemon still is root or may do what root may:\n%s", err, state)
	}

	ip(t, "-n", watcher, "link", "delete", "span1")
	blind("span1 is gone")
	pair("span1", "wire1")
	in(t, watcher, "scrape", address+"readyz")
	captured("wire0", "wire1")

	ip(t, "-n", watcher, "link", "set", "span1", "down")
	blind("span1 is down")
	ip(t, "-n", watcher, "link", "set", "span1", "name", "other1")
	blind("span1 is gone")
	ip(t, "-n", watcher, "link", "set", "other1", "name", "span1")
	ip(t, "-n", watcher, "link", "set", "span1", "up")
	in(t, watcher, "scrape", address+"readyz")
	captured("wire0", "wire1")

	page := in(t, watcher, "scrape", address+"metrics")
	for _, want := range []string{
		`sipspan_capture_interface_up{interface="span1"} 1`,
		`sipspan_capture_interface_reopened_total{interface="span0"} 0`,
		`sipspan_capture_interface_reopened_total{interface="span1"} 2`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("%s not found in\n%s", want, page)
		}
	}
	daemon.stop(t)
	if !strings.Contains(finishedFiles(t, records), `"record":"call"`) {
		t.Error("no call was written")
	}
	log := daemon.stderr.String()
	for text, want := range map[string]struct{ least, most int }{
		"capture on an interface has ended": {2, 2},
		"the interface is captured again":   {2, 2},
		"an interface is down":              {1, 2}, // one that is being removed is down first, which is seen or not
		"interface=span0":                   {0, 0},
	} {
		if got := strings.Count(log, text); got < want.least || got > want.most {
			t.Errorf("%q is logged %d times, want %d to %d", text, got, want.least, want.most)
		}
	}
}
