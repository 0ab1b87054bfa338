package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"sipspan/capture"
	"sipspan/capture/pcapfile"
	"sipspan/internal/logging"
	"sipspan/pipeline"
)

// quiet is an interface that brings the packets of a file and then nothing any more.
type quiet struct {
	*pcapfile.Files
	ended bool
}

func (q *quiet) Next(f *capture.Frame) error {
	if !q.ended {
		err := q.Files.Next(f)
		if !errors.Is(err, io.EOF) {
			return err
		}
		q.ended = true
	}
	time.Sleep(10 * time.Millisecond) // the poll time of the interface
	return capture.ErrIdle
}

func (q *quiet) Stats() []capture.InterfaceStats {
	return []capture.InterfaceStats{{Name: "span0", Stats: capture.Stats{KernelDropped: 3}}}
}

// journal is a log that others read while it is written.
type journal struct {
	mu    sync.Mutex
	lines bytes.Buffer
	wrote chan struct{} // a hint that there is more
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	select {
	case j.wrote <- struct{}{}:
	default:
	}
	return j.lines.Write(p)
}

// await returns when the log holds the text.
func (j *journal) await(t *testing.T, text string) {
	t.Helper()
	for {
		j.mu.Lock()
		lines := j.lines.String()
		j.mu.Unlock()
		if strings.Contains(lines, text) {
			return
		}
		select {
		case <-j.wrote:
		case <-t.Context().Done():
			t.Fatalf("the log never says %q:\n%s", text, lines)
		}
	}
}

// get returns the status and the body of a page of the daemon.
func get(t *testing.T, d *running, path string) (int, string) {
	t.Helper()
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Get("http://" + d.metrics.Addr().String() + path)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(body)
}

// TestDaemon lives through one life: systemd hears each step, signals are answered, metrics are served, and at the end
// the record files are whole.
func TestDaemon(t *testing.T) {
	systemd := socket(t)
	t.Setenv("WATCHDOG_USEC", "")
	folder, file := t.TempDir(), filepath.Join(t.TempDir(), "sipspan.yaml")
	check(t, os.WriteFile(file, []byte("sensor: probe\nexporters:\n  files: {directory: "+folder+"}\n  prometheus: {listen: \"127.0.0.1:0\"}\n"+
		"pipeline: {batches: 4096}\n"), 0o600)) // all the packets come in the same moment
	cmd := &cobra.Command{}
	s := commonFlags(cmd)
	check(t, cmd.ParseFlags([]string{"--config", file, "--workers", "2"}))
	loaded, err := s.load()
	check(t, err)
	files, err := pcapfile.Open([]string{"../../testdata/sample.pcap"}, pcapfile.Options{})
	check(t, err)
	defer files.Close()
	log := &journal{wrote: make(chan struct{}, 1)}
	d, err := newDaemon(s, logging.New(log, loaded.Config.Log), inService(loaded.Config), []pipeline.Source{&quiet{Files: files}})
	check(t, err)

	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- d.run(ctx) }()
	hears(t, systemd, "READY=1")
	log.await(t, "msg=capturing")

	self, err := os.FindProcess(os.Getpid())
	check(t, err)
	check(t, self.Signal(syscall.SIGHUP))
	hears(t, systemd, "RELOADING=1")
	hears(t, systemd, "READY=1")
	log.await(t, `msg="configuration read again" applied=[]`)
	check(t, self.Signal(syscall.SIGUSR1))
	log.await(t, "msg=status up=")
	log.await(t, "lost_before=3")

	for path, want := range map[string]string{
		"/healthz": "ok",
		"/readyz":  "ok",
		"/metrics": `sipspan_capture_dropped_packets_total{interface="span0",stage="kernel"} 3`,
	} {
		if code, body := get(t, d, path); code != http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("%s: status %d, %q not found in\n%s", path, code, want, body)
		}
	}

	stop()
	hears(t, systemd, "STOPPING=1")
	if err := <-ended; err != nil {
		t.Error(err)
	}
	log.await(t, "msg=stopped")
	if d.ready() == nil {
		t.Error("ready although it has stopped")
	}
	if got := written(t, folder); !strings.Contains(got, `"record":"call"`) || !strings.Contains(got, `"sensor":"probe"`) {
		t.Errorf("records:\n%s\nlog:\n%s", got, &log.lines)
	}
}

// TestDaemonSaysWhenAPortIsTaken starts a second one on the address of the first.
func TestDaemonSaysWhenAPortIsTaken(t *testing.T) {
	d, _, _ := reloading(t, "exporters: {prometheus: {listen: \"127.0.0.1:0\"}}\n")
	first, err := newDaemon(d.settings, d.log, d.config, nil)
	check(t, err)
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan struct{})
	go func() { defer close(served); first.serve(ctx) }()
	c := d.config
	c.Exporters.Prometheus.HTTP.Listen = first.metrics.Addr().String()
	_, err = newDaemon(d.settings, d.log, c, nil)
	if err == nil || !strings.Contains(err.Error(), "serving HTTP: ") || !errors.Is(err, syscall.EADDRINUSE) {
		t.Errorf("error %v", err)
	}
	stop()
	<-served
}
