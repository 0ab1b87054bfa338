package history

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sipspan/exporters/store"
	"sipspan/record"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// kept is a history of some records.
func kept(t *testing.T, records ...record.Record) *History {
	t.Helper()
	c := store.DefaultConfig()
	c.Directory, c.MinFree = t.TempDir(), 0
	s, err := store.Open(c, slog.New(slog.DiscardHandler), func() time.Time { return noon })
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
	h := Open(c.Directory, slog.New(slog.DiscardHandler))
	h.now = func() time.Time { return noon.Add(time.Hour) }
	return h
}

func header(kind string, n int) record.Header {
	start := noon.Add(time.Duration(n) * time.Minute)
	return record.Header{
		ID: fmt.Sprintf("%s-%d", kind, n), CallID: fmt.Sprintf("%d@192.0.2.10", n), Start: start.UnixNano(), End: start.Add(time.Minute).UnixNano(),
	}
}

func call(n int) *record.Call {
	c := &record.Call{Header: header("call", n), Status: 486}
	c.From.URI, c.To.URI = fmt.Sprintf("sip:100%d@example.com", n), "sip:bob@example.com"
	return c
}

func failure(n int, source, code, origin string) *record.Failure {
	return &record.Failure{Header: header("failure", n), Method: "INVITE", Origin: origin, Cause: &record.Cause{Source: source, Code: code}}
}

func ids(all []record.Record) (ids []string) {
	for _, r := range all {
		ids = append(ids, r.Head().ID)
	}
	return ids
}

// find returns the ids of what the parameters ask for, and the cursor.
func find(t *testing.T, h *History, query string) ([]string, string) {
	t.Helper()
	values, err := url.ParseQuery(query)
	if err != nil {
		t.Fatal(err)
	}
	q, err := h.Parse(record.KindCall, values, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	l, err := h.Find(t.Context(), q)
	if err != nil || l.Doubt != "" {
		t.Fatal(err, l.Doubt)
	}
	return ids(l.Records), l.Cursor()
}

func TestFind(t *testing.T) {
	h := kept(t, call(1), call(2), call(3), call(4), failure(3, "sip", "486", ""))
	for query, want := range map[string][]string{
		"":                           {"call-4", "call-3", "call-2", "call-1"},
		"number=&where=&call-id=":    {"call-4", "call-3", "call-2", "call-1"},
		"user=1002":                  {"call-2"},
		"user=1002&user=1003":        {"call-3", "call-2"},
		"call-id=1@192.0.2.10":       {"call-1"},
		"since=2026-03-02+12:03":     {"call-4", "call-3"},
		"since=57m+ago":              {"call-4", "call-3"},
		"since=12:03&tz=UTC":         {"call-4", "call-3"},
		"where=status+==+200":        nil,
		"status=4xx&until=12:02":     {"call-1"},
		"limit=1000&user=nobody@one": nil,
	} {
		if got, _ := find(t, h, query); !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v", query, got, want)
		}
	}
	var all []string
	for cursor, n := "", 0; n < 3; n++ {
		var page []string
		page, cursor = find(t, h, "limit=3&cursor="+url.QueryEscape(cursor))
		all = append(all, page...)
		if cursor == "" {
			break
		}
	}
	if diff := cmp.Diff([]string{"call-4", "call-3", "call-2", "call-1"}, all); diff != "" {
		t.Error(diff)
	}
}

func TestParseErrors(t *testing.T) {
	h := Open("", slog.New(slog.DiscardHandler))
	many := strings.Repeat("user=a&", maxValues+1)
	for query, param := range map[string]string{
		"limit=0": "limit", "limit=1001": "limit", "limit=x": "limit", "cursor=x": "cursor", "cursor=x~y": "cursor", "tz=Nowhere": "tz",
		"since=soon": "since", "where=nothing": "where", "where=status+%3D%3D": "where", "status=99999": "status", "sort=time": `"sort"`,
		"user=" + strings.Repeat("a", maxValue+1): "user", many: "user",
	} {
		values, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		var wrong *ParamError
		if _, err := h.Parse(record.KindCall, values, time.UTC); !errors.As(err, &wrong) || wrong.Param != param {
			t.Errorf("%.40q: %v, want an error of %s", query, err, param)
		}
	}
}

