package prometheus

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

type ruleFile struct {
	Groups []struct {
		Rules []struct {
			Record, Alert, Expr string
			Annotations         map[string]string
		}
	}
}

func readYAML(t *testing.T, path string, into any) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err == nil {
		err = yaml.Unmarshal(text, into)
	}
	if err != nil {
		t.Fatal(err)
	}
}

var seriesName = regexp.MustCompile(`\bsipspan[\w:]*`)

// TestRulesAskForWhatIsThere: promtool tells what the rules come to; here is that what they ask for is served or recorded, and
// that their runbooks exist.
func TestRulesAskForWhatIsThere(t *testing.T) {
	there := map[string]bool{}
	for _, f := range Families() {
		there[f.Name] = true
		if f.Type == "histogram" {
			there[f.Name+"_sum"], there[f.Name+"_count"], there[f.Name+"_bucket"] = true, true, true
		}
	}
	var recording, alerting ruleFile
	readYAML(t, "rules/recording.yaml", &recording)
	readYAML(t, "rules/alerting.yaml", &alerting)
	for _, g := range recording.Groups {
		for _, r := range g.Rules {
			there[r.Record] = true
		}
	}
	var tested struct {
		Tests []struct {
			AlertRuleTest []struct {
				Alertname string
				ExpAlerts []any `yaml:"exp_alerts"`
			} `yaml:"alert_rule_test"`
		}
	}
	fires, quiet := map[string]bool{}, map[string]bool{}
	for _, file := range []string{"alerting", "history"} {
		readYAML(t, "rules/tests/"+file+".yaml", &tested)
		for _, test := range tested.Tests {
			for _, a := range test.AlertRuleTest {
				fires[a.Alertname] = fires[a.Alertname] || len(a.ExpAlerts) > 0
				quiet[a.Alertname] = quiet[a.Alertname] || len(a.ExpAlerts) == 0
			}
		}
	}
	for _, g := range slices.Concat(recording.Groups, alerting.Groups) {
		for _, r := range g.Rules {
			for _, name := range seriesName.FindAllString(r.Expr, -1) {
				if !there[name] {
					t.Errorf("%s%s asks for %s, which nobody serves", r.Record, r.Alert, name)
				}
			}
			if r.Alert == "" {
				continue
			}
			if r.Annotations["summary"] == "" || r.Annotations["description"] == "" {
				t.Errorf("%s says nothing to a person", r.Alert)
			}
			checkRunbook(t, r.Alert, r.Annotations["runbook_url"])
			if !fires[r.Alert] || !quiet[r.Alert] {
				t.Errorf("no test has %s firing and quiet", r.Alert)
			}
		}
	}
}

// checkRunbook looks for the heading that a runbook leads to.
func checkRunbook(t *testing.T, alert, url string) {
	t.Helper()
	page, anchor, _ := strings.Cut(url, "#")
	text, err := os.ReadFile(filepath.Join("..", "..", page))
	if err != nil {
		t.Errorf("%s: %v", alert, err)
		return
	}
	for line := range strings.Lines(string(text)) {
		if heading, ok := strings.CutPrefix(strings.TrimLeft(line, "#"), " "); ok && line[0] == '#' &&
			strings.ReplaceAll(strings.ToLower(strings.TrimSpace(heading)), " ", "-") == anchor {
			return
		}
	}
	t.Errorf("the runbook of %s, %s, leads nowhere", alert, url)
}
