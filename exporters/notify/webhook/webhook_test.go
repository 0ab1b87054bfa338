package webhook

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"sipspan/exporters"
	"sipspan/record"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// seen is a request as the server saw it.
type seen struct {
	method, body string
	header       http.Header
}

// serve answers with the statuses in order, the last one for ever, and shows what was asked.
func serve(t *testing.T, statuses ...int) (url string, requests *[]seen) {
	t.Helper()
	requests = new([]seen)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		status := statuses[min(len(*requests), len(statuses)-1)]
		*requests = append(*requests, seen{r.Method, string(text), r.Header})
		if status == http.StatusTooManyRequests {
			w.Header().Set("Retry-After", "7")
		}
		http.Error(w, "said by the\nserver", status)
	}))
	t.Cleanup(s.Close)
	return s.URL, requests
}

func open(t *testing.T, c Config) *Webhook {
	t.Helper()
	w, err := Open(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	return w
}

func config(url string) Config {
	c := DefaultConfig()
	c.URL = url
	return c
}

func TestSendsItsOwnJSON(t *testing.T) {
	url, requests := serve(t, 204)
	c := config(url)
	c.Method = "PUT"
	c.Headers = []Header{{"X-Team", "voice"}, {"authorization", "Key 1"}}
	w := open(t, c)
	a := examples()[0]
	if err := w.Export(a); err != nil {
		t.Fatal(err)
	}
	if err := w.Export(&record.Call{}); err != nil {
		t.Fatal(err)
	}
	if len(*requests) != 1 {
		t.Fatalf("%d requests for one alert and one call", len(*requests))
	}
	got := (*requests)[0]
	if got.method != "PUT" || got.body != string(a.AppendJSON(nil)) {
		t.Errorf("%s %s", got.method, got.body)
	}
	for name, want := range map[string]string{"Content-Type": "application/json", "X-Team": "voice", "Authorization": "Key 1", "User-Agent": "sipspan"} {
		if got.header.Get(name) != want {
			t.Errorf("%s: %q, want %q", name, got.header.Get(name), want)
		}
	}
}

func TestAnswers(t *testing.T) {
	for status, temporary := range map[int]bool{400: false, 404: false, 301: false, 408: true, 429: true, 500: true, 503: true} {
		url, _ := serve(t, status)
		err := open(t, config(url)).Export(examples()[0])
		if err == nil {
			t.Errorf("%d is a success", status)
			continue
		}
		var passing *exporters.TemporaryError
		if errors.As(err, &passing) != temporary {
			t.Errorf("%d: temporary %v, want %v", status, !temporary, temporary)
		}
		if status == 429 && passing.After != 7*time.Second {
			t.Errorf("Retry-After: 7 asks for %v", passing.After)
		}
		if !strings.Contains(err.Error(), "said by the server") {
			t.Errorf("%v", err)
		}
	}
}

func TestNobodyThere(t *testing.T) {
	s := httptest.NewServer(nil)
	url := s.URL
	s.Close()
	err := open(t, config(url)).Export(examples()[0])
	var passing *exporters.TemporaryError
	if !errors.As(err, &passing) {
		t.Errorf("%v: expected an error that may pass", err)
	}
}

// TestGarbage has the server answer what is no HTTP. It may pass, and what it sent reaches no terminal.
func TestGarbage(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if conn, _, err := w.(http.Hijacker).Hijack(); err == nil {
			_, _ = conn.Write([]byte("\x1b[2J\x00 no HTTP\r\n\r\n"))
			conn.Close()
		}
	}))
	defer s.Close()
	err := open(t, config(s.URL)).Export(examples()[0])
	var passing *exporters.TemporaryError
	if !errors.As(err, &passing) || strings.ContainsAny(err.Error(), "\x1b\x00") {
		t.Errorf("%q: expected an error that may pass, without control characters", err)
	}
}

func TestInterrupt(t *testing.T) {
	arrived, leave := make(chan struct{}), make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { close(arrived); <-leave }))
	w := open(t, config(s.URL))
	failed := make(chan error)
	go func() { failed <- w.Export(examples()[0]) }()
	<-arrived
	w.Interrupt()
	if err := <-failed; err == nil {
		t.Error("an interrupted request is no error")
	}
	close(leave)
	s.Close()
}

