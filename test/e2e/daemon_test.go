//go:build e2e

package e2e

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
)

var errNotYet = errors.New("not yet")

// daemon is sipspan at work on the loopback.
type daemon struct {
	*program
	records string // its folder
}

func startDaemon(t *testing.T, folder, binary string) *daemon {
	t.Helper()
	return startDaemonAt(t, folder, binary, "records", metricsAddress)
}

// startDaemonAt starts a daemon with its records in a folder of that name and its metrics at an address.
func startDaemonAt(t *testing.T, folder, binary, name, address string) *daemon {
	t.Helper()
	return startDaemonOn(t, "lo", folder, binary, name, address)
}

// startDaemonOn does the same on another interface.
func startDaemonOn(t *testing.T, iface, folder, binary, name, address string) *daemon {
	t.Helper()
	return startDaemonFrom(t, []string{"-i", iface}, folder, binary, name, address)
}

// startDaemonFrom does the same with other sources than interfaces.
func startDaemonFrom(t *testing.T, sources []string, folder, binary, name, address string) *daemon {
	t.Helper()
	records := filepath.Join(folder, name)
	t.Setenv("SIPSPAN_SENSOR", sensor)
	p := start(t, folder, binary, append([]string{"run", "--out", records, "--format", "jsonl", "--all-transactions", "--immediate",
		"--workers", "2", "--log-format", "json", "--listen", address}, sources...)...)
	p.says(t, `"msg":"capturing"`)
	return &daemon{program: p, records: records}
}

// status asks the daemon for a status line.
func (d *daemon) status(t *testing.T) row {
	t.Helper()
	before := len(d.statusLines(t))
	d.signal(t, syscall.SIGUSR1)
	var lines []row
	await(t, "the daemon tells its status", func() error {
		if lines = d.statusLines(t); len(lines) <= before {
			return fmt.Errorf("%d lines", len(lines))
		}
		return nil
	})
	return lines[len(lines)-1]
}

func (d *daemon) statusLines(t *testing.T) []row {
	t.Helper()
	log, err := os.ReadFile(d.output)
	if err != nil {
		t.Fatal(err)
	}
	log = log[:bytes.LastIndexByte(log, '\n')+1]
	return slices.DeleteFunc(parseRows(t, log), func(r row) bool { return text(r["msg"]) != "status" })
}

// hasWritten waits until a record of the call is in the files.
func (d *daemon) hasWritten(t *testing.T, callID string) {
	t.Helper()
	await(t, "there is a record of "+callID, func() error {
		if !slices.ContainsFunc(d.written(t), func(r row) bool { return r.callID() == callID }) {
			return errNotYet
		}
		return nil
	})
}

// written returns the records that the daemon has written up to now.
func (d *daemon) written(t *testing.T) []row {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(d.records, "*.jsonl*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no record files in %s (%v)", d.records, err)
	}
	var rows []row
	for _, file := range files {
		lines, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		whole := lines[:bytes.LastIndexByte(lines, '\n')+1]
		rows = append(rows, parseRows(t, whole)...)
	}
	return rows
}

// caughtUp waits until the daemon has seen all messages that tcpdump saved, and holds its account to them.
func (d *daemon) caughtUp(t *testing.T, stats row) {
	t.Helper()
	total := number(stats["messages"].(map[string]any)["total"])
	var last row
	await(t, fmt.Sprintf("the daemon has seen %d messages", total), func() error {
		last = d.status(t)
		if number(last["messages"]) < total {
			return fmt.Errorf("%w: %s", errNotYet, compact(last))
		}
		return nil
	})
	if n := number(last["messages"]); n != total {
		t.Errorf("the daemon saw %d messages, tcpdump %d", n, total)
	}
	for _, member := range []string{"dropped", "lost_before"} {
		if number(last[member]) != 0 {
			t.Errorf("the daemon lost packets: %s", compact(last))
		}
	}
}
