//go:build e2e

package e2e

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sipspan/internal/dev/dashboards"
)

const (
	builtIn       = "invite-5xx"              // the rule of the daemon's own engine
	ofPrometheus  = "SipspanCallServerErrors" // the rule of exporters/prometheus/rules
	callsASecond  = "5"
	longEnough    = 4 * time.Minute // for a spike to be found by both, and to be over for both
	watchingPeers = `{name: proxy, addresses: [192.0.2.1]}, {name: outside, addresses: [198.51.100.0/24]}`
)

// TestMonitoring lets Prometheus scrape the daemon while Kamailio and SIPp talk, plants a spike of 503, and waits until both
// the daemon's own engine and the rule of Prometheus have told Alertmanager of it, and of its end.
func TestMonitoring(t *testing.T) {
	folder := t.ArtifactDir()
	prepareNetwork(t)
	binary := build(t, filepath.Join(folder, "sipspan"), "")
	kamailio := startKamailio(t, folder)
	told := startReceiver(t)
	startAlertmanager(t, folder, told.url)
	server := startPrometheus(t, folder)
	native := startNativePrometheus(t, folder)
	live := startWatching(t, folder, binary)

	everyday := newRounds(t, folder)
	calls := everyday.regularCalls()
	everyday.play()
	await(t, "Prometheus scrapes", func() error { return server.gives(`up{job="sipspan"} == 1`) })

	spike := everyday.spike()
	told.awaits(t, builtIn, "firing")
	told.awaits(t, ofPrometheus, "firing")
	everyday.play()
	t.Run("dashboards", func(t *testing.T) { dashboardsHaveData(t, server) })
	t.Run("dashboards of native histograms", func(t *testing.T) { dashboardsHaveData(t, native) })
	t.Run("page", func(t *testing.T) { promtoolLikes(t, scrape(t)) })
	spike.kill()

	told.awaits(t, builtIn, "resolved")
	told.awaits(t, ofPrometheus, "resolved")
	calls.kill()
	kamailio.stop(t)
	live.stop(t)
	t.Run("what the engine told", func(t *testing.T) { told.engineSaysAll(t, binary) })
	t.Run("what is in the files", func(t *testing.T) { alertsWritten(t, live) })
}

// TestRules holds the rules for Prometheus to their tests.
func TestRules(t *testing.T) {
	const rules = "../../exporters/prometheus/rules/"
	tests, err := filepath.Glob(rules + "tests/*.yaml")
	if err != nil || len(tests) == 0 {
		t.Fatal("no tests of the rules", err)
	}
	run(t, "promtool", append([]string{"test", "rules"}, tests...)...)
	run(t, "promtool", "check", "rules", rules+"recording.yaml", rules+"alerting.yaml")
}

// startWatching starts the daemon with rules that make up their mind sooner than the default ones, so that nobody has to wait
// for minutes, and with every way of telling of an alert that the test looks at.
func startWatching(t *testing.T, folder, binary string) *daemon {
	t.Helper()
	config := filepath.Join(folder, "sipspan.yaml")
	records := filepath.Join(folder, "records")
	text := fmt.Sprintf(`
sensor: %s
session: {peers: [%s]}
alerts:
  interval: 1s
  rules:
    - {name: %s, window: 15s, for: 1s, resolve_after: 5s, cool_down: 0s}
exporters:
  files: {directory: %s}
  prometheus: {listen: %q}
  alert:
    file: %s
    pcap: %s
    alertmanager: {urls: ["http://%s"], repeat_every: 5s}
`, sensor, watchingPeers, builtIn, records, metricsAddress, filepath.Join(folder, "alerts.jsonl"), filepath.Join(folder, "pcap"), alertmanagerAddress)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	p := start(t, folder, binary, "run", "-i", "lo", "--immediate", "--config", config, "--log-format", "json")
	p.says(t, `"msg":"capturing"`)
	return &daemon{program: p, records: records}
}

// dashboardsHaveData asks Prometheus every query of every dashboard, until each has had a result.
func dashboardsHaveData(t *testing.T, server *prometheusServer) {
	lacking := map[string]string{} // what lacks data, by query
	for file, board := range dashboards.All() {
		for _, row := range board.Rows {
			for _, panel := range row.Panels {
				for _, q := range panel.Shows {
					if strings.Contains(q.Expr, "process_") {
						continue // the process looks for its number in a /proc that does not belong to these namespaces
					}
					lacking[dashboards.Expand(q.Expr, "30s")] = file + ", " + panel.Title
				}
			}
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	err := eventually(ctx, func() (last error) {
		for query := range lacking {
			if err := server.gives(query); err != nil {
				last = err
				continue
			}
			delete(lacking, query)
		}
		return last
	})
	if err != nil {
		t.Error(err)
	}
	for query, where := range lacking {
		t.Errorf("%s has no data: %s", where, query)
	}
}

// promtoolLikes lets promtool look at the page. The name of one metric is a promise that its linter reads as a unit.
func promtoolLikes(t *testing.T, page string) {
	cmd := exec.CommandContext(t.Context(), "promtool", "check", "metrics")
	cmd.Stdin = strings.NewReader(page)
	out, _ := cmd.CombinedOutput()
	for line := range strings.Lines(string(out)) {
		if !strings.HasPrefix(line, "sipspan_ms_diagnostics_total ") {
			t.Errorf("promtool: %s", line)
		}
	}
}

// alertsWritten looks for the alert in the record files and in the file of alerts.
func alertsWritten(t *testing.T, live *daemon) {
	lines, err := os.ReadFile(filepath.Join(filepath.Dir(live.records), "alerts.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	for where, rows := range map[string][]row{"the record files": live.written(t), "alerts.jsonl": parseRows(t, lines)} {
		states := map[string]int{}
		for _, r := range rows {
			if text(r["record"]) == "alert" && text(r["rule"]) == builtIn {
				states[text(r["state"])]++
			}
		}
		if states["firing"] != 1 || states["resolved"] != 1 {
			t.Errorf("%s have the alert of %s as %v, once firing and once resolved was expected", where, builtIn, states)
		}
	}
}
