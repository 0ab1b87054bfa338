package api

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sipspan/exporters/store"
	"sipspan/record"
	"sipspan/view/ladder"
	"sipspan/web/history"
)

// hostile is a text from the wire.
const hostile = "sip:<script>alert(1)</script>\x1b[2J\u202e@example.com"

// serving serves a history of some records.
func serving(t *testing.T, records ...record.Record) http.Handler {
	t.Helper()
	c := store.DefaultConfig()
	c.Directory, c.MinFree = t.TempDir(), 0
	s, err := store.Open(c, slog.New(slog.DiscardHandler), nil)
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
	return over(c.Directory)
}

func over(folder string) http.Handler {
	log := slog.New(slog.DiscardHandler)
	mux := http.NewServeMux()
	(&API{History: history.Open(folder, log), Log: log}).Register(mux)
	return mux
}

// get decodes an answer and returns its status.
func get(t *testing.T, h http.Handler, path string, into any) int {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, Base+path, nil))
	want := "application/json"
	if w.Code != http.StatusOK {
		want = "application/problem+json"
	}
	if got := w.Header().Get("Content-Type"); got != want {
		t.Errorf("%s: %s", path, got)
	}
	d := json.NewDecoder(w.Body)
	if w.Code != http.StatusOK {
		d.DisallowUnknownFields()
	}
	if err := d.Decode(into); err != nil {
		t.Errorf("%s: %v", path, err)
	}
	return w.Code
}

func calls() (all []record.Record) {
	for _, id := range []string{"a", "b/..%2f?x", "c"} {
		c := &record.Call{Header: record.Header{ID: id, CallID: id + "@192.0.2.10", Start: 1_700_000_000e9}, Status: 486, Disposition: record.Busy}
		c.From.URI, c.To.URI = hostile, "sip:bob@example.com"
		c.Caller.Addr, c.Callee.Addr = "192.0.2.10:5060", "192.0.2.11:5060"
		c.Hops = []record.Hop{{Src: "192.0.2.10:5060", Dst: "192.0.2.11:5060", Transport: "UDP", Status: 486}}
		all = append(all, c)
	}
	return all
}

// TestRecords checks that lists, single records and ladders hold what the store does.
func TestRecords(t *testing.T) {
	all := calls()
	h := serving(t, all...)
	var list struct {
		Records []json.RawMessage
		Cursor  string
	}
	if code := get(t, h, "/calls?limit=2", &list); code != http.StatusOK || len(list.Records) != 2 || list.Cursor == "" {
		t.Fatalf("%d: %+v", code, list)
	}
	r, err := record.Decode(list.Records[0])
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(all[2].AppendJSON(nil)), string(r.AppendJSON(nil))); diff != "" {
		t.Error(diff)
	}
	if code := get(t, h, "/calls?cursor="+url.QueryEscape(list.Cursor), &list); code != http.StatusOK || len(list.Records) != 1 {
		t.Errorf("%d: %+v", code, list)
	}
	for _, want := range all {
		var one struct {
			Record  json.RawMessage
			Related []json.RawMessage
		}
		path := "/calls/" + url.PathEscape(want.Head().ID)
		if code := get(t, h, path, &one); code != http.StatusOK || !strings.Contains(string(one.Record), `"id":"`+want.Head().ID+`"`) {
			t.Errorf("%s: %d %s", path, code, one.Record)
		}
		var l ladder.Ladder
		if code := get(t, h, path+"/ladder", &l); code != http.StatusOK || l.Source != ladder.SourceHops || len(l.Columns) != 2 {
			t.Errorf("%s: %d %+v", path, code, l)
		}
	}
	var trend Trend
	if code := get(t, h, "/trend?by=peer&since=2h+ago", &trend); code != http.StatusOK || trend.StepS != 300 || trend.Total != 0 {
		t.Errorf("%d: %+v", code, trend)
	}
}

// TestProblems checks that what cannot be answered says why, in the form of RFC 9457.
func TestProblems(t *testing.T) {
	with, without := serving(t, calls()...), over("")
	for _, test := range []struct {
		handler    http.Handler
		path       string
		status     int
		param, key string
	}{
		{with, "/calls/unknown", http.StatusNotFound, "", ""},
		{with, "/failures/a", http.StatusNotFound, "", ""},
		{with, "/nothing", http.StatusNotFound, "", ""},
		{with, "/calls?where=nothing", http.StatusBadRequest, "where", ""},
		{with, "/calls?sort=time", http.StatusBadRequest, `"sort"`, ""},
		{with, "/calls/a?limit=1", http.StatusBadRequest, `"limit"`, ""},
		{with, "/trend?by=colour", http.StatusBadRequest, "by", ""},
		{with, "/trend?since=2000-01-01", http.StatusBadRequest, "since", ""},
		{with, "/trend?since=soon", http.StatusBadRequest, "since", ""},
		{with, "/trend?until=soon", http.StatusBadRequest, "until", ""},
		{with, "/calls/a/pcap", http.StatusNotFound, "", "exporters.store.messages"},
		{without, "/calls", http.StatusServiceUnavailable, "", "exporters.store.directory"},
		{without, "/calls/a/ladder", http.StatusServiceUnavailable, "", "exporters.store.directory"},
		{without, "/trend", http.StatusServiceUnavailable, "", "exporters.store.directory"},
	} {
		var p Problem
		if code := get(t, test.handler, test.path, &p); code != test.status || p.Status != code || p.Param != test.param || p.Key != test.key || p.Title == "" {
			t.Errorf("%s: %d %+v", test.path, code, p)
		}
	}
	w := httptest.NewRecorder()
	with.ServeHTTP(w, httptest.NewRequest(http.MethodPost, Base+"/calls", nil))
	if w.Code != http.StatusMethodNotAllowed {
		t.Errorf("POST: %d", w.Code)
	}
}
