package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

// TestTUI drives the terminal view in tmux and compares what is on the screen. The name of each file of testdata/tui begins with the size of the
// terminal; the comment names the arguments; the name of each file in it holds the keys that are pressed, and its text is the screen after that.
// “go test ./cmd/sipspan -run TestTUI -update” writes what is on the screens.
func TestTUI(t *testing.T) {
	if _, err := exec.LookPath("tmux"); err != nil {
		t.Skip("tmux is not installed")
	}
	files, err := filepath.Glob("../../testdata/tui/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no screens: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) { screens(t, file) })
	}
}

func screens(t *testing.T, file string) {
	archive, err := txtar.ParseFile(file)
	check(t, err)
	var width, height int
	if _, err := fmt.Sscanf(filepath.Base(file), "%dx%d", &width, &height); err != nil {
		t.Fatalf("the name does not begin with a size: %v", err)
	}
	terminal := startTmux(t, width, height, nil, strings.Fields(string(archive.Comment)))
	for i := range archive.Files {
		f := &archive.Files[i]
		if keys := strings.Fields(f.Name); keys[0] != "start" {
			terminal.run(append([]string{"send-keys", "-t", "0"}, keys...)...)
		}
		if *update {
			f.Data = []byte(terminal.settled())
			continue
		}
		if got, err := terminal.wait(string(f.Data)); err != nil {
			t.Errorf("after %s: %v (-want +got):\n%s", f.Name, err, cmp.Diff(string(f.Data), got))
		}
	}
	if *update {
		check(t, os.WriteFile(file, txtar.Format(archive), 0o644))
	}
}

// tmux is a terminal with the program in it.
type tmux struct {
	t      *testing.T
	folder string
	socket string
}

// startTmux starts “sipspan tui” in a folder that holds nothing but the sample capture. The command under is what starts the program, if not nil.
func startTmux(t *testing.T, width, height int, under, args []string) *tmux {
	t.Helper()
	folder := t.TempDir()
	sample, err := os.ReadFile("../../testdata/sample.pcap")
	check(t, err)
	check(t, os.WriteFile(filepath.Join(folder, "sample.pcap"), sample, 0o644))
	program, err := exec.LookPath("sipspan")
	check(t, err)
	x := &tmux{t, folder, filepath.Join(folder, "tmux")}
	t.Cleanup(func() { _ = exec.Command("tmux", "-S", x.socket, "kill-server").Run() })
	x.run(slices.Concat([]string{
		"-f", os.DevNull, "new-session", "-d", "-x", fmt.Sprint(width), "-y", fmt.Sprint(height), "-c", folder,
		"env", "LC_ALL=C.UTF-8", "TERM=screen",
	}, under, []string{program, "tui", "--tz", "UTC"}, args)...)
	return x
}

func (x *tmux) run(args ...string) string {
	x.t.Helper()
	cmd := exec.Command("tmux", append([]string{"-u", "-S", x.socket}, args...)...)
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8")
	out, err := cmd.CombinedOutput()
	if err != nil {
		x.t.Fatalf("tmux %v: %v\n%s", args, err, out)
	}
	return string(out)
}

func (x *tmux) screen() string { return x.run("capture-pane", "-p", "-t", "0") }

// wait returns when the screen is as wanted, or with what it is instead.
func (x *tmux) wait(wanted string) (screen string, err error) {
	return x.until(func(screen string) bool { return screen == wanted })
}

// until returns when the screen is as wanted, or with what it is instead.
func (x *tmux) until(wanted func(screen string) bool) (screen string, err error) {
	ctx, stop := context.WithTimeout(x.t.Context(), time.Minute)
	defer stop()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		if screen = x.screen(); wanted(screen) {
			return screen, nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return screen, errors.New("another screen")
		}
	}
}

// settled returns the screen when it has been the same for a while and nothing is being read. Only updates need it.
func (x *tmux) settled() string {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for same, last := 0, ""; ; <-tick.C {
		screen := x.screen()
		if same++; screen != last || strings.TrimSpace(screen) == "" || strings.Contains(screen, "reading") {
			same, last = 0, screen
		}
		if same == 50 {
			return screen
		}
	}
}

// TestTUINeedsATerminal holds the view to refuse what it cannot draw on, and what it cannot read again.
func TestTUINeedsATerminal(t *testing.T) {
	for _, args := range [][]string{
		{"tui", "../../testdata/sample.pcap"}, {"top", "-"}, {"top"}, {"top", "-i", "eth0", "../../testdata/sample.pcap"}, {"top", "-i", "eth0"},
	} {
		if o := command(t.Context(), args...); o.code != 2 || o.stdout != "" || o.stderr == "" {
			t.Errorf("sipspan %v: exit status %d, stdout %q, stderr %q", args, o.code, o.stdout, o.stderr)
		}
	}
}
