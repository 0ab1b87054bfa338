package alertmanager

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"sipspan/exporters"
	"sipspan/exporters/notify/delivery"
	"sipspan/record"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// begun is the packet time at which the alerts of the tests begin.
var begun = time.Date(2026, 11, 26, 9, 30, 0, 120e6, time.UTC)

// bench is an exporter with a clock that the test moves and a server that it governs.
type bench struct {
	t      *testing.T
	a      *Alertmanager
	clock  time.Time
	way    http.RoundTripper
	status int // of the answer; 0: the server is not there
	calls  int // requests, answered or not
	got    [][]postable
}

func newBench(t *testing.T, change ...func(*Config)) *bench {
	t.Helper()
	b := &bench{t: t, clock: begun.Add(65 * time.Second), status: 200}
	server := httptest.NewServer(http.HandlerFunc(b.serve))
	c := DefaultConfig()
	c.URLs = []string{server.URL}
	for _, f := range change {
		f(&c)
	}
	var err error
	b.a, err = Open(c, server.URL+"/", delivery.DefaultConfig().Retry(), func() time.Time { return b.clock })
	if err != nil {
		t.Fatal(err)
	}
	b.way, b.a.sender.Client.Transport = b.a.sender.Client.Transport, b
	t.Cleanup(func() {
		b.way.(interface{ CloseIdleConnections() }).CloseIdleConnections()
		server.Close()
	})
	return b
}

// RoundTrip implements http.RoundTripper: the network between the two.
func (b *bench) RoundTrip(r *http.Request) (*http.Response, error) {
	b.calls++
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	if b.status == 0 {
		return nil, errors.New("connection refused")
	}
	return b.way.RoundTrip(r)
}

func (b *bench) serve(w http.ResponseWriter, r *http.Request) {
	text, err := io.ReadAll(r.Body)
	if err != nil {
		b.t.Error(err)
	}
	if r.Method != "POST" || r.URL.Path != "/api/v2/alerts" || r.Header.Get("Content-Type") != "application/json" {
		b.t.Errorf("%s %s, %v", r.Method, r.URL.Path, r.Header)
	}
	w.WriteHeader(b.status)
	if b.status == 200 {
		b.got = append(b.got, checked(b.t, text))
	}
}

func (b *bench) export(a *record.Alert) {
	b.t.Helper()
	if err := b.a.Export(a); err != nil {
		b.t.Fatal(err)
	}
}

// pass moves the clock on and flushes every second, as the queue does. It returns the last error.
func (b *bench) pass(d time.Duration) (err error) {
	for end := b.clock.Add(d); b.clock.Before(end); {
		b.clock = b.clock.Add(time.Second)
		err = b.a.Flush()
	}
	return err
}

var validName = regexp.MustCompile(`^[a-zA-Z_][a-zA-Z0-9_]*$`)

// checked reads a body and holds it against the OpenAPI description of the API v2: postableAlerts is a list of objects
// that have labels; times are date-time, which is RFC 3339; generatorURL is a URI; nothing else may be there. Alertmanager
// itself asks for one label at least, valid names, and no end before the beginning.
func checked(t *testing.T, body []byte) (all []postable) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(string(body)))
	d.DisallowUnknownFields()
	if err := d.Decode(&all); err != nil || len(all) == 0 {
		t.Fatalf("%v: %s", err, body)
	}
	for _, p := range all {
		if len(p.Labels) == 0 || p.Labels["alertname"] == "" {
			t.Errorf("labels %v", p.Labels)
		}
		for _, set := range []map[string]string{p.Labels, p.Annotations} {
			for name, value := range set {
				if !validName.MatchString(name) || value == "" || !json.Valid([]byte(`"`+strings.ReplaceAll(value, `"`, "")+`"`)) {
					t.Errorf("%s=%q", name, value)
				}
			}
		}
		end, err := time.Parse(time.RFC3339, p.EndsAt)
		if err != nil {
			t.Error(err)
		}
		if p.StartsAt != "" {
			if start, err := time.Parse(time.RFC3339, p.StartsAt); err != nil || end.Before(start) {
				t.Errorf("from %s to %s: %v", p.StartsAt, p.EndsAt, err)
			}
		}
		if u, err := url.Parse(p.GeneratorURL); err != nil || p.GeneratorURL != "" && u.Host == "" {
			t.Errorf("generatorURL %q", p.GeneratorURL)
		}
	}
	return all
}

