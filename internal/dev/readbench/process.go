package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// cost is what a process took.
type cost struct {
	cpu, wall time.Duration // cpu: user and system
	peak      int64         // most resident memory, in bytes
}

// command runs a program to its end. Its output is thrown away, its errors are part of the error.
func command(ctx context.Context, name string, args ...string) (cost, error) {
	var said bytes.Buffer
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Stderr = &said
	begin := time.Now()
	if err := cmd.Run(); err != nil {
		return cost{}, fmt.Errorf("%s: %w: %s", cmd, err, said.Bytes())
	}
	return costOf(cmd.ProcessState, time.Since(begin)), nil
}

func costOf(p *os.ProcessState, wall time.Duration) cost {
	c := cost{cpu: p.UserTime() + p.SystemTime(), wall: wall}
	if usage, ok := p.SysUsage().(*syscall.Rusage); ok {
		c.peak = usage.Maxrss * 1024
	}
	return c
}

// read runs sipspan over a capture and writes its records into files that are removed again.
func (b *bench) read(ctx context.Context, capture string, args ...string) (cost, error) {
	out, err := os.MkdirTemp(b.scratch, "records-")
	if err != nil {
		return cost{}, err
	}
	defer os.RemoveAll(out)
	return command(ctx, b.sipspan, append(append([]string{"read", "--out", out}, args...), capture)...)
}

// capture returns the path of a capture and has it written if it is not there. It is read once, so that the first round finds it in
// memory like the others.
func (b *bench) capture(ctx context.Context, name string, args ...string) (string, error) {
	if b.scale != 1 {
		name += "-x" + strconv.FormatFloat(b.scale, 'g', -1, 64)
	}
	path := filepath.Join(b.folder, name+".pcap")
	if _, err := os.Stat(path); err != nil {
		fmt.Fprintln(b.progress, "writing", path)
		if _, err := command(ctx, b.sipgen, append(append([]string{"load"}, args...), path)...); err != nil {
			return "", err
		}
	}
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	_, err = io.Copy(io.Discard, file)
	return path, err
}

// scaled is a number of the full size at the size of this run, as an argument.
func (b *bench) scaled(n int) string { return strconv.Itoa(max(1, int(float64(n)*b.scale))) }