// TestCredentials uses the file of a Prometheus http_config.
func TestCredentials(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"secret": "s3cret\n",
		"basic":  "basic_auth:\n  username: probe\n  password_file: secret\n",
		"bearer": "authorization:\n  credentials_file: secret\n",
		"broken": "basic_auht: {}\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[string]string{"basic": "Basic cHJvYmU6czNjcmV0", "bearer": "Bearer s3cret"} {
		url, requests := serve(t, 200)
		c := config(url)
		c.HTTPConfig = filepath.Join(dir, name)
		if err := open(t, c).Export(examples()[0]); err != nil {
			t.Fatal(err)
		}
		if got := (*requests)[0].header.Get("Authorization"); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	for _, name := range []string{"broken", "missing"} {
		c := config("http://127.0.0.1")
		c.HTTPConfig = filepath.Join(dir, name)
		if _, err := Open(c); err == nil || !strings.Contains(err.Error(), c.HTTPConfig) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTemplates(t *testing.T) {
	url, requests := serve(t, 200)
	c := config(url)
	c.Template = `{"text": {{json .summary}}, "rule": {{.rule | upper | json}}, "is": {{humanize .events | json}}, "ratio": {{percent .value | json}},
 "usual": {{percent .baseline | json}}, "peer": {{json .labels.peer}}, "calls": {{join ", " .samples | json}}, "why": {{join " " .top_causes | json}}, "end": {{json .end}},
 "pcap": {{default "none" .pcap | json}}}`
	w := open(t, c)
	all := examples()
	for _, a := range []*record.Alert{all[0], all[2]} {
		if err := w.Export(a); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{
		`{"text": "A quarter of the INVITEs to \"carrier a\" were answered with 5xx.", "rule": "5XX_SPIKE", "is": "25", "ratio": "25%",
 "usual": "1.5%", "peer": "carrier \"a\"\\", "calls": "a84b4c76e66710@192.0.2.1, b\"\\@host", "why": "503=20 icmp=5", "end": null,
 "pcap": "/var/lib/sipspan/alerts/example.pcap"}`,
		`{"text": null, "rule": "SILENCE", "is": "0", "ratio": "unknown",
 "usual": "unknown", "peer": null, "calls": "", "why": "", "end": null,
 "pcap": "none"}`,
	}
	for i := range want {
		if got := (*requests)[i].body; got != want[i] {
			t.Errorf("body %d:\n%s\nwant\n%s", i, got, want[i])
		}
	}
}

func TestHumanize(t *testing.T) {
	for v, want := range map[float64]string{0: "0", 1: "1", 999: "999", 1234: "1.234k", 1234567: "1.235M", 0.25: "250m", -2e9: "-2G", 3e-7: "300n"} {
		if got, err := humanize(v); err != nil || got != want {
			t.Errorf("%v: %s, %v, want %s", v, got, err, want)
		}
	}
}

func TestImpossibleSettings(t *testing.T) {
	if err := DefaultConfig().Validate(); err != nil {
		t.Error(err)
	}
	for _, c := range []struct {
		change func(*Config)
		want   string
	}{
		{func(c *Config) { c.URL = "alerts.example" }, "url: "},
		{func(c *Config) { c.URL = "ftp://alerts.example" }, "url: "},
		{func(c *Config) { c.Method = "GET" }, `method: "GET": expected one of POST, PUT, PATCH`},
		{func(c *Config) { c.Headers = []Header{{"X Y", "1"}} }, `headers[0]: "X Y"`},
		{func(c *Config) { c.Headers = []Header{{"X", "1\r\nY: 2"}} }, `headers[0]: "X"`},
		{func(c *Config) { c.Timeout = 0 }, "timeout: 0s"},
		{func(c *Config) { c.Template = "{{.rule" }, "template: "},
		{func(c *Config) { c.Template = "{{nothing}}" }, "template: "},
		{func(c *Config) { c.Template = `{"rule": {{.rule}}}` }, "template: tried with an example: the template does not make JSON"},
		{func(c *Config) { c.Template = `{"baseline": {{.baseline}}}` }, "template: tried with an example: the template does not make JSON"},
	} {
		given := DefaultConfig()
		c.change(&given)
		if err := given.Validate(); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%v, want %s", err, c.want)
		} else {
			t.Log(err)
		}
	}
}
