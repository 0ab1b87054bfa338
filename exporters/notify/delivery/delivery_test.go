package delivery

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
	"unicode"

	"go.uber.org/goleak"

	"sipspan/exporters"
	"sipspan/record"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// server answers requests without a network, so that its clock can be a false one.
type server struct {
	mu     sync.Mutex // held by the test but while time passes
	down   bool
	status int
	retry  string // Retry-After
	got    []string
	at     []time.Time
}

func (s *server) RoundTrip(r *http.Request) (*http.Response, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.at = append(s.at, time.Now())
	if s.down {
		return nil, errors.New("connect: connection refused")
	}
	text, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	if s.status == http.StatusOK {
		s.got = append(s.got, string(text))
	}
	h := http.Header{}
	if s.retry != "" {
		h.Set("Retry-After", s.retry)
	}
	return &http.Response{
		StatusCode: s.status, Status: fmt.Sprint(s.status), Header: h, Body: io.NopCloser(strings.NewReader("")), Request: r,
	}, nil
}

// pass lets time pass.
func (s *server) pass(d time.Duration) {
	s.mu.Unlock()
	time.Sleep(d)
	synctest.Wait()
	s.mu.Lock()
}

// destination sends the rule of each alert.
type destination struct{ Sender }

func (d *destination) Export(r record.Record) error { return d.Send([]byte(r.(*record.Alert).Rule)) }
func (d *destination) Flush() error                 { return nil }
func (d *destination) Close() error                 { d.Sender.Close(); return nil }

func begin(s *server, c Config) *exporters.Queue {
	d := &destination{Sender{Client: &http.Client{Transport: s}, Method: "POST", URL: "http://alerts.example/", Timeout: time.Minute}}
	d.Start()
	return c.NewQueue("probe", d, slog.New(slog.DiscardHandler))
}

func rule(i int) *record.Alert { return &record.Alert{Rule: fmt.Sprint(i)} }

// TestServerDownForAWhile checks that what a server missed comes in order when it is back, and only alerts.
func TestServerDownForAWhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &server{down: true, status: 200}
		s.mu.Lock()
		defer s.mu.Unlock()
		q := begin(s, DefaultConfig())
		for i := range 5 {
			q.Put(rule(i))
			q.Put(&record.Call{})
		}
		s.pass(5 * time.Minute)
		if len(s.got) != 0 || q.Stats().Queued != 5 {
			t.Fatalf("delivered %v, %d wait", s.got, q.Stats().Queued)
		}
		if n := len(s.at); n < 8 || n > 20 {
			t.Errorf("%d tries in five minutes", n)
		}
		s.down, s.status, s.retry = false, 503, "240"
		s.pass(time.Minute)
		s.status = 200
		tries := len(s.at)
		s.pass(2 * time.Minute)
		if len(s.at) != tries {
			t.Error("tried again before the time that the server asked for")
		}
		s.pass(2 * time.Minute)
		if got := strings.Join(s.got, ""); got != "01234" {
			t.Errorf("delivered %s", got)
		}
		if err := q.Close(); err != nil {
			t.Error(err)
		}
		if got := (exporters.Stats{Name: "probe", Delivered: 5}); q.Stats() != got {
			t.Errorf("%+v, want %+v", q.Stats(), got)
		}
	})
}

func TestFullQueueAndShortDrain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &server{down: true}
		c := DefaultConfig()
		c.Queue = 3
		q := begin(s, c)
		for i := range 10 {
			q.Put(rule(i))
			synctest.Wait()
		}
		if got := q.Stats(); got.Errors != 6 || got.Queued != 4 { // one is being tried
			t.Errorf("%+v", got)
		}
		begun := time.Now()
		if err := q.Close(); err == nil {
			t.Error("no error although all was lost")
		}
		if took := time.Since(begun); took > c.Drain {
			t.Errorf("closing took %v", took)
		}
		if got := q.Stats(); got.Errors != 10 || got.Queued != 0 {
			t.Errorf("%+v", got)
		}
	})
}

func TestRetryAfter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for text, want := range map[string]time.Duration{
			"": 0, "7": 7 * time.Second, "86400": longestWait, "-1": 0, "soon": 0,
			time.Now().Add(20 * time.Second).UTC().Format(http.TimeFormat): 20 * time.Second,
			time.Now().Add(-time.Hour).UTC().Format(http.TimeFormat):       0,
		} {
			if got := retryAfter(http.Header{"Retry-After": {text}}); got != want {
				t.Errorf("%q: %v, want %v", text, got, want)
			}
		}
	})
}

