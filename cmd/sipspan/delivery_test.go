package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// spike is a capture of two minutes in which a carrier refuses every call, over UDP and TCP and over IPv4 and IPv6.
func spike(t *testing.T) string {
	var b strings.Builder
	b.WriteString("hosts: a=192.0.2.10 b=192.0.2.11 c=2001:db8::10 d=2001:db8::11\n")
	say := func(at float64, from, to, transport, text string) {
		fmt.Fprintf(&b, "@%.1f %s -> %s %s\n%s\n", at, from, to, transport, text)
	}
	for i := range 120 {
		at, transport, from, to := float64(i), "udp", "a", "b"
		if i%2 == 1 {
			transport = "tcp"
		}
		if i%4 > 1 {
			from, to = "c", "d"
		}
		fields := func(cseq, toTag string) string {
			return fmt.Sprintf("Via: SIP/2.0/%s pbx.example.com;branch=z9hG4bK%d\nFrom: <sip:alice%d@example.com>;tag=f%d\nTo: <sip:bob%d@example.net>%s\n"+
				"Call-ID: call-%d@pbx\nCSeq: 1 %s\nMax-Forwards: 70\nContact: <sip:alice@pbx.example.com>\nContent-Length: 0\n", strings.ToUpper(transport), i, i, i, i, toTag, i, cseq)
		}
		say(at, from, to, transport, "INVITE sip:bob@example.net SIP/2.0\n"+fields("INVITE", ""))
		say(at+0.1, to, from, transport, "SIP/2.0 100 Trying\n"+fields("INVITE", ""))
		say(at+0.2, to, from, transport, "SIP/2.0 503 Service Unavailable\nReason: Q.850;cause=38;text=\"network out of order\"\n"+fields("INVITE", ";tag=t"))
		say(at+0.3, from, to, transport, "ACK sip:bob@example.net SIP/2.0\n"+fields("ACK", ";tag=t"))
	}
	return writeFlow(t, parseFlow(t, b.String()))
}

// listener is a server that notes what it is told.
type listener struct {
	mu     sync.Mutex
	bodies []string
	came   chan struct{}
	url    string
}

func listening(t *testing.T) *listener {
	l := &listener{came: make(chan struct{}, 1000)}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		l.mu.Lock()
		defer l.mu.Unlock()
		l.bodies = append(l.bodies, r.URL.Path+" "+string(text))
		l.came <- struct{}{}
	}))
	t.Cleanup(s.Close)
	l.url = s.URL
	return l
}

func (l *listener) all() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.bodies)
}

// linesOf returns the lines of a text that hold another one.
func linesOf(text, part string) (lines []string) {
	for line := range strings.Lines(text) {
		if strings.Contains(line, part) {
			lines = append(lines, strings.TrimSuffix(line, "\n"))
		}
	}
	return lines
}

const isAlert = `{"record":"alert",`

// textOf returns a text of a JSON object.
func textOf(t *testing.T, line, name string) string {
	t.Helper()
	var all map[string]any
	check(t, json.Unmarshal([]byte(line), &all))
	s, _ := all[name].(string)
	return s
}

