package pages

import (
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"sipspan/exporters/prometheus"
	"sipspan/exporters/report"
	"sipspan/exporters/store"
	"sipspan/record"
	"sipspan/session/stats"
	"sipspan/web/history"
	"sipspan/web/live"
)

// hostile is a text from the wire.
const hostile = "<script>alert(1)</script>\"'`\x1b[2J\u202e"

func call(id string, start time.Time) *record.Call {
	c := &record.Call{Header: record.Header{ID: id, CallID: id + hostile, Start: start.UnixNano(), End: start.UnixNano()}, Status: 486, Reason: hostile, Disposition: record.Busy}
	c.From.URI, c.From.Display, c.To.URI = "sip:"+hostile+"@example.com", hostile+strings.Repeat("x", 10_000), "sip:bob@example.com"
	c.Caller.Addr, c.Callee.Addr, c.Caller.UserAgent = "192.0.2.10:5060", "192.0.2.11:5060", hostile
	c.Hops = []record.Hop{{Src: "192.0.2.10:5060", Dst: "192.0.2.11:5060", Transport: "UDP", Status: 486}}
	c.Cause = &record.Cause{Source: "q850", Code: "17", Text: hostile, Explanation: hostile}
	c.Related = []record.Related{{Relation: hostile, CallID: "other"}}
	return c
}