func firing(rule string) *record.Alert {
	return &record.Alert{
		Header: record.Header{ID: "id-" + rule, Sensor: "span1", Start: begun.UnixNano()}, Rule: rule, Type: "status_ratio", Severity: "critical",
		State: delivery.Firing, Summary: "A quarter of the calls fail.", Value: 0.25, Threshold: 0.1, Baseline: 0.015, Events: 25, Of: 100,
		Labels:    []record.Label{{Name: "peer", Value: "carrier-a"}},
		TopCauses: []record.Count{{Name: "503", Value: 20}, {Name: "icmp", Value: 5}}, TopPeers: []record.Count{{Name: "carrier-a", Value: 25}},
		Samples: []string{"a@b", "c@d"}, Pcap: "/var/lib/sipspan/alerts/1.pcap",
	}
}

func resolved(rule string) *record.Alert {
	a := firing(rule)
	a.State, a.End = delivery.Resolved, begun.Add(10*time.Minute).UnixNano()
	return a
}

func TestMessage(t *testing.T) {
	b := newBench(t, func(c *Config) {
		c.ExternalURL, c.RunbookURL = "http://sensor.example:9506/metrics", "https://docs.example/alerts.md"
		c.Labels = []Label{{"team", "voice"}, {"peer", "overridden"}}
	})
	b.export(firing("5xx_spike"))
	b.export(resolved("5xx_spike"))
	odd := firing("odd")
	odd.Labels = []record.Label{{Name: "sip.method", Value: "INVITE"}, {Name: "5", Value: "x"}, {Name: "severity", Value: "mine"}, {Name: "empty"}, {Name: "bad", Value: "\xff"}}
	odd.Value, odd.Threshold, odd.Baseline, odd.Of, odd.TopCauses, odd.TopPeers, odd.Samples, odd.Pcap, odd.Summary = math.NaN(), math.NaN(), math.NaN(), 0, nil, nil, nil, "", ""
	odd.Start, odd.Sensor = 0, ""
	b.export(odd)
	want := postable{
		StartsAt: "2026-11-26T09:30:00.12Z", EndsAt: "2026-11-26T09:35:05.12Z",
		Labels: map[string]string{"alertname": "5xx_spike", "severity": "critical", "sensor": "span1", "peer": "carrier-a", "team": "voice"},
		Annotations: map[string]string{
			"summary": "A quarter of the calls fail.", "value": "0.25", "threshold": "0.1", "baseline": "0.015", "events": "25", "of": "100",
			"top_causes": "503: 20, icmp: 5", "top_peers": "carrier-a: 25", "samples": "a@b, c@d", "pcap": "/var/lib/sipspan/alerts/1.pcap",
			"runbook_url": "https://docs.example/alerts.md#5xx_spike",
		},
		GeneratorURL: "http://sensor.example:9506/metrics",
	}
	over := want
	over.EndsAt = "2026-11-26T09:40:00.12Z"
	strange := want
	strange.StartsAt = ""
	strange.Labels = map[string]string{
		"alertname": "odd", "severity": "critical", "sip_method": "INVITE", "_5": "x", "label_severity": "mine", "bad": "\ufffd",
		"team": "voice", "peer": "overridden",
	}
	strange.Annotations = map[string]string{"events": "25", "runbook_url": "https://docs.example/alerts.md#odd"}
	if diff := cmp.Diff([][]postable{{want}, {over}, {strange}}, b.got); diff != "" {
		t.Error(diff)
	}
}

// TestLifeOfAnAlert follows one alert by the clock: sent at once, again every minute, and three times when it is over.
func TestLifeOfAnAlert(t *testing.T) {
	b := newBench(t)
	b.export(firing("r"))
	if err := b.pass(3 * time.Minute); err != nil {
		t.Fatal(err)
	}
	if len(b.got) != 4 {
		t.Fatalf("sent %d times in three minutes", len(b.got))
	}
	for i, p := range b.got {
		if want := stamp(begun.Add(65*time.Second + time.Duration(i+4)*time.Minute)); p[0].EndsAt != want {
			t.Errorf("message %d ends at %s, want %s", i, p[0].EndsAt, want)
		}
	}
	b.got = nil
	b.export(resolved("r"))
	if err := b.pass(10 * time.Minute); err != nil {
		t.Fatal(err)
	}
	if len(b.got) != 3 {
		t.Fatalf("its end was sent %d times", len(b.got))
	}
	for _, p := range b.got {
		if p[0].EndsAt != "2026-11-26T09:40:00.12Z" {
			t.Errorf("ended at %s", p[0].EndsAt)
		}
	}
	if len(b.a.known.of) != 0 {
		t.Error("an alert that is over is kept")
	}
	if err := b.a.Close(); err != nil {
		t.Error(err)
	}
}

