package app

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"sipspan/capture/pcapfile"
	"sipspan/pipeline"
	"sipspan/web/api"
)

// paged starts a daemon with a page over a capture that goes quiet at its end. It returns the daemon and what ends it.
func paged(t *testing.T, capture, settings string) (d *daemon, stop func()) {
	t.Helper()
	files, err := pcapfile.Open([]string{capture}, pcapfile.Options{})
	check(t, err)
	d, end := pagedOver(t, &quiet{Files: files}, settings)
	return d, func() { end(); files.Close() }
}

// pagedOver starts a daemon with a page over a source.
func pagedOver(t *testing.T, source pipeline.Source, settings string) (d *daemon, stop func()) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "sipspan.yaml")
	check(t, os.WriteFile(file, []byte("sensor: probe\nweb: {listen: '127.0.0.1:0'}\npipeline: {batches: 1024, workers: 2}\nsession: {registration_wait: 0s}\nstate: {sessions: false}\n"+settings), 0o600))
	log := &journal{wrote: make(chan struct{}, 1)}
	d, err := newDaemon(configured(t, file, log), []pipeline.Source{source})
	check(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- d.capture(ctx) }()
	log.await(t, "msg=capturing")
	return d, func() {
		cancel()
		check(t, <-ended)
	}
}

// fetch returns the answer of the page.
func fetch(t *testing.T, d *daemon, path string) (int, http.Header, string) {
	t.Helper()
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Get("http://" + d.page.Addr().String() + path)
	check(t, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	check(t, err)
	return response.StatusCode, response.Header, string(body)
}

// TestPageShowsHistory compares what the API finds while the daemon runs with what it has written into its record files in the end.
func TestPageShowsHistory(t *testing.T) {
	defer goleak.VerifyNone(t)
	folder, history := t.TempDir(), filepath.Join(t.TempDir(), "history")
	d, stop := paged(t, "../../testdata/sample.pcap", "exporters:\n  files: {directory: "+folder+"}\n  store: {directory: "+history+
		", min_free: 0}\n  prometheus: {enabled: false}\n")
	var found []string
	for len(found) < 3 { // the first records are written within a second
		found = listedCalls(t, d)
	}
	var status struct {
		Sensor  string
		Capture struct{ Packets uint64 }
		Carries struct{ Line string }
	}
	_, header, body := fetch(t, d, "/api/v1/status")
	check(t, json.Unmarshal([]byte(body), &status))
	if status.Sensor != "probe" || status.Capture.Packets == 0 || status.Carries.Line == "" {
		t.Errorf("the status is %s", body)
	}
	if p := header.Get("Content-Security-Policy"); !strings.HasPrefix(p, "default-src 'none'") || strings.Contains(p, "unsafe") {
		t.Errorf("the policy is %q", p)
	}
	stop()
	var want []string
	for line := range strings.Lines(written(t, folder)) {
		if strings.HasPrefix(line, `{"record":"call"`) {
			want = append(want, strings.TrimSpace(line))
		}
	}
	for _, one := range found {
		if !slices.Contains(want, one) {
			t.Errorf("the page has shown a call that the files do not hold: %s", one)
		}
	}
}

// listedCalls returns the calls that the API lists.
func listedCalls(t *testing.T, d *daemon) (found []string) {
	t.Helper()
	code, _, body := fetch(t, d, "/api/v1/calls?limit=1000")
	var list struct{ Records []json.RawMessage }
	check(t, json.Unmarshal([]byte(body), &list))
	if code != http.StatusOK {
		t.Fatal(body)
	}
	for _, r := range list.Records {
		found = append(found, plainJSON(t, r))
	}
	return found
}

// plainJSON undoes the escapes that encoding/json makes of <, > and &.
func plainJSON(t *testing.T, text []byte) string {
	t.Helper()
	return strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(string(text))
}

// TestPageWithoutHistory checks that a daemon without a store says what is missing.
func TestPageWithoutHistory(t *testing.T) {
	d, stop := paged(t, "../../testdata/sample.pcap", "exporters: {prometheus: {enabled: false}}\n")
	defer stop()
	code, header, body := fetch(t, d, "/api/v1/calls")
	var problem api.Problem
	check(t, json.Unmarshal([]byte(body), &problem))
	if code != http.StatusServiceUnavailable || problem.Key != "exporters.store.directory" || header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("%d %s", code, body)
	}
}

// TestPageOnTakenPort checks that a page whose port is taken keeps the daemon from starting.
func TestPageOnTakenPort(t *testing.T) {
	d, stop := paged(t, "../../testdata/sample.pcap", "exporters: {prometheus: {enabled: false}}\n")
	defer stop()
	c := d.config
	c.Web.Listen = d.page.Addr().String()
	c.HEP.Listen = []string{"udp:127.0.0.1:0"}
	faults, doubts := Rehearse(c)
	if len(faults) > 0 || len(doubts) == 0 || !strings.Contains(doubts[len(doubts)-1].Error(), "a sipspan runs there") {
		t.Errorf("faults %v, doubts %v", faults, doubts)
	}
}

// TestPageShowsAlerts checks that an alert that fires is on the page and in the API.
func TestPageShowsAlerts(t *testing.T) {
	d, stop := paged(t, calling(t, 0, 600, "503 Service Unavailable"), "exporters: {prometheus: {enabled: false}}\n")
	defer stop()
	for begun := time.Now(); ; {
		_, _, state := fetch(t, d, "/api/v1/status")
		_, _, live := fetch(t, d, "/live")
		if strings.Contains(state, `"record":"alert"`) && strings.Contains(state, `"state":"firing"`) && strings.Contains(live, `class="alert" aria-label=`) {
			return
		}
		if time.Since(begun) > 5*time.Minute {
			t.Fatalf("no alert is shown: %s", state)
		}
	}
}
