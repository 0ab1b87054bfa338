//go:build e2e

package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const (
	prometheusAddress = "127.0.0.1:9090"
	nativeAddress     = "127.0.0.1:9091"
)

// prometheusServer is Debian's Prometheus.
type prometheusServer struct {
	*program
	address string
}

// sooner makes the shipped rules look at seconds where they look at minutes; what they ask is the same.
var sooner = strings.NewReplacer("[2m]", "[15s]", "[5m]", "[20s]", "for: 30s", "for: 2s", "keep_firing_for: 2m", "keep_firing_for: 2s", "interval: 30s", "interval: 1s")

// startPrometheus lets it scrape the daemon every second, with the rules of the tree.
func startPrometheus(t *testing.T, folder string) *prometheusServer {
	t.Helper()
	rules := filepath.Join(folder, "rules")
	if err := os.Mkdir(rules, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"recording.yaml", "alerting.yaml"} {
		text, err := os.ReadFile(filepath.Join("../../exporters/prometheus/rules", name))
		if err == nil {
			err = os.WriteFile(filepath.Join(rules, name), []byte(sooner.Replace(string(text))), 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return servePrometheus(t, folder, "prometheus", prometheusAddress, fmt.Sprintf(`
global: {scrape_interval: 1s, evaluation_interval: 1s}
rule_files: [%s/*.yaml]
alerting: {alertmanagers: [{static_configs: [{targets: [%q]}]}]}
scrape_configs: [{job_name: sipspan, static_configs: [{targets: [%q]}]}]
`, rules, alertmanagerAddress, metricsAddress))
}

// startNativePrometheus starts one that scrapes native histograms, and so keeps no classic ones, and exemplars.
func startNativePrometheus(t *testing.T, folder string) *prometheusServer {
	t.Helper()
	return servePrometheus(t, folder, "native", nativeAddress, fmt.Sprintf(`
global: {scrape_interval: 1s}
scrape_configs: [{job_name: sipspan, static_configs: [{targets: [%q]}]}]
`, metricsAddress), "--enable-feature=native-histograms,exemplar-storage")
}

func servePrometheus(t *testing.T, folder, name, address, text string, flags ...string) *prometheusServer {
	t.Helper()
	config := filepath.Join(folder, name+".yml")
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	p := start(t, folder, "prometheus", append([]string{
		"--config.file=" + config, "--storage.tsdb.path=" + filepath.Join(folder, "tsdb-"+name), "--web.listen-address=" + address,
	}, flags...)...)
	await(t, "Prometheus is ready", func() error {
		if p.hasEnded() {
			return fatal{p.err}
		}
		return answers("http://" + address + "/-/ready")
	})
	return &prometheusServer{p, address}
}

// gives returns an error unless a query has a result.
func (p *prometheusServer) gives(query string) error {
	client := http.Client{Timeout: 10 * time.Second}
	response, err := client.Get("http://" + p.address + "/api/v1/query?query=" + url.QueryEscape(query))
	if err != nil {
		return err
	}
	defer response.Body.Close()
	var answer struct {
		Status, Error string
		Data          struct{ Result []any }
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		return err
	}
	switch {
	case answer.Status != "success":
		return fatal{fmt.Errorf("%s: %s", query, answer.Error)}
	case len(answer.Data.Result) == 0:
		return fmt.Errorf("no result: %s", query)
	}
	return nil
}
