//go:build linux

package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"syscall"
	"time"
)

// inside is set in the environment of the process that runs in the namespaces: the folder that it may write to.
const inside = "SIPSPAN_SOAK_FOLDER"

func main() {
	if err := run(os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "soak:", err)
		os.Exit(1)
	}
}

// options are what the command line sets.
type options struct {
	program string
	length  time.Duration
	calls   int // that begin in a second
	flood   int // packets of a flood in a second
	memory  int // limits.memory, in MiB
	seed    uint64
}

func run(args []string, out, progress io.Writer) error {
	o := options{}
	flags := flag.NewFlagSet("soak", flag.ContinueOnError)
	flags.SetOutput(progress)
	flags.StringVar(&o.program, "sipspan", "sipspan", "program to run")
	flags.DurationVar(&o.length, "for", 10*time.Minute, "how long, two minutes at least")
	flags.IntVar(&o.calls, "calls", 500, "calls that begin in a second")
	flags.IntVar(&o.flood, "flood", 5000, "packets of a flood in a second")
	flags.IntVar(&o.memory, "memory", 256, "limits.memory in MiB")
	flags.Uint64Var(&o.seed, "seed", 0, "what the order of floods and faults follows from; 0: the time")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if o.length < 2*time.Minute {
		return errors.New("-for: two minutes are the least")
	}
	if o.seed == 0 {
		o.seed = uint64(time.Now().UnixNano())
	}
	if folder := os.Getenv(inside); folder != "" {
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
		defer stop()
		return newSoak(o, folder, progress).run(ctx, out)
	}
	program, err := exec.LookPath(o.program)
	if err != nil {
		return err
	}
	if program, err = filepath.Abs(program); err != nil {
		return err
	}
	return enter(append(args, "-sipspan", program, "-seed", fmt.Sprint(o.seed)), out, progress)
}

// enter runs the command line in namespaces of its own, in which there is a loopback interface and nothing else.
func enter(args []string, out, progress io.Writer) error {
	folder, err := os.MkdirTemp("", "sipspan-soak-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	interrupts := make(chan os.Signal, 1) // they reach the other process as well, which ends in order
	signal.Notify(interrupts, os.Interrupt, syscall.SIGTERM)
	runtime.LockOSThread() // the other process lives as long as the thread that started it
	cmd := exec.Command("/proc/self/exe", args...)
	cmd.Stdout, cmd.Stderr = out, progress
	cmd.Env = append(os.Environ(), inside+"="+folder)
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET | syscall.CLONE_NEWNS, Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("it takes root to make namespaces: %w", err)
	}
	go func() {
		for s := range interrupts {
			_ = cmd.Process.Signal(s) // no matter if it has ended
		}
	}()
	if err := cmd.Wait(); err != nil {
		return errors.New("failed, see above")
	}
	return nil
}
