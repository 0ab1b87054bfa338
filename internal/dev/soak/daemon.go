//go:build linux

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// address is that of the daemon's pages.
const address = "127.0.0.1:9477"

// daemon is the program that is put to the test.
type daemon struct {
	cmd    *exec.Cmd
	config string
	log    journal
	ended  chan error
}

// configuration is what the daemon is given. rotate is the age at which a record file is finished.
func configuration(o *options, folder string, rotate time.Duration) []byte {
	return fmt.Appendf(nil, `sensor: soak
capture: {interfaces: [%s]}
limits: {memory: %dMiB}
rights: {user: root}
state: {directory: %s/state}
exporters:
  prometheus: {listen: "%s"}
  files: {directory: %s, rotate_every: %s, rotate_size: 8MiB, pack_finished: none, min_free: 1}
  hep: {destinations: ["tcp:%s"]}
  alert:
    drain: 1s
    alertmanager: {urls: ["http://%s"], timeout: 2s, repeat_every: 10s}
    webhook: {url: "http://%s/hook", timeout: 2s}
`, watched, o.memory, folder, address, records(folder), rotate, collector, receiver, receiver)
}

// rotateEvery is the age at which record files are finished in the beginning.
const rotateEvery = 5 * time.Second

// start starts the daemon and waits until it captures.
func start(ctx context.Context, o *options, folder string) (*daemon, error) {
	d := &daemon{config: filepath.Join(folder, "sipspan.yaml"), ended: make(chan error, 1)}
	if err := os.WriteFile(d.config, configuration(o, folder, rotateEvery), 0o600); err != nil {
		return nil, err
	}
	d.cmd = exec.Command(o.program, "run", "--config", d.config)
	d.cmd.Stderr = &d.log
	d.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := d.cmd.Start(); err != nil {
		return nil, err
	}
	go func() { d.ended <- d.cmd.Wait(); close(d.ended) }()
	if err := d.ready(ctx); err != nil {
		return nil, fmt.Errorf("%w: %s", err, d.log.String())
	}
	return d, nil
}

// ready waits until the daemon reports that it sees all packets.
func (d *daemon) ready(ctx context.Context) error {
	for {
		if status, _, err := page(ctx, "/readyz"); err == nil && status == http.StatusOK {
			return nil
		}
		select {
		case err := <-d.ended:
			return fmt.Errorf("the daemon has ended: %w", err)
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// stop ends the daemon in order.
func (d *daemon) stop() error {
	if err := d.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	select {
	case err := <-d.ended:
		return err
	case <-time.After(2 * time.Minute):
		_ = d.cmd.Process.Signal(syscall.SIGQUIT) // the log then has what every goroutine does
		return errors.New("the daemon does not end")
	}
}

// reload gives the daemon another configuration.
func (d *daemon) reload(text []byte) error {
	if err := os.WriteFile(d.config, text, 0o600); err != nil {
		return err
	}
	return d.cmd.Process.Signal(syscall.SIGHUP)
}

// page gets a page of the daemon.
func page(ctx context.Context, path string) (status int, body string, err error) {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+path, http.NoBody)
	if err != nil {
		return 0, "", err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, "", err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return response.StatusCode, string(text), err
}

// sum adds up the samples of a metric.
func sum(page, metric string) (total float64) {
	for line := range strings.Lines(page) {
		rest, ok := strings.CutPrefix(strings.TrimSpace(line), metric)
		if !ok || rest == "" || rest[0] != ' ' && rest[0] != '{' {
			continue
		}
		if v, err := strconv.ParseFloat(rest[strings.LastIndexByte(rest, ' ')+1:], 64); err == nil {
			total += v
		}
	}
	return total
}

// resident returns the memory of the daemon, in bytes.
func (d *daemon) resident() int64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", d.cmd.Process.Pid))
	if fields := strings.Fields(string(text)); err == nil && len(fields) > 1 {
		pages, _ := strconv.ParseInt(fields[1], 10, 64)
		return pages * int64(os.Getpagesize())
	}
	return 0
}

// descriptors returns how many files the daemon has open.
func (d *daemon) descriptors() int {
	entries, _ := os.ReadDir(fmt.Sprintf("/proc/%d/fd", d.cmd.Process.Pid))
	return len(entries)
}

// journal is the log of the daemon, written by one goroutine and read by others.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}
