package main

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// TestTUILive watches one end of a pair of interfaces with the terminal view: a call is listed with its INVITE, and changes when it is answered and when it is over;
// its ladder and its packets come from memory.
func TestTUILive(t *testing.T) {
	needTmux(t)
	watcher, sender := namespaces(t)
	archive, err := txtar.ParseFile("../../testdata/golden/call-answered-udp.txtar")
	check(t, err)
	begin, end, _ := strings.Cut(string(archive.Files[0].Data), "@12.2 ")
	hosts, _, _ := strings.Cut(begin, "\n")
	ringing, answer, _ := strings.Cut(begin, "@2.2 ")
	answer = hosts + "\n\n@0 " + strings.Replace(answer, "@2.3 ", "@0.1 ", 1)
	end = hosts + "\n\n@0 " + strings.Replace(end, "@12.25 ", "@0.05 ", 1)

	x := startTmux(t, 80, 24, []string{"ip", "netns", "exec", watcher}, []string{"-i", "span0"})
	x.shows("no sessions yet", "span0", " live")
	in(t, sender, "replay", "wire0", writeFlow(t, parseFlow(t, ringing)))
	x.shows("alice@example.com", "bob@example.com", "in progress", " live, 1 call goes on")
	in(t, sender, "replay", "wire0", writeFlow(t, parseFlow(t, answer)))
	x.shows("alice@example.com", "bob@example.com", "in progress  200", " live, 1 call goes on")
	x.press("Enter")
	x.shows("INVITE", "180 Ringing", "200 OK", "ACK")
	x.press("Escape")
	in(t, sender, "replay", "wire0", writeFlow(t, parseFlow(t, end)))
	x.shows("answered     200", "ended by the caller", " Calls 1 ", " live\n")
	x.press("Enter")
	x.shows("BYE")
	x.press("F2", "Enter")
	x.shows("answered_192.0.2.10.pcap: 6 messages")
	saved := readJSON(t, filepath.Join(x.folder, "answered_192.0.2.10.pcap"))
	if !strings.Contains(saved, `"disposition":"answered"`) || !strings.Contains(saved, `"call_id":"answered@192.0.2.10"`) {
		t.Errorf("saved: %s", saved)
	}
}

// TestTUIWithoutRights starts the view where it may not capture: one line reports what is missing.
func TestTUIWithoutRights(t *testing.T) {
	needTmux(t)
	if err := exec.Command("setpriv", "--bounding-set", "-all", "--inh-caps", "-all", "true").Run(); err != nil {
		t.Skip("setpriv cannot take rights away")
	}
	under := []string{"setpriv", "--bounding-set", "-all", "--inh-caps", "-all", "sh", "-c", `"$@"; echo "exit status $?"; exec cat`, "sh"}
	x := startTmux(t, 320, 10, under, []string{"-i", "lo"})
	x.shows("sipspan: ", "CAP_NET_RAW", "\nexit status 1\n")
	if lines := strings.Split(strings.TrimSpace(x.screen()), "\n"); len(lines) != 2 {
		t.Errorf("more than one line:\n%s", strings.Join(lines, "\n"))
	}
}

func needTmux(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("tmux"); err != nil {
		t.Skip("tmux is not installed")
	}
}

func (x *tmux) press(keys ...string) {
	x.t.Helper()
	x.run(append([]string{"send-keys", "-t", "0"}, keys...)...)
}

// shows waits until all of this is on the screen.
func (x *tmux) shows(want ...string) {
	x.t.Helper()
	screen, err := x.until(func(screen string) bool {
		for _, w := range want {
			if !strings.Contains(screen, w) {
				return false
			}
		}
		return true
	})
	if err != nil {
		x.t.Fatalf("%v; not all of %q is on it:\n%s", err, want, screen)
	}
}
