//go:build e2e

package e2e

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// patience is how long something that takes a moment may take on a machine that has much else to do.
const patience = 30 * time.Second

// program is a process that runs beside the test, with its output in a file.
type program struct {
	name   string
	cmd    *exec.Cmd
	output string // its stdout and stderr
	ended  chan struct{}
	err    error // how it ended, once ended is closed
}

// start runs a program until the test ends. Its output and working files go to the folder, and to the test's log when
// the test failed.
func start(t *testing.T, folder, name string, args ...string) *program {
	t.Helper()
	p, err := launch(folder, name, args...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		p.kill()
		if t.Failed() {
			t.Logf("%s ended with %v, and its last words were:\n%s", p.name, p.err, tail(p.output, 12))
		}
	})
	return p
}

func launch(folder, name string, args ...string) (*program, error) {
	p := &program{name: filepath.Base(name), ended: make(chan struct{})}
	out, err := os.CreateTemp(folder, p.name+"-*.log")
	if err != nil {
		return nil, err
	}
	defer out.Close()
	p.output = out.Name()
	p.cmd = exec.Command(name, args...)
	p.cmd.Dir, p.cmd.Stdout, p.cmd.Stderr = folder, out, out
	p.cmd.Env = append(os.Environ(), "HOME="+folder, "TERM=dumb", "LC_ALL=C")
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting %s (make test-e2e installs it): %w", name, err)
	}
	go func() {
		p.err = p.cmd.Wait()
		close(p.ended)
	}()
	return p, nil
}

// kill ends the program and what it started.
func (p *program) kill() {
	_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
	<-p.ended
}

func (p *program) signal(t *testing.T, s os.Signal) {
	t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		t.Fatalf("%s: %v", p.name, err)
	}
}

// wait returns how the program ended.
func (p *program) wait(limit time.Duration) error {
	select {
	case <-p.ended:
		return p.err
	case <-time.After(limit):
		return fmt.Errorf("%s still runs after %v", p.name, limit)
	}
}

// stop asks the program to end and fails the test unless it then ends well.
func (p *program) stop(t *testing.T) {
	t.Helper()
	p.signal(t, os.Interrupt)
	if err := p.wait(patience); err != nil {
		t.Fatalf("stopping %s: %v", p.name, err)
	}
}

// says waits for a text in the output.
func (p *program) says(t *testing.T, text string) {
	t.Helper()
	await(t, fmt.Sprintf("%s says %q", p.name, text), func() error {
		out, err := os.ReadFile(p.output)
		switch {
		case err != nil:
			return err
		case bytes.Contains(out, []byte(text)):
			return nil
		case p.hasEnded():
			return fatal{fmt.Errorf("it ended with %v", p.err)}
		}
		return errors.New("not yet")
	})
}

func (p *program) hasEnded() bool {
	select {
	case <-p.ended:
		return true
	default:
		return false
	}
}

// fatal is an error that no waiting mends.
type fatal struct{ error }

// await asks again and again until there is no error, and fails the test when patience is at its end.
func await(t *testing.T, what string, ask func() error) {
	t.Helper()
	eventuallyWithin(t, patience, what, ask)
}

// eventuallyWithin does the same with another patience.
func eventuallyWithin(t *testing.T, limit time.Duration, what string, ask func() error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	if err := eventually(ctx, ask); err != nil {
		t.Fatalf("waiting until %s: %v", what, err)
	}
}

func eventually(ctx context.Context, ask func() error) error {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		err := ask()
		if err == nil || errors.As(err, new(fatal)) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-tick.C:
		}
	}
}

// run runs a program to its end and returns its stdout.
func run(t *testing.T, name string, args ...string) []byte {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	cmd.Env = append(os.Environ(), "SIPSPAN_SENSOR="+sensor)
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, &stderr)
	}
	return stdout.Bytes()
}

// tail returns the last lines of a file.
func tail(file string, n int) string {
	text, err := os.ReadFile(file)
	if err != nil {
		return err.Error()
	}
	lines := strings.Split(strings.TrimRight(string(text), "\n"), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}
