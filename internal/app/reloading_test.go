package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"sipspan/capture"
	"sipspan/capture/pcapfile"
	"sipspan/decode/hep"
	"sipspan/pipeline"
)

// parts is an interface that brings the packets of a file up to a time, which is now, and the rest when it is told to.
type parts struct {
	*pcapfile.Files
	end    int64 // of the first part, in the time of the file
	shift  int64
	held   *capture.Frame // the first of the rest
	resume chan struct{}  // closed when the rest begins
	paused chan struct{}  // closed when it is time for the rest
	ended  chan struct{}  // closed when there is nothing left
	over   bool
}

// newParts returns a source of a call a second that fails: for two minutes, and later for one more.
func newParts(t *testing.T) *parts {
	t.Helper()
	files, err := pcapfile.Open([]string{calling(t, 0, 180, "503 Service Unavailable")}, pcapfile.Options{})
	check(t, err)
	t.Cleanup(func() { check(t, files.Close()) })
	end := time.Date(2026, 1, 1, 0, 2, 0, 0, time.UTC).UnixNano() // the calls begin with the year
	return &parts{Files: files, end: end, shift: time.Now().UnixNano() - end, resume: make(chan struct{}), paused: make(chan struct{}), ended: make(chan struct{})}
}

// Next implements pipeline.Source.
func (p *parts) Next(f *capture.Frame) error {
	if p.held != nil {
		select {
		case <-p.resume:
			*f, p.held, p.end = *p.held, nil, math.MaxInt64
			return nil
		default:
			return idle()
		}
	}
	err := p.Files.Next(f)
	switch {
	case errors.Is(err, io.EOF):
		if !p.over {
			p.over = true
			close(p.ended)
		}
		return idle()
	case err != nil:
		return err
	}
	late := f.Time >= p.end
	f.Time += p.shift
	if late {
		p.held = new(*f)
		p.held.Data = bytes.Clone(f.Data)
		close(p.paused)
		return idle()
	}
	return nil
}

func idle() error {
	time.Sleep(10 * time.Millisecond) // the poll time of an interface
	return capture.ErrIdle
}

// Stats implements pipeline.Source.
func (p *parts) Stats() []capture.InterfaceStats { return []capture.InterfaceStats{{Name: "span0"}} }

// living is a daemon that runs, and what a test does with it.
type living struct {
	*daemon
	t      *testing.T
	log    *journal
	source *parts
	file   string
	signal chan os.Signal
	loads  int
	end    func() error
}

// running starts a daemon with a configuration.
func running(t *testing.T, text string) *living {
	t.Helper()
	l := &living{
		t: t, log: &journal{wrote: make(chan struct{}, 1)}, source: newParts(t), file: filepath.Join(t.TempDir(), "sipspan.yaml"),
		signal: make(chan os.Signal, 1),
	}
	l.write(text)
	given := configured(t, l.file, l.log)
	given.Reload = l.signal
	var err error
	l.daemon, err = newDaemon(given, []pipeline.Source{l.source})
	check(t, err)
	ctx, stop := context.WithCancel(context.Background())
	t.Cleanup(stop)
	ended := make(chan error, 1)
	go func() { ended <- l.capture(ctx) }()
	l.end = func() error { stop(); return <-ended }
	return l
}

func (l *living) write(text string) {
	l.t.Helper()
	check(l.t, os.WriteFile(l.file, []byte("sensor: probe\npipeline: {batches: 1024, workers: 2}\n"+text), 0o600))
}

// load gives the daemon another configuration and returns when it is in force.
func (l *living) load(text string) {
	l.t.Helper()
	l.write(text)
	l.loads++
	l.signal <- syscall.SIGHUP
	for l.log.count(`msg="configuration reloaded"`) < l.loads {
		l.log.wait(l.t, "configuration reloaded")
	}
}

// refused gives the daemon a configuration that it does not take.
func (l *living) refused(text, problem string) {
	l.t.Helper()
	l.write(text)
	l.signal <- syscall.SIGHUP
	l.log.await(l.t, problem)
}