// TestAlertsOfSavedCapture reads a capture with an incident: the alerts are in the output, in the file and at everybody who is to
// be told, and their captures read as the same calls.
func TestAlertsOfSavedCapture(t *testing.T) {
	capture := spike(t)
	hook, manager := listening(t), listening(t)
	var outputs, captures []string
	for _, workers := range []string{"1", "8"} {
		dir := t.TempDir()
		t.Chdir(dir)
		settings := filepath.Join(dir, "sipspan.yaml")
		check(t, os.WriteFile(settings, []byte(fmt.Sprintf(`exporters:
  alert:
    file: alerts.jsonl
    pcap: captures
    command: [tee, -a, commanded.jsonl]
    webhook: {url: %q}
    alertmanager: {urls: [%q]}
`, hook.url, manager.url)), 0o600))
		o := command(t.Context(), "read", "--json", "--alerts", "--notify", "--config", settings, "--workers", workers, "--log-level", "error", capture)
		if o.code != 0 || o.stderr != "" {
			t.Fatalf("exit status %d, stderr:\n%s", o.code, o.stderr)
		}
		alerts := linesOf(o.stdout, isAlert)
		if len(alerts) == 0 {
			t.Fatal("no alerts")
		}
		for _, name := range []string{"alerts.jsonl", "commanded.jsonl"} {
			text, err := os.ReadFile(name)
			check(t, err)
			if diff := cmp.Diff(strings.Join(alerts, "\n")+"\n", string(text)); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
		}
		var want []string
		for _, a := range alerts {
			want = append(want, "/ "+a)
		}
		bodies := hook.all()
		if diff := cmp.Diff(want, bodies[len(bodies)-len(want):]); diff != "" {
			t.Errorf("webhook: %s", diff)
		}
		path := textOf(t, alerts[0], "pcap")
		outputs = append(outputs, withoutElapsed(strings.ReplaceAll(o.stdout, dir, "DIR")))
		text, err := os.ReadFile(path)
		check(t, err)
		captures = append(captures, string(text))
		checkCapture(t, o.stdout, alerts[0], path)
	}
	if outputs[0] != outputs[1] || captures[0] != captures[1] {
		t.Error("with 8 workers the records or the capture are others")
	}
	sent := manager.all()
	if len(sent) == 0 || !strings.HasPrefix(sent[0], `/api/v2/alerts [{"startsAt":"`) || !strings.Contains(sent[0], `"alertname":"invite-5xx"`) {
		t.Errorf("Alertmanager was told %v", sent)
	}
}

// checkCapture compares the records of a capture of an alert with those that the whole one gave for the same calls.
func checkCapture(t *testing.T, whole, alert, path string) {
	t.Helper()
	var a struct{ Samples []string }
	check(t, json.Unmarshal([]byte(alert), &a))
	if len(a.Samples) < 2 {
		t.Fatalf("samples %v", a.Samples)
	}
	again := readJSON(t, path)
	for _, kind := range []string{`{"record":"call"`, `{"record":"failure"`} {
		var want, got []string
		for _, id := range a.Samples {
			of := fmt.Sprintf(`"call_id":%q`, id)
			for _, line := range linesOf(whole, of) {
				if strings.HasPrefix(line, kind) {
					want = append(want, line)
				}
			}
			for _, line := range linesOf(again, of) {
				if strings.HasPrefix(line, kind) {
					got = append(got, line)
				}
			}
		}
		if diff := cmp.Diff(want, got); diff != "" || len(want) == 0 {
			t.Errorf("%s: %s", kind, diff)
		}
	}
	if n := len(linesOf(again, `{"record":"call"`)); n != len(a.Samples) {
		t.Errorf("%d calls in the capture of %d samples", n, len(a.Samples))
	}
}

// TestSavedCaptureTellsNobody checks that old alerts leave the house only when somebody asks for it.
func TestSavedCaptureTellsNobody(t *testing.T) {
	capture, manager := spike(t), listening(t)
	t.Setenv("SIPSPAN_EXPORTERS_ALERT_ALERTMANAGER_URLS", manager.url)
	if o := command(t.Context(), "read", "--json", "--alerts", capture); o.code != 0 || len(linesOf(o.stdout, isAlert)) == 0 {
		t.Fatalf("exit status %d\n%s", o.code, o.stderr)
	}
	if sent := manager.all(); len(sent) != 0 {
		t.Errorf("told: %v", sent)
	}
	if o := command(t.Context(), "read", "--notify", capture); o.code != 2 || !strings.Contains(o.stderr, "--alerts") {
		t.Errorf("--notify alone: exit status %d\n%s", o.code, o.stderr)
	}
}

// TestDestinationsThatCannotBe checks that what is wrong with a destination is said before anything is read.
func TestDestinationsThatCannotBe(t *testing.T) {
	for key, value := range map[string]string{
		"COMMAND": "no-such-program", "FILE": "/dev/null/alerts.jsonl", "PCAP": "/dev/null/captures", "WEBHOOK_HTTP_CONFIG_FILE": "/nowhere",
	} {
		t.Run(key, func(t *testing.T) {
			t.Setenv("SIPSPAN_EXPORTERS_ALERT_"+key, value)
			o := command(t.Context(), "read", "--alerts", "--notify", "../../testdata/sample.pcap")
			if o.code != 2 || o.stdout != "" || !strings.Contains(o.stderr, "exporters.alert.") || strings.Count(o.stderr, "\n") != 1 {
				t.Errorf("exit status %d\n%s%s", o.code, o.stdout, o.stderr)
			}
			t.Log(o.stderr)
		})
	}
}
