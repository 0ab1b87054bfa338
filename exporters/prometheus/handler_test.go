package prometheus

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/prometheus/common/expfmt"
)

var quiet = slog.New(slog.DiscardHandler)

// get scrapes the page, in the format that accept asks for.
func get(t *testing.T, o Options, accept string) (header http.Header, page string) {
	t.Helper()
	o.Logger = quiet
	request := httptest.NewRequest(http.MethodGet, "/metrics", nil)
	if accept != "" {
		request.Header.Set("Accept", accept)
	}
	w := httptest.NewRecorder()
	NewHandler(DefaultConfig(), o, created).ServeHTTP(w, request)
	r := w.Result()
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode != http.StatusOK {
		t.Fatalf("%d: %v", r.StatusCode, err)
	}
	return r.Header, string(text)
}

func TestHandler(t *testing.T) {
	_, page := get(t, Options{Snapshot: fixed}, "")
	for _, part := range []string{`sipspan_calls_total{disposition="answered"} 3`, "go_goroutines", "process_start_time_seconds"} {
		if !strings.Contains(page, part) {
			t.Errorf("the page lacks %q: %.300s", part, page)
		}
	}
}

func TestFormats(t *testing.T) {
	header, page := get(t, Options{Snapshot: fixed}, "application/openmetrics-text;version=1.0.0")
	if format := header.Get("Content-Type"); !strings.HasPrefix(format, "application/openmetrics-text") || !strings.HasSuffix(page, "# EOF\n") {
		t.Errorf("OpenMetrics: %s, ends %q", format, page[max(0, len(page)-20):])
	}
	header, _ = get(t, Options{Snapshot: fixed}, "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited")
	if format := expfmt.ResponseFormat(header); format.FormatType() != expfmt.TypeProtoDelim {
		t.Errorf("protobuf, which carries the native buckets: %v", format)
	}
}

func TestConfigValidate(t *testing.T) {
	if err := DefaultConfig().Validate(); err != nil {
		t.Error(err)
	}
	for want, c := range map[string]Config{
		`max_series: 0: expected a number from 1 to 1000000`:    {},
		`top_domains: 1001: expected a number from 0 to 1000`:   {MaxSeries: 1, TopDomains: 1001},
		`top_user_agents: -1: expected a number from 0 to 1000`: {MaxSeries: 1, TopUserAgents: -1},
	} {
		if err := c.Validate(); err == nil || err.Error() != want {
			t.Errorf("%+v: %v, want %s", c, err, want)
		}
	}
}
