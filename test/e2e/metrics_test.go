//go:build e2e

package e2e

import (
	"context"
	"io"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const metricsAddress = "127.0.0.1:9506"

// scrape returns the daemon's page of metrics.
func scrape(t *testing.T) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+metricsAddress+"/metrics", nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	page, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("scraping: %s, %v", response.Status, err)
	}
	return string(page)
}

var sample = regexp.MustCompile(`^(\w+)(?:\{(.*)\})? (\S+)$`)

// sums adds up the samples of a metric by the values of one of its labels.
func sums(t *testing.T, page, name, label string) map[string]int {
	t.Helper()
	value := regexp.MustCompile(`(?:^|,)` + label + `="([^"]*)"`)
	all := map[string]int{}
	for line := range strings.Lines(page) {
		parts := sample.FindStringSubmatch(strings.TrimRight(line, "\n"))
		if len(parts) < 4 || parts[1] != name {
			continue
		}
		n, err := strconv.ParseFloat(parts[3], 64)
		if err != nil {
			t.Fatalf("%v in %s", err, line)
		}
		if v := value.FindStringSubmatch(parts[2]); v != nil && n != 0 {
			all[v[1]] += int(n)
		}
	}
	return all
}

// compareWithMetrics holds the daemon's metrics to what is in the saved capture.
func compareWithMetrics(t *testing.T, page string, stats row) {
	messages := stats["messages"].(map[string]any)
	for _, c := range []struct {
		metric, label string
		want          any
	}{
		{"sipspan_sip_requests_total", "method", messages["requests"]},
		{"sipspan_sip_responses_total", "code", messages["responses"]},
		{"sipspan_sip_malformed_total", "reason", stats["malformed"]},
		{"sipspan_capture_dropped_packets_total", "stage", stats["dropped"]},
	} {
		want := map[string]int{}
		for name, n := range c.want.(map[string]any) {
			want[name] = number(n)
		}
		if got := sums(t, page, c.metric, c.label); !maps.Equal(got, want) {
			t.Errorf("%s is %v, the saved capture has %v", c.metric, got, want)
		}
	}
	retransmissions := 0
	for _, n := range sums(t, page, "sipspan_sip_retransmissions_total", "method") {
		retransmissions += n
	}
	if want := number(stats["retransmissions"]); retransmissions != want {
		t.Errorf("the metrics count %d retransmissions, the saved capture has %d", retransmissions, want)
	}
	if lost := slices.Collect(maps.Values(sums(t, page, "sipspan_exporter_errors_total", "exporter"))); len(lost) > 0 {
		t.Errorf("records were lost: %v", lost)
	}
}
