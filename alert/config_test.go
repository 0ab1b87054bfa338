package alert

import (
	"bytes"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestDefaultRulesAreValid(t *testing.T) {
	c := DefaultConfig()
	if err := c.Validate(); err != nil {
		t.Error(err)
	}
	if all := Complete(c.Rules); !reflect.DeepEqual(all, c.Rules) {
		t.Error("rules with everything said change when they are completed")
	}
	types := map[string]bool{}
	for _, r := range c.Rules {
		types[r.Type] = true
	}
	for _, kind := range Types() {
		if !types[kind] && kind != StatusCount {
			t.Errorf("no default rule is of type %s", kind)
		}
	}
}

func TestARuleChangesTheDefaultOneOfItsName(t *testing.T) {
	all := Complete([]Rule{
		{Name: "invite-5xx", Threshold: new(0.0), For: new(time.Duration(0)), Except: []string{}},
		{Name: "scanner", Enabled: new(false)},
		{Name: "no-circuit", Type: StatusCount, Cause: "q850 34"},
		{Name: "no-response", Type: StatusRatio, Codes: []string{"408"}},
	})
	byName := map[string]Rule{}
	for _, r := range all {
		byName[r.Name] = r
	}
	if r := byName["invite-5xx"]; *r.Threshold != 0 || *r.For != 0 || r.Severity != Critical || *r.Factor != 3 || r.Methods[0] != "INVITE" {
		t.Errorf("invite-5xx is %+v", r)
	}
	if *byName["scanner"].Enabled || *byName["scanner"].Threshold != 30 {
		t.Errorf("scanner is %+v", byName["scanner"])
	}
	if r := byName["no-circuit"]; *r.Threshold != 10 || !*r.Enabled || r.Severity != Warning {
		t.Errorf("no-circuit is %+v", r)
	}
	if r := byName["no-response"]; r.Type != StatusRatio || len(all) != len(DefaultRules())+1 {
		t.Errorf("no-response is %+v in %d rules", r, len(all))
	}
	if !reflect.DeepEqual(Complete(all), all) {
		t.Error("completed rules change when they are completed again")
	}
}

func TestFaultsOfTheConfiguration(t *testing.T) {
	for want, change := range map[string]func(*Config){
		"interval: 7s: expected a part of a minute":                                   func(c *Config) { c.Interval = 7 * time.Second },
		`time_zone: "Mars": expected`:                                                 func(c *Config) { c.TimeZone = "Mars" },
		`memory_file: "/var/lib/": expected a file`:                                   func(c *Config) { c.MemoryFile = "/var/lib/" },
		"max_sources: 1: expected 100":                                                func(c *Config) { c.MaxSources = 1 },
		`rules[0]: x: type: "": expected status_ratio, status_count`:                  func(c *Config) { c.Rules = []Rule{{Name: "x"}} },
		`rules[1]: the name "x" is there twice`:                                       func(c *Config) { c.Rules = []Rule{{Name: "x", Type: Scanner}, {Name: "x", Type: Scanner}} },
		`rules[0]: X!: name: "X!": expected 1 to 64`:                                  func(c *Config) { c.Rules = []Rule{{Name: "X!", Type: Scanner}} },
		`rules[0]: x: codes: expected what counts as bad`:                             func(c *Config) { c.Rules = []Rule{{Name: "x", Type: StatusRatio}} },
		`rules[0]: x: codes: "7xx": expected a status code`:                           func(c *Config) { c.Rules = []Rule{{Name: "x", Type: StatusRatio, Codes: []string{"7xx"}}} },
		`rules[0]: x: codes: "504-500": expected`:                                     func(c *Config) { c.Rules = []Rule{{Name: "x", Type: StatusRatio, Codes: []string{"504-500"}}} },
		`rules[0]: scanner: codes and cause are for`:                                  func(c *Config) { c.Rules = []Rule{{Name: "scanner", Codes: []string{"503"}}} },
		`rules[0]: invite-5xx: threshold: 10: expected a share from 0 to 1`:           func(c *Config) { c.Rules = []Rule{{Name: "invite-5xx", Threshold: new(10.0)}} },
		`rules[0]: invite-5xx: factor: 0.5: expected 0 for none, or more`:             func(c *Config) { c.Rules = []Rule{{Name: "invite-5xx", Factor: new(0.5)}} },
		`rules[0]: answer-ratio-drop: factor: 2: expected what is left`:               func(c *Config) { c.Rules = []Rule{{Name: "answer-ratio-drop", Factor: new(2.0)}} },
		`rules[0]: invite-5xx: window: 1s: expected 5s to 24h0m0s`:                    func(c *Config) { c.Rules = []Rule{{Name: "invite-5xx", Window: new(time.Second)}} },
		`rules[0]: invite-5xx: methods: "invite": expected the name`:                  func(c *Config) { c.Rules = []Rule{{Name: "invite-5xx", Methods: []string{"invite"}}} },
		`rules[0]: invite-5xx: direction: "up": expected outbound, inbound or either`: func(c *Config) { c.Rules = []Rule{{Name: "invite-5xx", Direction: "up"}} },
		`rules[0]: invite-5xx: min_samples: -1: expected 0 to 1000000`:                func(c *Config) { c.Rules = []Rule{{Name: "invite-5xx", MinSamples: new(-1)}} },
		`rules[0]: invite-5xx: severity: "very bad": expected a word`:                 func(c *Config) { c.Rules = []Rule{{Name: "invite-5xx", Severity: "very bad"}} },
		`rules[0]: invite-5xx: cool_down: -1s: expected 0s to 168h0m0s`:               func(c *Config) { c.Rules = []Rule{{Name: "invite-5xx", CoolDown: new(-time.Second)}} },
	} {
		c := DefaultConfig()
		change(&c)
		if err := c.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v\nwant %s", err, want)
		}
	}
}

