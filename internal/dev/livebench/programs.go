package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"syscall"
	"time"

	"sipspan/capture"
	"sipspan/capture/pcapfile"
)

// program is one that captures.
type program struct {
	name string
	args []string
	end  os.Signal
	// lost returns how many packets it has lost of those that were sent, from what it printed.
	lost func(printed []byte, capture string, sent uint64) (uint64, error)
}

// buffer is the size of the ring of each program, in MiB.
const buffer = 64

// programs returns all of them. What they write goes to the scratch folder.
func (b *bench) programs() []program {
	saved := filepath.Join(b.scratch, "sngrep.pcap")
	all := []program{}
	for _, driver := range []string{"libpcap", "afpacket"} {
		config := filepath.Join(b.scratch, driver+".yaml")
		_ = os.WriteFile(config, fmt.Appendf(nil, "capture: {driver: %s, buffer_size: %dMiB}\nstate: {sessions: false}\nexporters: {prometheus: {listen: 127.0.0.1:9477}}\n", driver, buffer), 0o600)
		all = append(all, program{
			"sipspan, " + driver,
			[]string{b.sipspan, "run", "--config", config, "-i", watched, "--out", filepath.Join(b.scratch, "records"), "--log-format", "json", "--user", "root"},
			syscall.SIGTERM, lostBySipspan,
		})
	}
	return append(all,
		program{"tcpdump -w /dev/null", []string{"tcpdump", "-i", watched, "-B", strconv.Itoa(buffer << 10), "-w", "/dev/null"}, syscall.SIGINT, lostByTcpdump},
		program{"sngrep -N -O FILE", []string{"sngrep", "-d", watched, "-B", strconv.Itoa(buffer), "-N", "-q", "-O", saved}, syscall.SIGTERM,
			func(_ []byte, sent string, n uint64) (uint64, error) { return lostBySngrep(saved, sent, n) }},
	)
}

// lostBySipspan reads the last line of the log.
func lostBySipspan(printed []byte, _ string, _ uint64) (uint64, error) {
	for line := range bytes.Lines(printed) {
		var stopped struct {
			Msg        string `json:"msg"`
			Packets    uint64 `json:"packets"`
			Dropped    uint64 `json:"dropped"`
			LostBefore uint64 `json:"lost_before"`
		}
		if json.Unmarshal(line, &stopped) == nil && stopped.Msg == "stopped" && stopped.Packets > 0 {
			return stopped.Dropped + stopped.LostBefore, nil
		}
	}
	return 0, fmt.Errorf("it does not report packets: %s", printed)
}

var tcpdumpDropped = regexp.MustCompile(`(\d+) packets? dropped by kernel`)

func lostByTcpdump(printed []byte, _ string, _ uint64) (uint64, error) {
	found := tcpdumpDropped.FindSubmatch(printed)
	if found == nil {
		return 0, fmt.Errorf("it does not report what it dropped: %s", printed)
	}
	return strconv.ParseUint(string(found[1]), 10, 64)
}

// lostBySngrep counts the messages that were saved, because sngrep does not report losses.
func lostBySngrep(saved, sent string, n uint64) (uint64, error) {
	want, err := messagesIn(sent, n)
	if err != nil {
		return 0, err
	}
	got, err := messagesIn(saved, ^uint64(0))
	return want - min(got, want), errors.Join(err, os.Remove(saved))
}

// messagesIn counts the packets with SIP among the first of a capture.
func messagesIn(path string, packets uint64) (n uint64, err error) {
	source, err := pcapfile.Open([]string{path}, pcapfile.Options{})
	if err != nil {
		return 0, err
	}
	defer source.Close()
	var f capture.Frame
	for range packets {
		var cut *capture.InputError
		if err := source.Next(&f); errors.Is(err, io.EOF) || errors.As(err, &cut) { // the last packet of one that was stopped may be cut
			return n, nil
		} else if err != nil {
			return n, err
		}
		if bytes.Contains(f.Data, []byte("SIP/2.0")) {
			n++
		}
	}
	return n, nil
}

// measured is one measurement.
type measured struct {
	sent, lost uint64
	rate       float64 // packets a second, as they were sent
}

// patience is how long a program may take to begin, or to end.
const patience = time.Minute

// measure sends at a rate while a program captures.
func (b *bench) measure(ctx context.Context, p program, capture string, rate int) (m measured, err error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Minute)
	defer cancel()
	var printed bytes.Buffer
	cmd := inside(ctx, b.wire.watcher, p.args...)
	cmd.Stdout, cmd.Stderr, cmd.WaitDelay = &printed, &printed, patience
	if err := cmd.Start(); err != nil {
		return m, err
	}
	for begun := time.Now(); !b.wire.listens(ctx); time.Sleep(100 * time.Millisecond) {
		if time.Since(begun) > patience {
			cancel()
			_ = cmd.Wait()
			return m, fmt.Errorf("it does not begin: %s", &printed)
		}
	}
	m.sent, m.rate, err = b.wire.send(ctx, capture, int(b.lasts.Seconds()*float64(rate)), rate)
	time.Sleep(time.Second) // what waits in the ring is read
	err = errors.Join(err, cmd.Process.Signal(p.end))
	var exit interface{ ExitCode() int }
	if waited := cmd.Wait(); waited != nil && !errors.As(waited, &exit) {
		err = errors.Join(err, waited)
	}
	if err != nil {
		return m, err
	}
	m.lost, err = p.lost(printed.Bytes(), capture, m.sent)
	return m, err
}
