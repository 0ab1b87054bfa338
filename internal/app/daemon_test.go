package app

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"go.uber.org/goleak"

	"sipspan/capture/pcapfile"
	"sipspan/pipeline"
)

// TestDaemon lives through one life: systemd hears each step, signals are answered, metrics are served, and at the end
// the record files are whole.
func TestDaemon(t *testing.T) {
	defer goleak.VerifyNone(t)
	systemd := socket(t)
	t.Setenv("WATCHDOG_USEC", "")
	folder, file := t.TempDir(), filepath.Join(t.TempDir(), "sipspan.yaml")
	check(t, os.WriteFile(file, []byte("sensor: probe\nexporters:\n  files: {directory: "+folder+"}\n  prometheus: {listen: \"127.0.0.1:0\"}\n"+
		"pipeline: {batches: 4096, workers: 2}\n"), 0o600)) // all the packets come in the same moment
	files, err := pcapfile.Open([]string{"../../testdata/sample.pcap"}, pcapfile.Options{})
	check(t, err)
	defer files.Close()
	log := &journal{wrote: make(chan struct{}, 1)}
	reload, status := make(chan os.Signal, 1), make(chan os.Signal, 1)
	given := configured(t, file, log)
	given.Reload, given.Status = reload, status
	d, err := newDaemon(given, []pipeline.Source{&quiet{Files: files}})
	check(t, err)

	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- d.capture(ctx) }()
	hears(t, systemd, "READY=1")
	log.await(t, "msg=capturing")

	reload <- syscall.SIGHUP
	hears(t, systemd, "RELOADING=1")
	hears(t, systemd, "READY=1")
	log.await(t, `msg="configuration reloaded" applied=[]`)
	// A status line tells what the interface was last asked for, which may have been before it had lost packets.
	for n := 1; log.count("lost_before=3") == 0; n++ {
		status <- syscall.SIGUSR1
		for log.count("msg=status up=") < n {
			log.wait(t, "msg=status up=")
		}
	}

	log.await(t, " SIP over UDP") // what the packets carry
	log.await(t, " sessions.calls=")
	log.await(t, " lag.reader=")

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
	first, err := newDaemon(d.given, nil)
	check(t, err)
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan struct{})
	go func() { defer close(served); first.serve(ctx) }()
	second := d.given
	second.Config.Exporters.Prometheus.HTTP.Listen = first.server.Addr().String()
	_, err = newDaemon(second, nil)
	if err == nil || !strings.Contains(err.Error(), "serving HTTP: ") || !errors.Is(err, syscall.EADDRINUSE) {
		t.Errorf("error %v", err)
	}
	stop()
	<-served
}
