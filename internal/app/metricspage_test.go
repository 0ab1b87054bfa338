package app

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	client "github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"

	"sipspan/capture/pcapfile"
	"sipspan/config"
	"sipspan/exporters/prometheus"
	"sipspan/internal/dev/sipgen"
	"sipspan/pipeline"
	"sipspan/record"
	"sipspan/session/stats"
)

// Every address belongs to a peer, so that what is counted by peer adds up to all there is; the longest prefix wins.
var everybody = []stats.Peer{
	{Name: "phones", Addresses: []string{"192.0.2.10", "192.0.2.12", "10.1.0.0/16"}},
	{Name: "core", Addresses: []string{"192.0.2.0/24", "10.0.0.0/8"}},
	{Name: "elsewhere", Addresses: []string{"0.0.0.0/0", "::/0"}},
}

// scraped is what a capture comes to: the records as JSON lines, and the metrics.
type scraped struct {
	lines    string
	families []*dto.MetricFamily
}

// scrapeCapture reads a capture as "sipspan read" does, and scrapes the pipeline at the end as "sipspan run" does.
func scrapeCapture(t *testing.T, workers int, path string) scraped {
	t.Helper()
	source, err := pcapfile.Open([]string{path}, pcapfile.Options{})
	check(t, err)
	defer source.Close()
	c := config.Default()
	c.Pipeline.Workers = workers
	c.Session.Peers = everybody
	c.Session.Sensor = fileSensor
	var lines []byte
	p := pipeline.New(pipeline.Settings{Pipeline: c.Pipeline, Reassembly: c.Reassembly, Session: c.Session}, []pipeline.Source{source},
		func(r record.Record) { lines = append(r.AppendJSON(lines), '\n') })
	check(t, p.Run(t.Context()))
	s := p.Snapshot()
	lines = append(s.Stats(fileSensor, 0).AppendJSON(lines), '\n')

	registry := client.NewPedanticRegistry()
	created := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	check(t, registry.Register(prometheus.NewCollector(c.Exporters.Prometheus.Content, prometheus.Options{
		Snapshot: func() prometheus.Snapshot { return scrape(p, nil, nil) }, Build: prometheus.Build{Version: "1.0.0", Revision: "abc123"},
	}, created)))
	families, err := registry.Gather()
	check(t, err)
	return scraped{string(lines), families}
}

var goVersion = regexp.MustCompile(`goversion="[^"]*"`)

// TestMetricsPage compares the whole page after testdata/sample.pcap with the expected one, and every number of it with
// the records. "go test ./internal/app -run MetricsPage -update" writes it.
func TestMetricsPage(t *testing.T) {
	s := scrapeCapture(t, 2, "../../testdata/sample.pcap")
	var page bytes.Buffer
	for _, f := range s.families {
		_, err := expfmt.MetricFamilyToText(&page, f)
		check(t, err)
	}
	got := goVersion.ReplaceAllString(page.String(), `goversion="go"`)
	golden := "../../testdata/sample.prom"
	if *update {
		check(t, os.WriteFile(golden, []byte(got), 0o644))
	}
	want, err := os.ReadFile(golden)
	check(t, err)
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	problems, err := promlint.NewWithMetricFamilies(s.families).Lint()
	check(t, err)
	for _, p := range problems {
		if p.Metric != "sipspan_ms_diagnostics_total" { // ms stands for Microsoft there
			t.Errorf("%s: %s", p.Metric, p.Text)
		}
	}
	compareWithRecords(t, s)
	for workers := 1; workers <= 8; workers *= 2 {
		if other := scrapeCapture(t, workers, "../../testdata/sample.pcap"); !sameNumbers(s.families, other.families) {
			t.Errorf("with %d workers the page has other numbers", workers)
		}
	}
}

// TestMetricsEqualRecords does so with random traffic.
func TestMetricsEqualRecords(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 5))
	for range 6 {
		load := sipgen.Load{Seed: random.Uint64(), Messages: 500 + random.IntN(2500), Rate: 0.5 + random.Float64()*20, RTP: random.IntN(2)}
		var b bytes.Buffer
		_, err := load.WriteCapture(&b)
		check(t, err)
		name := filepath.Join(t.TempDir(), "load.pcap")
		check(t, os.WriteFile(name, b.Bytes(), 0o644))
		t.Run(fmt.Sprintf("seed %d, %d messages, rate %.1f", load.Seed, load.Messages, load.Rate), func(t *testing.T) {
			compareWithRecords(t, scrapeCapture(t, 1+random.IntN(4), name))
		})
	}
}

// sameNumbers compares two pages but for exemplars, whose sessions may have ended at the same time.
func sameNumbers(a, b []*dto.MetricFamily) bool {
	text := func(families []*dto.MetricFamily) string {
		var page strings.Builder
		for _, f := range families {
			if _, err := expfmt.MetricFamilyToText(&page, f); err != nil {
				return err.Error()
			}
		}
		return page.String()
	}
	return text(a) == text(b)
}