// metric fails when the metrics lack a line.
func (l *living) metric(line string) {
	l.t.Helper()
	if _, page := get(l.t, l.daemon, "/metrics"); !strings.Contains(page, line+"\n") {
		l.t.Errorf("the metrics lack %s:\n%s", line, strings.Join(linesOf(page, strings.SplitN(line, "{", 2)[0]), "\n"))
	}
}

const pages = "  prometheus: {listen: \"127.0.0.1:0\"}\n"

// TestReloadOfReceivers adds, changes and removes destinations of alerts. What waits for a webhook that does not take it goes to the address
// that it has later, an Alertmanager that is added is given what is firing, and no address is in the log.
func TestReloadOfReceivers(t *testing.T) {
	one, two, hook := listening(t), listening(t), listening(t)
	tried := make(chan struct{}, 1000)
	busy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusServiceUnavailable)
		tried <- struct{}{}
	}))
	defer busy.Close()
	alert := func(managers, webhook string) string {
		return fmt.Sprintf("alerts: {interval: 1s}\nexporters:\n"+pages+"  alert: {drain: 100ms, retry_first: 1m, alertmanager: {urls: [%s]}%s}\n", managers, webhook)
	}
	l := running(t, alert(one.url, ", webhook: {url: "+busy.URL+"/swordfish-1}"))
	<-one.came
	<-tried
	l.load(alert(one.url+", "+two.url, ", webhook: {url: "+hook.url+"/swordfish-2}"))
	<-hook.came
	<-two.came
	if sent := hook.all()[0]; !strings.HasPrefix(sent, "/swordfish-2 ") || !strings.Contains(sent, `"rule":"invite-5xx"`) {
		t.Errorf("the webhook has %s", sent)
	}
	if sent := two.all()[0]; !strings.Contains(sent, `"alertname":"invite-5xx"`) {
		t.Errorf("the second Alertmanager has %s", sent)
	}
	l.metric(`sipspan_exporter_errors_total{exporter="alert_alertmanager_2"} 0`)
	l.metric(`sipspan_exporter_errors_total{exporter="alert_webhook"} 0`)

	l.load(alert(two.url, ""))
	for _, s := range l.stats() {
		if s.Name != "alert_alertmanager_2" || s.Errors != 0 {
			t.Errorf("%+v", s)
		}
	}
	check(t, l.end())
	if n := l.log.count("swordfish"); n > 0 {
		t.Errorf("an address is in the log:\n%s", &l.log.lines)
	}
}

// TestReloadOfRules switches a rule off that is firing, and breaks and mends the configuration.
func TestReloadOfRules(t *testing.T) {
	rules := func(more string) string { return "alerts: {interval: 1s" + more + "}\nexporters:\n" + pages }
	l := running(t, rules(""))
	l.log.await(t, `msg="alert firing" rule=invite-5xx`)
	l.metric(`sipspan_alerts_firing{rule="invite-5xx"} 1`)
	l.metric("sipspan_config_last_reload_successful 1")
	l.refused(rules(", rules: [{name: invite-5xx, threshold: 7}]"), "sipspan.yaml:3: alerts.rules: [0]: invite-5xx: threshold: 7: expected a share from 0 to 1")
	l.metric("sipspan_config_last_reload_successful 0")
	l.metric(`sipspan_alerts_firing{rule="invite-5xx"} 1`)
	l.load(rules(", rules: [{name: invite-5xx, severity: warning}]"))
	l.metric("sipspan_config_last_reload_successful 1")
	l.metric(`sipspan_alerts_firing{rule="invite-5xx"} 1`)
	if n := l.log.count("begin anew") + l.log.count("learn anew"); n != 0 {
		t.Errorf("another severity is taken for another rule:\n%s", &l.log.lines)
	}
	l.load(rules(", rules: [{name: invite-5xx, window: 2m}, {name: invite-4xx, window: 2m}]"))
	l.log.await(t, `learn anew what is usual" rules="[invite-4xx invite-5xx]"`)
	l.log.await(t, "No longer watched: ")
	check(t, l.end())
}