func TestIdentity(t *testing.T) {
	a := &record.Alert{Rule: "r", Labels: []record.Label{{Name: "a", Value: "b"}}, State: Firing}
	b := &record.Alert{Rule: "r", Labels: []record.Label{{Name: "a", Value: "b"}}, State: Resolved, Severity: "critical"}
	c := &record.Alert{Rule: "ra", Labels: []record.Label{{Name: "", Value: "b"}}}
	if Identity(a) != Identity(b) || Identity(a) == Identity(c) {
		t.Errorf("%s, %s, %s", Identity(a), Identity(b), Identity(c))
	}
}

func TestConfig(t *testing.T) {
	if err := DefaultConfig().Validate(); err != nil {
		t.Error(err)
	}
	err := Config{}.Validate()
	for _, key := range []string{"queue: 0", "retry_first: 0s", "drain: 0s"} {
		if err == nil || !strings.Contains(err.Error(), key) {
			t.Errorf("%v lacks %q", err, key)
		}
	}
	for text, good := range map[string]bool{"http://a": true, "https://a:1/b": true, "a:1": false, "http://": false, "x://a": false, "http://u:secret@/": false} {
		err := CheckURL(text)
		if (err == nil) != good {
			t.Errorf("%s: %v", text, err)
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("the error tells the password: %v", err)
		}
	}
}

// TestAnswersAreHarmless checks what an error quotes of a server that answers with what a terminal would obey.
func TestAnswersAreHarmless(t *testing.T) {
	for _, answer := range []*http.Response{
		{StatusCode: 400, Status: "400 \x1b[31mno", Body: io.NopCloser(strings.NewReader(""))},
		{StatusCode: 500, Status: "500 no", Body: io.NopCloser(strings.NewReader("a\x1b]0;owned\a\u009b31m\u202e\x00\xff\r\nb"))},
	} {
		client := &http.Client{Transport: fixedAnswer{answer}}
		s := &Sender{Client: client, Method: "POST", URL: "http://192.0.2.1/", Timeout: time.Minute}
		s.Start()
		err := s.Send(nil)
		if err == nil || !strings.Contains(err.Error(), `\x1b`) {
			t.Fatalf("%q", err)
		}
		for _, r := range err.Error() {
			if !unicode.IsPrint(r) {
				t.Errorf("%q holds %q", err, r)
			}
		}
		s.Close()
	}
}

type fixedAnswer struct{ response *http.Response }

func (f fixedAnswer) RoundTrip(r *http.Request) (*http.Response, error) {
	f.response.Request, f.response.Header = r, http.Header{}
	return f.response, nil
}

// echoing answers with what a request holds.
type echoing struct{ err error }

func (e echoing) RoundTrip(r *http.Request) (*http.Response, error) {
	if e.err != nil {
		return nil, e.err
	}
	text := "no access to " + r.URL.RequestURI() + " with " + r.Header.Get("Authorization")
	return &http.Response{StatusCode: 403, Status: "403 Forbidden", Body: io.NopCloser(strings.NewReader(text)), Request: r}, nil
}

func TestErrorsHoldNoSecret(t *testing.T) {
	for _, err := range []error{nil, errors.New("connect: connection refused")} {
		s := Sender{
			Client: &http.Client{Transport: echoing{err}}, Method: "POST", URL: "https://user:swordfish-1@chat.example/hooks/swordfish-2?key=swordfish-3",
			Header: http.Header{"Authorization": {"Bearer swordfish-4"}}, Timeout: time.Minute,
		}
		s.Start()
		got := s.Send([]byte("{}"))
		s.Close()
		if got == nil || strings.Contains(got.Error(), "swordfish") || !strings.Contains(got.Error(), "POST https://chat.example/HIDDEN") {
			t.Errorf("%v", got)
		}
	}
}

func TestShown(t *testing.T) {
	for address, want := range map[string]string{
		"":                               "",
		"http://127.0.0.1:9093":          "http://127.0.0.1:9093",
		"http://127.0.0.1:9093/":         "http://127.0.0.1:9093",
		"https://a.example/b":            "https://a.example/HIDDEN",
		"https://a.example?b=c":          "https://a.example/HIDDEN",
		"https://b:c@a.example":          "https://a.example/HIDDEN",
		"a.example/token":                "HIDDEN",
		"https://a.example/%zz":          "HIDDEN",
		"https://[2001:db8::1]:8443/a/b": "https://[2001:db8::1]:8443/HIDDEN",
	} {
		if got := Shown(address); got != want {
			t.Errorf("%s is shown as %s, expected %s", address, got, want)
		}
	}
}