// TestGet checks that a record comes with those of its Call-ID and with the calls that it names.
func TestGet(t *testing.T) {
	c := call(3)
	c.Related = []record.Related{{Relation: "transfer", CallID: "1@192.0.2.10"}}
	h := kept(t, call(1), call(2), c, failure(3, "sip", "486", ""))
	s, err := h.Get(t.Context(), record.KindCall, "call-3")
	if err != nil {
		t.Fatal(err)
	}
	related := ids(s.Related)
	slices.Sort(related)
	if diff := cmp.Diff([]string{"call-1", "failure-3"}, related); diff != "" || s.Record.Head().ID != "call-3" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"failure-3"}, ids(s.Failures())); diff != "" {
		t.Error(diff)
	}
	for _, id := range []string{"call-9", "", "failure-3", "*"} {
		if _, err := h.Get(t.Context(), record.KindCall, id); !errors.Is(err, ErrUnknown) {
			t.Errorf("call %q: %v", id, err)
		}
	}
}

func TestTrend(t *testing.T) {
	var all []record.Record
	for n := range 10 {
		all = append(all, failure(n, "q850", fmt.Sprint(n), fmt.Sprintf("192.0.2.%d:5060", n)))
	}
	for n := range 3 {
		f := failure(n, "timeout", "", "")
		f.ID, f.Dst = f.ID+"t", "[2001:db8::1]:5060"
		all = append(all, f)
	}
	h := kept(t, all...)
	for by, want := range map[By]Series{
		ByCause: {Label: "timeout", Total: 3}, ByPeer: {Label: "2001:db8::1", Total: 3},
	} {
		trend, err := h.Trend(t.Context(), noon.Add(-10*time.Minute), noon.Add(20*time.Minute), by)
		if err != nil {
			t.Fatal(err)
		}
		if trend.Total != 13 || trend.Step != time.Minute || trend.Steps() != 31 || len(trend.Series) != maxSeries+1 {
			t.Errorf("%s: %d in %d steps of %v, %d series", by, trend.Total, trend.Steps(), trend.Step, len(trend.Series))
		}
		first, rest := trend.Series[0], trend.Series[maxSeries]
		if first.Label != want.Label || first.Total != want.Total || !slices.Equal(first.Counts[9:14], []int{0, 1, 1, 1, 0}) {
			t.Errorf("%s: %+v", by, first)
		}
		if rest.Label != "" || rest.Total != 3 {
			t.Errorf("%s: the others are %+v", by, rest)
		}
	}
	for _, span := range []time.Duration{0, -time.Hour, 500 * 24 * time.Hour} {
		if _, err := h.Trend(t.Context(), noon, noon.Add(span), ByCause); !errors.Is(err, ErrSpan) {
			t.Errorf("%v: %v", span, err)
		}
	}
}

// TestBounds checks that a search waits for its turn, is ended after its time, and ends with who asked.
func TestBounds(t *testing.T) {
	h := kept(t, call(1))
	h.most = 0
	q, err := h.Parse(record.KindCall, url.Values{}, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	if l, err := h.Find(t.Context(), q); err != nil || !strings.Contains(l.Doubt, "was ended") {
		t.Errorf("a search that takes too long: %+v, %v", l, err)
	}
	for range maxSearches {
		h.turns <- struct{}{}
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := h.Find(gone, q); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	h.wait = 0
	if _, err := h.Find(t.Context(), q); !errors.Is(err, ErrBusy) {
		t.Error(err)
	}
	if _, err := Open("", nil).Find(t.Context(), q); !errors.Is(err, ErrNoStore) {
		t.Error(err)
	}
}