// TestReloadOfHEP begins to hand on messages, and names groups of addresses, in the middle of a capture. No exporter loses anything: the test does
// not depend on how much of the capture a busy machine has to leave out.
func TestReloadOfHEP(t *testing.T) {
	folder := t.TempDir()
	collector, err := net.Listen("tcp", "127.0.0.1:0")
	check(t, err)
	defer collector.Close()
	text := func(session, more string) string {
		return session + "exporters:\n  files: {directory: " + folder + "}\n" + pages + more
	}
	l := running(t, text("", ""))
	<-l.source.paused
	sending := fmt.Sprintf("  hep: {destinations: [\"tcp:%s\"], auth_key: swordfish}\n", collector.Addr())
	l.refused(text("privacy: {addresses: drop}\n", sending), "exporters.hep.destinations: the messages show everything")
	l.load(text("session: {max_calls: 1000, peers: [{name: carrier, addresses: [192.0.2.11, \"2001:db8::11\"]}]}\n", sending))
	close(l.source.resume)
	conn, err := collector.Accept()
	check(t, err)
	defer conn.Close()
	received := make(chan int)
	go func() { received <- packetsOf(t, conn) }()
	<-l.source.ended
	check(t, l.end())
	n, exporters := <-received, map[string]bool{}
	for _, s := range l.stats() {
		exporters[s.Name] = true
		if s.Queued != 0 || s.Errors != 0 || s.Delivered == 0 && s.Name != "alert_file" || s.Name == "hep" && int(s.Delivered) != n {
			t.Errorf("%+v, the collector has %d messages", s, n)
		}
	}
	if !exporters["hep"] || !exporters["files"] {
		t.Errorf("exporters %v", exporters)
	}
	records := written(t, folder)
	calls := len(linesOf(records, `"record":"call"`))
	if counted := l.pipeline.Snapshot().Account.Packets; counted == 0 || calls == 0 || !strings.Contains(records, `"to":"carrier"`) {
		t.Errorf("%d packets, %d calls; the group is named %d times", counted, calls, strings.Count(records, `"to":"carrier"`))
	}
	if l.log.count("swordfish") > 0 {
		t.Errorf("the key is in the log:\n%s", &l.log.lines)
	}
}

// packetsOf reads the packets of a connection up to its end and returns how many there were.
func packetsOf(t *testing.T, conn net.Conn) (n int) {
	buf := make([]byte, 1<<16)
	for ; ; n++ {
		if _, err := io.ReadFull(conn, buf[:hep.Header]); err != nil {
			return n // the end
		}
		length := hep.Length(buf[:hep.Header])
		if _, err := io.ReadFull(conn, buf[hep.Header:length]); err != nil {
			t.Error(err)
			return n
		}
		var p hep.Packet
		if f := p.Parse(buf[:length]); f != hep.Whole || string(p.Key) != "swordfish" || !strings.Contains(string(p.Payload), "Call-ID: call-") {
			t.Errorf("%v %s", f, p.Payload)
		}
	}
}

// TestReloadFitsToWhatWaits changes privacy, which waits for a restart, together with what is impossible where privacy hides something.
func TestReloadFitsToWhatWaits(t *testing.T) {
	t.Setenv("KEY", "0123456789abcdef")
	d, log, load := reloading(t, "privacy: {identities: pseudonym, key_variable: KEY}\n")
	load("exporters: {hep: {destinations: [\"udp:127.0.0.1:9\"]}}\n")
	for _, want := range []string{"new configuration refused", "exporters.hep.destinations: the messages show everything", "waiting=\"[privacy.identities privacy.key_variable]\""} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("log lacks %q:\n%s", want, log)
		}
	}
	if len(d.config.Exporters.HEP.Destinations) != 0 || d.reloads.state().Successful {
		t.Errorf("messages are handed on to %v", d.config.Exporters.HEP.Destinations)
	}
}