// Rules about one peer, one event package or one cause, by hand.
func TestRulesOfOnesOwn(t *testing.T) {
	c := only()
	c.Rules = append(c.Rules,
		Rule{Name: "no-circuit", Type: StatusCount, Cause: "q850 34", Methods: []string{"INVITE"}, Peer: "carrier-a", Factor: new(0.0)},
		Rule{Name: "presence-489", Type: StatusRatio, Event: "presence", Codes: []string{"489"}},
	)
	if err := c.Validate(); err != nil {
		t.Fatal(err)
	}
	got := lines(play(t, c, tell(t, `
		0s-60m 2 INVITE 200 to=carrier-a
		20m-22m 1 INVITE 503 to=carrier-a cause=q850/34
		20m-22m 1 INVITE 503 to=carrier-b cause=q850/34
		30m-32m 1 INVITE 503 to=carrier-a cause=q850/41
		0s-60m 1 SUBSCRIBE 200 event=presence
		40m-42m 1 SUBSCRIBE 489 event=dialog
		50m-52m 1 SUBSCRIBE 489 event=presence`)))
	want := []string{
		"firing no-circuit direction=outbound peer=carrier-a 20m5s", "resolved no-circuit direction=outbound peer=carrier-a 20m5s-22m5s",
		"firing presence-489 50m0s", "resolved presence-489 50m0s-52m0s",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestManualSaysAllOfEachRule(t *testing.T) {
	var out bytes.Buffer
	if err := WriteManual(&out); err != nil {
		t.Fatal(err)
	}
	for _, r := range DefaultRules() {
		if runbook[r.Name] == "" || !strings.Contains(out.String(), "\n### "+r.Name+"\n") {
			t.Errorf("the manual does not say what to do about %s", r.Name)
		}
	}
	if len(runbook) != len(DefaultRules()) {
		t.Error("the runbook is about rules that are not there")
	}
	for _, kind := range Types() {
		if typeSentences[kind] == [2]string{} {
			t.Errorf("the manual does not say what %s is", kind)
		}
	}
}
