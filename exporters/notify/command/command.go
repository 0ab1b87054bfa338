package command

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"syscall"
	"time"

	"sipspan/exporters"
	"sipspan/record"
)

var (
	_ exporters.Exporter    = (*Command)(nil)
	_ exporters.Interrupter = (*Command)(nil)
)

// Command runs a program for each alert.
type Command struct {
	path    string
	args    []string
	timeout time.Duration
	log     *slog.Logger
	ctx     context.Context
	cancel  context.CancelFunc
}

// Open finds the program.
func Open(c Config, log *slog.Logger) (*Command, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	path, err := exec.LookPath(c.Args[0])
	if err != nil {
		return nil, fmt.Errorf("looking for the command for alerts: %w", err)
	}
	cmd := &Command{path: path, args: c.Args, timeout: c.Timeout, log: log}
	cmd.ctx, cmd.cancel = context.WithCancel(context.Background())
	return cmd, nil
}

const (
	// tryAgain is the exit status by which a program asks to be run again: EX_TEMPFAIL.
	tryAgain = 75
	// pipeDelay is how long the pipes of a program that was killed are waited for.
	pipeDelay = 500 * time.Millisecond
)

// Export implements exporters.Exporter. It returns when the program has ended.
func (c *Command) Export(r record.Record) error {
	a, ok := r.(*record.Alert)
	if !ok {
		return nil
	}
	ctx, cancel := context.WithTimeout(c.ctx, c.timeout)
	defer cancel()
	var stderr tail
	cmd := exec.CommandContext(ctx, c.path, c.args[1:]...)
	cmd.Args[0] = c.args[0]
	cmd.Env = environment()
	cmd.Stdin = bytes.NewReader(append(a.AppendJSON(nil), '\n'))
	cmd.Stderr = &stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error {
		err := syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		if err == syscall.ESRCH {
			return os.ErrProcessDone
		}
		return err
	}
	cmd.WaitDelay = pipeDelay
	err := cmd.Run()
	return c.judge(a, cmd, err, ctx.Err(), stderr.line())
}

// judge logs how a run ended, and returns its error.
func (c *Command) judge(a *record.Alert, cmd *exec.Cmd, err, stopped error, stderr string) error {
	log := c.log.With("command", c.args[0], "rule", a.Rule, "state", a.State)
	if stderr != "" {
		log = log.With("stderr", stderr)
	}
	var exit *exec.ExitError
	switch {
	case err == nil:
		log.Info("alert command ended", "status", 0)
		return nil
	case c.ctx.Err() != nil:
		return fmt.Errorf("command %s was stopped: the program ends", c.args[0])
	case stopped != nil:
		err = fmt.Errorf("command %s was killed after %v", c.args[0], c.timeout)
	case errors.As(err, &exit):
		err = fmt.Errorf("command %s: %w", c.args[0], exit)
		if exit.ExitCode() == tryAgain {
			err = &exporters.TemporaryError{Err: err}
		}
	case errors.Is(err, exec.ErrWaitDelay), cmd.ProcessState != nil:
		// It succeeded and did not read all of its input, or started a process that still holds its pipes.
		log.Info("alert command ended", "status", cmd.ProcessState.ExitCode())
		return nil
	default: // it could not be started
		err = fmt.Errorf("running the command for alerts: %w", err)
		if !errors.Is(err, fs.ErrPermission) {
			err = &exporters.TemporaryError{Err: err}
		}
	}
	log.Warn("alert command failed", "err", err)
	return err
}

// Interrupt implements exporters.Interrupter.
func (c *Command) Interrupt() { c.cancel() }

// Flush implements exporters.Exporter: nothing is held back.
func (c *Command) Flush() error { return nil }

// Close implements exporters.Exporter.
func (c *Command) Close() error {
	c.cancel()
	return nil
}

// environment is the part of sipspan's own environment that a program gets.
func environment() []string {
	var env []string
	for _, name := range []string{"PATH", "HOME", "USER", "LANG", "LC_ALL", "TZ", "TMPDIR"} {
		if value, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	return env
}
