package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"sipspan/capture/pcapfile"
	"sipspan/pipeline"
)

// delivering prepares a daemon over the capture of an incident, with what exporters.alert holds.
func delivering(t *testing.T, alert string) (*daemon, *journal) {
	t.Helper()
	settings := filepath.Join(t.TempDir(), "sipspan.yaml")
	check(t, os.WriteFile(settings, []byte("sensor: probe\npipeline: {batches: 4096, workers: 2}\nexporters:\n  prometheus: {listen: \"127.0.0.1:0\"}\n  alert:\n"+alert), 0o600))
	files, err := pcapfile.Open([]string{spike(t)}, pcapfile.Options{})
	check(t, err)
	t.Cleanup(func() { check(t, files.Close()) })
	log := &journal{wrote: make(chan struct{}, 1)}
	d, err := newDaemon(configured(t, settings, log), []pipeline.Source{&quiet{Files: files}})
	check(t, err)
	return d, log
}

// appears returns when there is a file.
func appears(t *testing.T, path string) {
	t.Helper()
	for {
		if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
			check(t, err)
			return
		}
		if t.Context().Err() != nil {
			t.Fatalf("%s never comes", path)
		}
		time.Sleep(time.Millisecond)
	}
}

// TestDaemonDeliversAlerts lets one Alertmanager be down and a webhook hang: the others are told all the same, a rotated file is
// made anew on SIGHUP, and the end comes in time.
func TestDaemonDeliversAlerts(t *testing.T) {
	manager := listening(t)
	hangs := make(chan struct{})
	hook := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-hangs:
		case <-r.Context().Done():
		}
	}))
	defer hook.Close()
	defer close(hangs)
	down := httptest.NewServer(nil)
	down.Close()
	dir := t.TempDir()
	alerts := filepath.Join(dir, "alerts.jsonl")
	d, log := delivering(t, fmt.Sprintf("    {file: %s, pcap: %s, drain: 100ms, alertmanager: {urls: [%q, %q]}, webhook: {url: %q}}\n",
		alerts, filepath.Join(dir, "captures"), down.URL, manager.url, hook.URL))
	reload := make(chan os.Signal, 1)
	d.given.Reload = reload
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- d.capture(ctx) }()
	select {
	case <-manager.came:
	case err := <-ended:
		t.Fatal(err)
	}
	sent := manager.all()[0]
	for _, want := range []string{`"alertname":"invite-5xx"`, `"sensor":"probe"`, `"pcap":"` + dir + "/captures/alert-20260101T"} {
		if !strings.Contains(sent, want) {
			t.Errorf("Alertmanager was told %s, without %s", sent, want)
		}
	}
	check(t, os.Rename(alerts, alerts+".1"))
	reload <- syscall.SIGHUP
	log.await(t, `msg="configuration reloaded"`)
	appears(t, alerts)
	log.await(t, `msg="exporter fails" exporter=alert_alertmanager `)

	_, page := get(t, d, "/metrics")
	for _, name := range []string{"alert_file", "alert_alertmanager", "alert_alertmanager_2", "alert_webhook", "alert_pcap"} {
		for _, metric := range []string{"sipspan_exporter_errors_total", "sipspan_exporter_queue_records"} {
			if want := fmt.Sprintf("%s{exporter=%q} ", metric, name); !strings.Contains(page, want) {
				t.Errorf("the metrics lack %s", want)
			}
		}
	}

	stop()
	err := <-ended
	for name, lost := range map[string]bool{"alert_file": false, "alert_alertmanager": true, "alert_alertmanager_2": false, "alert_webhook": true, "alert_pcap": false} {
		if err == nil || strings.Contains(err.Error(), "exporter "+name+": ") != lost {
			t.Errorf("%s has lost something: want %v: %v", name, lost, err)
		}
	}
	for _, q := range d.stats() {
		if q.Queued != 0 {
			t.Errorf("%+v", q)
		}
	}
	old, err := os.ReadFile(alerts + ".1")
	check(t, err)
	young, err := os.ReadFile(alerts)
	check(t, err)
	if n := len(linesOf(string(old)+string(young), isAlert)); n < 1 || n != strings.Count(string(old)+string(young), "\n") {
		t.Errorf("%d alerts in the files:\n%s%s", n, old, young)
	}
}
