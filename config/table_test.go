package config

import (
	"bytes"
	"reflect"
	"strings"
	"testing"

	"sipspan/alert"
	"sipspan/session/stats"
)

const peersYAML = `session:
  peers:
    - name: carrier-a
      addresses: [192.0.2.0/24, "2001:db8::/32"]
    - {name: site, addresses: [198.51.100.7]}
`

var peersWanted = []stats.Peer{
	{Name: "carrier-a", Addresses: []string{"192.0.2.0/24", "2001:db8::/32"}},
	{Name: "site", Addresses: []string{"198.51.100.7"}},
}

func TestTableOfTheFile(t *testing.T) {
	s := mustLoad(t, peersYAML)
	if got := s.Config.Session.Peers; !reflect.DeepEqual(got, peersWanted) {
		t.Errorf("peers are %+v, want %+v", got, peersWanted)
	}
	var out bytes.Buffer
	if err := s.WriteYAML(&out); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "    - name: carrier-a\n      addresses: [192.0.2.0/24, \"2001:db8::/32\"]\n") &&
		!strings.Contains(out.String(), "    - name: carrier-a\n      addresses: [192.0.2.0/24, 2001:db8::/32]\n") {
		t.Errorf("the dump does not hold the table:\n%s", out.String())
	}
	if got := mustLoad(t, out.String()).Config.Session.Peers; !reflect.DeepEqual(got, peersWanted) {
		t.Errorf("the dump loads to %+v, want %+v", got, peersWanted)
	}
	other := mustLoad(t, strings.Replace(peersYAML, "carrier-a", "carrier-b", 1))
	if changed := Changed(&s.Config, &other.Config); len(changed) != 1 || changed[0].Name != "session.peers" {
		t.Errorf("changed keys are %v", changed)
	}
}

func TestTableOfTheEnvironment(t *testing.T) {
	t.Setenv("SIPSPAN_SESSION_PEERS", `[{name: carrier-a, addresses: [192.0.2.0/24, "2001:db8::/32"]}, {name: site, addresses: [198.51.100.7]}]`)
	s := mustLoad(t, "")
	if got := s.Config.Session.Peers; !reflect.DeepEqual(got, peersWanted) {
		t.Errorf("peers are %+v, want %+v", got, peersWanted)
	}
}

func TestFaultsInATable(t *testing.T) {
	for text, want := range map[string]string{
		"session: {peers: carrier}":                                      `session.peers: expected a list of entries, each with name, addresses, found "carrier"`,
		"session: {peers: [carrier]}":                                    `session.peers: expected a list of entries, each with name, addresses, found "carrier" in it`,
		"session:\n  peers:\n    - name: a\n      adresses: [192.0.2.1]": `sipspan.yaml:4: session.peers: an entry has no "adresses"; expected name, addresses`,
		"alerts: {rules: [{name: scanner, threshold: many}]}":            `alerts.rules[].threshold: expected a number, found "many"`,
		"alerts: {rules: [{name: scanner, window: 5}]}":                  `alerts.rules[].window: expected a duration such as 500ms, 5s or 1m30s, found the number 5`,
		"alerts: {rules: [{name: invite-5xx, codes: [true]}]}":           `alerts.rules[].codes: expected a list of texts, found`,
		"alerts: {rules: [{name: invite-5xx, min_samples: 1.5}]}":        `alerts.rules[].min_samples: expected a whole number`,
		"session: {peers: [{name: a, name: b}]}":                         `has name twice in one entry`,
		"session: {peers: [{name: a, addresses: 192.0.2.1}]}":            `session.peers[].addresses: expected a list`,
		"session: {peers: [{name: 5, addresses: [192.0.2.1]}]}":          `session.peers[].name: expected a text, found the number 5`,
		"session: {peers: [{name: a, addresses: [edge]}]}":               `session.peers: [0]: a: "edge" is no address`,
	} {
		_, err := load(t, text)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s\n got %v\nwant %s", text, err, want)
		}
	}
	t.Setenv("SIPSPAN_SESSION_PEERS", "carrier")
	if _, err := load(t, ""); err == nil || !strings.Contains(err.Error(), "SIPSPAN_SESSION_PEERS") {
		t.Errorf("a wrong variable: %v", err)
	}
}

func TestRulesOfTheFile(t *testing.T) {
	s := mustLoad(t, "alerts:\n  rules:\n    - {name: invite-5xx, codes: [503, 500-502, 6xx], except: [501], threshold: 0, for: 0s, enabled: false}\n    - {name: mine, type: scanner}\n")
	all := map[string]alert.Rule{}
	for _, r := range s.Config.Alerts.Rules {
		all[r.Name] = r
	}
	changed, other := all["invite-5xx"], all["mine"]
	if strings.Join(changed.Codes, " ") != "503 500-502 6xx" || strings.Join(changed.Except, " ") != "501" || *changed.Threshold != 0 || *changed.For != 0 || *changed.Enabled {
		t.Errorf("the changed rule is %+v", changed)
	}
	if *changed.Factor != 3 || changed.Severity != alert.Critical || !*other.Enabled || len(all) != len(alert.DefaultRules())+1 {
		t.Errorf("what is not said is no default: %+v, %+v of %d", changed, other, len(all))
	}
	var out bytes.Buffer
	if err := s.WriteYAML(&out); err != nil {
		t.Fatal(err)
	}
	if again := mustLoad(t, out.String()); !reflect.DeepEqual(again.Config.Alerts, s.Config.Alerts) {
		t.Errorf("the dump loads to other rules:\n%s", out.String())
	}
	if !strings.Contains(out.String(), "      codes: [503, 500-502, 6xx]\n      except: [501]\n") {
		t.Errorf("the dump is\n%s", out.String())
	}
}
