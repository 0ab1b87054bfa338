package prometheus

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"

	"sipspan/record"
	"sipspan/session/correlate"
	"sipspan/session/stats"
)

// page returns the counters of one scrape by name and label values, in the order of the label names.
func page(t *testing.T, families []*dto.MetricFamily) map[string]float64 {
	t.Helper()
	values := map[string]float64{}
	for _, f := range families {
		for _, m := range f.Metric {
			if m.Counter == nil {
				continue
			}
			name := strings.TrimPrefix(f.GetName(), namespace)
			for _, l := range m.Label {
				name += " " + l.GetValue()
			}
			values[name] = m.Counter.GetValue()
		}
	}
	return values
}

// TestBudget lets more label sets come than there is room for, scrape by scrape: no counter falls or goes away, who has a
// series keeps it, and what a family counts is all there.
func TestBudget(t *testing.T) {
	c := new(stats.Counters)
	defer func(c Config) { config = c }(config)
	config = DefaultConfig()
	config.MaxSeries = 20
	r := registry(t, func() Snapshot { return Snapshot{Session: c.Copy()} })
	before := map[string]float64{}
	for step := range 100 {
		status := 400 + step
		c.Responses[method("OPTIONS")][stats.StatusIndex(status)] += 2
		c.Count(&record.Failure{Method: "OPTIONS", Status: status})
		c.Count(&record.Failure{Method: "OPTIONS", Status: 400})
		families, err := r.Gather()
		if err != nil {
			t.Fatal(err)
		}
		now := page(t, families)
		open, sum := 0, 0.0
		for name, v := range now {
			if strings.HasPrefix(name, "sip_responses_total") && !strings.HasSuffix(name, " other other") ||
				strings.HasPrefix(name, "failure_causes_total") && !strings.HasSuffix(name, " other") ||
				strings.HasPrefix(name, "failures_total") && !strings.HasSuffix(name, " other") {
				open++
			}
			if strings.HasPrefix(name, "failures_total ") {
				sum += v
			}
		}
		if open > config.MaxSeries {
			t.Fatalf("step %d: %d series", step, open)
		}
		if sum != float64(2*(step+1)) {
			t.Fatalf("step %d: %v failures", step, sum)
		}
		for name, v := range before {
			if now[name] < v {
				t.Fatalf("step %d: %s was %v, is %v", step, name, v, now[name])
			}
		}
		before = maps.Clone(now)
	}
	for name, want := range map[string]float64{
		"failures_total 400 OPTIONS sip": 101,
		"failures_total 405 OPTIONS sip": 1,
		"failures_total 450 OPTIONS sip": 0, // it came too late
	} {
		if before[name] != want {
			t.Errorf("%s: %v, want %v", name, before[name], want)
		}
	}
	// 300 label sets, 20 have a series.
	folded := 0.0
	for name, v := range before {
		if strings.HasPrefix(name, "series_folded_total ") {
			folded += v
		}
	}
	if folded != 300-20 {
		t.Errorf("%v label sets are folded", folded)
	}
}

// testFamily is a family that is on no page.
func testFamily(name string, labels ...string) *metric {
	return &metric{name: name, desc: prometheus.NewDesc(name, name, labels, nil), kind: prometheus.CounterValue, labels: labels}
}

// Scrapes at the same time share the budget.
func TestBudgetFromSeveralScrapes(t *testing.T) {
	b := newBudget(50)
	m := testFamily("m", "l")
	var wait sync.WaitGroup
	var mu sync.Mutex
	admitted := map[string]int{}
	for range 4 {
		wait.Go(func() {
			for i := range 100 {
				if l := fmt.Sprint(i); b.series(m, []string{l}) != nil {
					mu.Lock()
					admitted[l]++
					mu.Unlock()
				}
			}
		})
	}
	wait.Wait()
	if len(admitted) != 50 {
		t.Errorf("%d are admitted", len(admitted))
	}
	if b.series(testFamily("m", "l", "n"), []string{"1", ""}) != nil || b.series(testFamily("m1"), nil) != nil {
		t.Error("label sets are mistaken for each other")
	}
	if n := testing.AllocsPerRun(100, func() { b.series(m, []string{"7"}) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// Names that the veil shows alike count together, and hidden ones with the others.
func TestNamesBehindTheVeil(t *testing.T) {
	c := correlate.New(correlate.Config{TopDomains: 3}, nil).Counters()
	for range 40 {
		for _, host := range []string{"a.example", "b.example", "192.0.2.1"} {
			c.Count(&record.Registration{AOR: "sip:u@" + host})
		}
	}
	shown := map[string]string{"a.example": "x", "b.example": "x", "192.0.2.1": ""}
	r := registryOf(t, Options{Snapshot: func() Snapshot { return Snapshot{Session: c} }, Veil: Veil{Domain: func(s string) string { return shown[s] }}})
	families, err := r.Gather()
	if err != nil {
		t.Fatal(err)
	}
	now := page(t, families)
	// Each is shown from its 16th time on: 25 times of 40.
	if now["domain_sessions_total x"] != 50 || now["domain_sessions_total other"] != 120-50 || now["series_folded_total sipspan_domain_sessions_total"] != 0 {
		t.Errorf("%v", now)
	}
}

// BenchmarkFullBudget scrapes a page on which the default budget of series is spent, and more.
func BenchmarkFullBudget(b *testing.B) {
	c := new(stats.Counters)
	for peer := range 30 {
		for status := 200; status < 700; status++ {
			k := stats.PeerLabels{Peer: fmt.Sprint("trunk-", peer), Method: 1, Code: uint16(status)}
			c.Peers.Responses.Count(k, k)
			c.Responses[peer%len(c.Responses)][stats.StatusIndex(status)]++
		}
	}
	h := NewHandler(DefaultConfig(), Options{Snapshot: func() Snapshot { return Snapshot{Session: c.Copy()} }, Logger: quiet}, created)
	size := 0
	b.ReportAllocs()
	for b.Loop() {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
		size = strings.Count(w.Body.String(), "\n")
	}
	b.ReportMetric(float64(size), "lines")
}
