package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// Numbers of open calls between which the cost of a message is compared, and the messages that are measured.
var openCalls = []int{10_000, 100_000, 1_000_000}

const (
	changes         = 100_000
	messagesAChange = 10
	messagesBefore  = 3 // of each call that is open when the measurement begins
)

// change is what a message costs while many calls are open, against few.
func (b *bench) change(ctx context.Context) ([]row, error) {
	captures := map[int]string{}
	for _, n := range openCalls {
		path, err := b.capture(ctx, fmt.Sprint("change-", n), "-workload", "change", "-open", b.scaled(n), "-changes", b.scaled(changes))
		if err != nil {
			return nil, err
		}
		captures[n] = path
	}
	ratios, costs := map[int][]float64{}, map[int][]float64{}
	for round := range b.rounds {
		for _, n := range openCalls {
			calls, err := strconv.Atoi(b.scaled(n))
			if err != nil {
				return nil, err
			}
			cpu, err := b.second(ctx, captures[n], calls*messagesBefore)
			if err != nil {
				return nil, err
			}
			perMessage := float64(cpu.Microseconds()) / (changes * messagesAChange * b.scale)
			costs[n] = append(costs[n], perMessage)
			ratios[n] = append(ratios[n], perMessage/costs[openCalls[0]][round])
			b.report(round, "change", "%d calls open: %.2f µs a message", calls, perMessage)
		}
	}
	var rows []row
	for _, n := range openCalls[1:] {
		rows = append(rows, row{
			fmt.Sprintf("A message: %s calls open against %s", grouped(n), grouped(openCalls[0])), "×", ratios[n],
			fmt.Sprintf("%.2f µs against %.2f µs", median(costs[n]), median(costs[openCalls[0]])),
		})
	}
	return rows, nil
}

// second returns the processor time that sipspan takes for what follows the first packets of a capture. It reads from a pipe, and
// its clock is looked at when it has gone through what was written.
func (b *bench) second(ctx context.Context, capture string, first int) (time.Duration, error) {
	file, err := os.Open(capture)
	if err != nil {
		return 0, err
	}
	defer file.Close()
	out, err := os.MkdirTemp(b.scratch, "records-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(out)
	var said bytes.Buffer
	cmd := exec.CommandContext(ctx, b.sipspan, "read", "--config", b.wide, "--out", out, "-")
	cmd.Stderr = &said
	pipe, err := cmd.StdinPipe()
	if err != nil {
		return 0, err
	}
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	fail := func(err error) (time.Duration, error) {
		pipe.Close()
		return 0, errors.Join(err, cmd.Wait(), errors.New(said.String()))
	}
	in := bufio.NewReaderSize(file, 1<<18)
	if err := copyPackets(pipe, in, first); err != nil {
		return fail(err)
	}
	before, err := b.settled(ctx, cmd.Process.Pid)
	if err != nil {
		return fail(err)
	}
	if _, err := io.Copy(pipe, in); err != nil {
		return fail(err)
	}
	after, err := b.settled(ctx, cmd.Process.Pid)
	if err != nil {
		return fail(err)
	}
	if err := pipe.Close(); err != nil {
		return fail(err)
	}
	if err := cmd.Wait(); err != nil {
		return 0, fmt.Errorf("%s: %w: %s", cmd, err, said.Bytes())
	}
	return after - before, nil
}

// copyPackets copies the header of a pcap file of little-endian numbers, as sipgen writes it, and its first packets.
func copyPackets(to io.Writer, from *bufio.Reader, packets int) error {
	w := bufio.NewWriterSize(to, 1<<18)
	if _, err := io.CopyN(w, from, 24); err != nil {
		return err
	}
	for range packets {
		head, err := from.Peek(16)
		if err != nil {
			return err
		}
		if _, err := io.CopyN(w, from, 16+int64(binary.LittleEndian.Uint32(head[8:]))); err != nil {
			return err
		}
	}
	return w.Flush()
}

// settled returns the processor time of a process once it takes no more for ten pauses.
func (b *bench) settled(ctx context.Context, pid int) (time.Duration, error) {
	last, quiet := time.Duration(-1), 0
	for quiet < 10 {
		now, err := processorTime(pid)
		if err != nil {
			return 0, err
		}
		if quiet++; now-last > 10*time.Millisecond {
			quiet, last = 0, now
		}
		select {
		case <-time.After(b.pause):
		case <-ctx.Done():
			return 0, ctx.Err()
		}
	}
	return last, nil
}

// processorTime is the user and system time of a process that runs, in the ticks of ten milliseconds that Linux counts.
func processorTime(pid int) (time.Duration, error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, err
	}
	// After the name in parentheses, which may hold anything: the state is field 3, utime and stime are 14 and 15.
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	if len(fields) < 13 {
		return 0, fmt.Errorf("%q is not what proc(5) describes", stat)
	}
	var ticks int64
	for _, f := range fields[11:13] {
		n, err := strconv.ParseInt(f, 10, 64)
		if err != nil {
			return 0, err
		}
		ticks += n
	}
	return time.Duration(ticks) * 10 * time.Millisecond, nil
}