// TestServerDown checks that the newest state of each alert comes when the server is back, in the order in which they came, and
// that tries become rare meanwhile.
func TestServerDown(t *testing.T) {
	for _, status := range []int{0, 503} {
		b := newBench(t)
		b.status = status
		b.export(firing("one"))
		b.export(firing("two"))
		b.export(resolved("one"))
		if err := b.pass(10 * time.Minute); err == nil {
			t.Error("a server that is down is no error")
		}
		if b.calls < 8 || b.calls > 30 {
			t.Errorf("%d tries in ten minutes", b.calls)
		}
		b.status = 200
		if err := b.pass(time.Minute + time.Second); err != nil {
			t.Error(err)
		}
		if len(b.got) == 0 || len(b.got[0]) != 2 || b.got[0][0].Labels["alertname"] != "two" || b.got[0][1].EndsAt != "2026-11-26T09:40:00.12Z" {
			t.Errorf("%+v", b.got)
		}
	}
}

func TestEndIsGivenUpInTheEnd(t *testing.T) {
	b := newBench(t)
	b.status = 503
	b.export(resolved("r"))
	lost := 0
	for range 17 * 60 {
		var loss *exporters.LossError
		if errors.As(b.pass(time.Second), &loss) {
			lost += loss.Records
		}
	}
	if lost != 1 || len(b.a.known.of) != 0 || b.a.Flush() != nil {
		t.Errorf("%d lost, %d kept, %v", lost, len(b.a.known.of), b.a.Flush())
	}
}

func TestRefused(t *testing.T) {
	b := newBench(t)
	b.status = 400
	var loss *exporters.LossError
	if err := b.a.Export(firing("r")); !errors.As(err, &loss) || loss.Records != 1 {
		t.Errorf("%v", err)
	}
	if err := b.pass(2 * time.Minute); err == nil || errors.As(err, &loss) && loss.Records > 1 {
		t.Errorf("%v", err)
	}
	if b.calls != 3 {
		t.Errorf("sent %d times in two minutes", b.calls)
	}
	if err := b.a.Close(); err != nil {
		t.Errorf("counted again: %v", err)
	}
}

func TestCloseTriesOnceMore(t *testing.T) {
	b := newBench(t)
	b.status = 0
	b.export(firing("r"))
	b.status = 200
	if err := b.a.Close(); err != nil {
		t.Error(err)
	}
	if len(b.got) != 1 {
		t.Errorf("%d messages", len(b.got))
	}
	b = newBench(t)
	b.status = 0
	b.export(firing("r"))
	b.a.Interrupt()
	var loss *exporters.LossError
	if err := b.a.Close(); !errors.As(err, &loss) || loss.Records != 1 {
		t.Errorf("%v", err)
	}
}

func TestManyAlerts(t *testing.T) {
	b := newBench(t)
	b.status = 0
	lost := 0
	for i := range maxKnown + 10 {
		a := firing(fmt.Sprint(i))
		var loss *exporters.LossError
		if errors.As(b.a.Export(a), &loss) {
			lost += loss.Records
		}
	}
	if lost != 10 || len(b.a.known.of) != maxKnown {
		t.Errorf("%d lost, %d kept", lost, len(b.a.known.of))
	}
	b.status = 200
	if err := b.pass(2 * time.Second); err != nil {
		t.Error(err)
	}
	n := 0
	for _, part := range b.got[:maxKnown/most] {
		n += len(part)
	}
	if n != maxKnown || b.got[0][0].Labels["alertname"] != "10" {
		t.Errorf("%d alerts, the first %v", n, b.got[0][0].Labels)
	}
}