// site serves the pages over some records, nil for no store.
func site(t *testing.T, records []record.Record) (http.Handler, *live.State) {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	folder := ""
	if records != nil {
		c := store.DefaultConfig()
		c.Directory, c.MinFree = t.TempDir(), 0
		folder = c.Directory
		s, err := store.Open(c, log, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range records {
			if err := s.Export(r); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	state := live.New(live.Source{
		Sensor: "probe <1>", Version: "1.0.0", Started: time.Now(),
		Snapshot: func() prometheus.Snapshot {
			return prometheus.Snapshot{Session: &stats.Counters{}, Interfaces: []prometheus.Interface{{Name: "span0"}}}
		},
		Carries: func() *report.Path { return &report.Path{} }, Ready: func() error { return errors.New("span0 is down") }, Alive: func() error { return nil },
	})
	mux := http.NewServeMux()
	(&Pages{State: state, History: history.Open(folder, log), Log: log, Zone: time.UTC}).Register(mux)
	return mux, state
}

func get(h http.Handler, path string) (int, string) {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w.Code, w.Body.String()
}

// TestPages checks that every page is whole, holds what it is for, and makes nothing but text of what came from the wire.
func TestPages(t *testing.T) {
	now := time.Now().Add(-time.Minute)
	c := call("one", now)
	f := &record.Failure{Header: c.Header, Method: hostile, Status: 486, Cause: c.Cause, Origin: hostile}
	f.ID = "two"
	s := &record.Subscription{Header: c.Header, Event: "presence", Resource: "sip:bob@example.com", Subscriber: hostile, Presence: &record.Presence{Entity: "sip:bob@example.com", Basic: "open", Note: hostile}}
	s.ID = "three"
	r := &record.Registration{Header: c.Header, AOR: "sip:bob@example.com", Contacts: []string{hostile}, UserAgent: hostile, Outcome: record.Registered}
	r.ID = "four"
	h, state := site(t, []record.Record{c, f, s, r})
	err := state.Board.Export(&record.Alert{Rule: "errors", State: "firing", Severity: "critical", Summary: hostile, Origin: hostile, LikelyCause: hostile})
	if err != nil {
		t.Fatal(err)
	}
	text := regexp.MustCompile(`(?s)<[^>]*>`)
	for path, wants := range map[string][]string{
		"/":                                      {"Calls open", "critical:", "Latest calls", "busy"},
		"/live":                                  {"Calls open", "critical:"},
		"/calls":                                 {"busy", `href="calls/one"`},
		"/calls?user=bob":                        {`value="bob"`, `href="calls/one"`},
		"/calls?where=status":                    {"where", `aria-invalid="true"`},
		"/calls?status=200":                      {"Nothing matches"},
		"/calls?sort=x":                          {"no such parameter"},
		"/calls/one":                             {"Call, busy", `class="ladder"`, `href="../failures/two"`, `href="../api/v1/calls/one"`},
		"/calls/unknown":                         {"No such record"},
		"/failures/two":                          {"Failed", `href="../calls/one"`},
		"/registrations/four":                    {"Registration", "bob@example.com"},
		"/subscriptions/three":                   {"Subscription", "presence"},
		"/user?user=bob":                         {"Presence", "open", `href="registrations/four"`, `href="subscriptions/three"`, `href="calls/one"`},
		"/user?user=" + url.QueryEscape(hostile): {"Registrations"},
		"/user":                                  {"Look up"},
		"/trend":                                 {"1 failures from", "q850 17", "api/v1/trend?by=cause"},
		"/trend?by=peer":                         {"unknown"},
		"/trend?by=x":                            {"expected"},
		"/trend?since=1999-01-01":                {"400 days"},
		"/sensor":                                {"down", "It is not well"},
		"/nothing/at/all":                        {"There is no such page", `href="../../assets/`},
	} {
		code, body := get(h, path)
		known := code == http.StatusOK || strings.ContainsAny(path, "=") && code == http.StatusBadRequest || code == http.StatusNotFound
		if !known || path != "/live" && !strings.HasSuffix(body, "</html>\n") {
			t.Errorf("%s: %d, ends with %q", path, code, body[max(0, len(body)-20):])
		}
		for _, want := range wants {
			if !strings.Contains(body, want) {
				_, body, _ = strings.Cut(body, "<main")
				t.Errorf("%s has no %q:\n%s", path, want, body)
			}
		}
		for _, tag := range text.FindAllString(body, -1) {
			if strings.Contains(tag, "<script>") || strings.Contains(tag, " style=") || strings.Contains(tag, "<style") {
				t.Errorf("%s: %s", path, tag)
			}
		}
		if i := strings.IndexAny(body, "\x1b\u202e"); i >= 0 {
			t.Errorf("%s has control characters: %q", path, body[max(0, i-80):i+20])
		}
		if strings.Contains(body, strings.Repeat("x", 1000)) {
			t.Errorf("%s holds a very long name", path)
		}
	}
}

// TestPagesWithoutHistory checks that the pages say which setting is missing.
func TestPagesWithoutHistory(t *testing.T) {
	h, _ := site(t, nil)
	for path, want := range map[string]int{
		"/": http.StatusOK, "/sensor": http.StatusOK, "/calls": http.StatusServiceUnavailable, "/calls/one": http.StatusServiceUnavailable,
		"/trend": http.StatusServiceUnavailable, "/user?user=bob": http.StatusServiceUnavailable, "/user": http.StatusOK,
	} {
		code, body := get(h, path)
		if code != want || path != "/user" && !strings.Contains(body, "exporters.store.directory") {
			t.Errorf("%s: %d %s", path, code, body)
		}
	}
}

// TestListsGoOn follows the links from one part of a list to the next.
func TestListsGoOn(t *testing.T) {
	var all []record.Record
	for n := range 120 {
		all = append(all, call(strings.Repeat("i", n+1), time.Now().Add(-time.Duration(n)*time.Minute)))
	}
	h, _ := site(t, all)
	link := regexp.MustCompile(`rel="next" href="([^"]*)"`)
	rows, path := 0, "calls?status=486"
	for parts := 1; ; parts++ {
		code, body := get(h, "/"+path)
		rows += strings.Count(body, `<td role="cell" data-label="Time"`)
		m := link.FindStringSubmatch(body)
		if m == nil {
			if parts != 3 || rows != 120 || code != http.StatusOK || !strings.Contains(body, "Newest") {
				t.Errorf("%d parts with %d rows", parts, rows)
			}
			return
		}
		path = strings.ReplaceAll(m[1], "&amp;", "&")
	}
}

// TestAssets checks that files are kept by browsers under the address that names their version alone.
func TestAssets(t *testing.T) {
	h, _ := site(t, nil)
	_, body := get(h, "/sensor")
	for _, m := range regexp.MustCompile(`(?:href|src)="(assets/[^"]*)"`).FindAllStringSubmatch(body, -1) {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/"+m[1], nil))
		if w.Code != http.StatusOK || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") || w.Header().Get("Content-Type") == "" {
			t.Errorf("%s: %d %v", m[1], w.Code, w.Header())
		}
		w = httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/assets/other/"+m[1][strings.LastIndexByte(m[1], '/')+1:], nil))
		if w.Header().Get("Cache-Control") != "" {
			t.Errorf("%s of another version: %v", m[1], w.Header())
		}
	}
	if code, _ := get(h, "/assets/x/..%2fassets.go"); code != http.StatusNotFound {
		t.Errorf("%d", code)
	}
}