// TestSecure talks to a server with TLS and a password.
func TestSecure(t *testing.T) {
	said := make(chan string, 1)
	server := httptest.NewTLSServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		user, password, _ := r.BasicAuth()
		said <- user + ":" + password
	}))
	defer server.Close()
	settings := filepath.Join(t.TempDir(), "http.yaml")
	text := "basic_auth: {username: probe, password: s3cret}\ntls_config: {insecure_skip_verify: true}\n"
	if err := os.WriteFile(settings, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c := DefaultConfig()
	a, err := Open(c, server.URL, exporters.Retry{First: 1, Most: 1}, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Export(firing("r")); err != nil {
		t.Error(err)
	}
	if err := a.Flush(); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("an unknown certificate is taken: %v", err)
	}
	a.Interrupt()
	_ = a.Close()
	c.HTTPConfig = settings
	if a, err = Open(c, server.URL, exporters.Retry{First: 1, Most: 1}, time.Now); err != nil {
		t.Fatal(err)
	}
	if err := a.Export(firing("r")); err != nil {
		t.Error(err)
	}
	if err := a.Close(); err != nil {
		t.Error(err)
	}
	if got := <-said; got != "probe:s3cret" {
		t.Error(got)
	}
}

func TestImpossibleSettings(t *testing.T) {
	if err := DefaultConfig().Validate(); err != nil {
		t.Error(err)
	}
	for want, change := range map[string]func(*Config){
		`urls[1]: "HIDDEN": expected a URL`: func(c *Config) { c.URLs = []string{"http://a", "x"} },
		`urls[1]: "http://a": appears`:      func(c *Config) { c.URLs = []string{"http://a", "http://a"} },
		`repeat_every: 0s: expected`:        func(c *Config) { c.RepeatEvery = 0 },
		`timeout: 0s: expected`:             func(c *Config) { c.Timeout = 0 },
		`external_url: "here"`:              func(c *Config) { c.ExternalURL = "here" },
		`runbook_url: "here"`:               func(c *Config) { c.RunbookURL = "here" },
		`labels[0]: "a-b": expected`:        func(c *Config) { c.Labels = []Label{{"a-b", "c"}} },
		`labels[0]: severity: is set`:       func(c *Config) { c.Labels = []Label{{"severity", "c"}} },
		`labels[1]: "": expected a name`:    func(c *Config) { c.Labels = []Label{{"a", "c"}, {}} },
	} {
		c := DefaultConfig()
		change(&c)
		if err := c.Validate(); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// TestWorse ends what an alert was before a more severe symptom led it: Alertmanager takes another severity for another alert.
func TestWorse(t *testing.T) {
	b := newBench(t)
	first := firing("setup-delay")
	first.Severity = "warning"
	b.export(first)
	worse := firing("invite-5xx")
	worse.ID = first.ID
	b.export(worse)
	b.export(worse) // the same once more
	over := *worse
	over.State, over.End = delivery.Resolved, begun.Add(10*time.Minute).UnixNano()
	b.export(&over)
	if err := b.pass(10 * time.Minute); err != nil {
		t.Fatal(err)
	}
	ended := map[string]int{}
	for _, part := range b.got[1:] {
		for _, p := range part {
			name := p.Labels["alertname"] + " " + p.Labels["severity"]
			if end, err := time.Parse(time.RFC3339Nano, p.EndsAt); err != nil {
				t.Error(err)
			} else if !end.After(begun.Add(11 * time.Minute)) {
				ended[name]++
			}
		}
	}
	if ended["setup-delay warning"] == 0 || ended["invite-5xx critical"] == 0 || len(b.a.known.of) != 0 {
		t.Errorf("ended %v, kept %d", ended, len(b.a.known.of))
	}
}

// TestSuccession gives what one exporter knows to another: what is firing, and what was never sent.
func TestSuccession(t *testing.T) {
	before, after := newBench(t), newBench(t)
	before.export(firing("sent"))
	before.status = 0
	before.export(firing("unsent"))
	after.clock = before.clock
	after.a.Succeed(before.a)
	if err := before.a.Close(); err != nil {
		t.Errorf("the first one has lost something: %v", err)
	}
	if err := after.pass(time.Second); err != nil {
		t.Error(err)
	}
	if len(after.got) != 1 || len(after.got[0]) != 2 {
		t.Errorf("%+v", after.got)
	}
	if err := after.a.Close(); err != nil {
		t.Error(err)
	}
}
