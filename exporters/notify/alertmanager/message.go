package alertmanager

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"sipspan/exporters/notify/delivery"
	"sipspan/record"
)

// postable is postableAlert of the OpenAPI description of Alertmanager's API v2.
type postable struct {
	StartsAt     string            `json:"startsAt,omitempty"`
	EndsAt       string            `json:"endsAt"`
	Labels       map[string]string `json:"labels"`
	Annotations  map[string]string `json:"annotations"`
	GeneratorURL string            `json:"generatorURL,omitempty"`
}

// intervals is how many intervals the end of what is firing lies ahead; so many deliveries may fail before the alert ends.
const intervals = 4

// message returns what is sent to Alertmanager for an alert at a time of the wall clock.
func (c *Config) message(a *record.Alert, now time.Time) postable {
	p := postable{Labels: c.labels(a), Annotations: c.annotations(a), GeneratorURL: cmp.Or(c.ExternalURL, a.PageURL)}
	end := now.Add(intervals * c.RepeatEvery)
	if a.State == delivery.Resolved {
		end = now
		if a.End > 0 {
			end = time.Unix(0, a.End)
		}
	}
	if a.Start > 0 {
		start := time.Unix(0, a.Start)
		p.StartsAt = stamp(start)
		if end.Before(start) {
			end = start // an end before the beginning is refused
		}
	}
	p.EndsAt = stamp(end)
	return p
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }

// reserved are the labels that every alert has.
var reserved = []string{"alertname", "severity", "sensor"}

// labels identify an alert in Alertmanager. Those of the rule win over those of the configuration.
func (c *Config) labels(a *record.Alert) map[string]string {
	all := map[string]string{}
	put := func(name, value string) {
		if value = strings.ToValidUTF8(value, "�"); value != "" { // an empty value means no label
			all[name] = value
		}
	}
	for _, l := range c.Labels {
		put(l.Name, l.Value)
	}
	for _, l := range a.Labels {
		name := labelName(l.Name)
		if slices.Contains(reserved, name) {
			name = "label_" + name
		}
		put(name, l.Value)
	}
	put("alertname", a.Rule)
	put("severity", a.Severity)
	put("sensor", a.Sensor)
	return all
}

// labelName makes a valid label name: [a-zA-Z_][a-zA-Z0-9_]*.
func labelName(s string) string {
	name := strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9':
			return r
		}
		return '_'
	}, s)
	if name != "" && '0' <= name[0] && name[0] <= '9' {
		name = "_" + name
	}
	return name
}

// annotations are read by people. What is unknown has none.
func (c *Config) annotations(a *record.Alert) map[string]string {
	all := map[string]string{}
	put := func(name, value string) {
		if value = strings.ToValidUTF8(value, "�"); value != "" {
			all[name] = value
		}
	}
	put("summary", a.Summary)
	put("value", number(a.Value))
	put("threshold", number(a.Threshold))
	put("baseline", number(a.Baseline))
	put("events", strconv.FormatUint(a.Events, 10))
	if a.Of > 0 {
		put("of", strconv.FormatUint(a.Of, 10))
	}
	put("top_causes", counts(a.TopCauses))
	put("top_peers", counts(a.TopPeers))
	put("samples", strings.Join(a.Samples, ", "))
	put("pcap", a.Pcap)
	put("pcap_url", a.PcapURL)
	put("origin", a.Origin)
	put("likely_cause", a.LikelyCause)
	put("look_at", a.LookAt)
	put("command", a.Command)
	put("symptoms", symptoms(a.Symptoms))
	put("runbook_url", a.RunbookURL)
	if c.RunbookURL != "" {
		put("runbook_url", runbook(c.RunbookURL, a.Rule))
	}
	return all
}

// symptoms lists the other rules that hold, a line each.
func symptoms(list []record.Symptom) string {
	lines := make([]string, len(list))
	for i, s := range list {
		lines[i] = s.Rule + ": " + s.Summary
	}
	return strings.Join(lines, "\n")
}

// runbook adds the name of a rule to the address of a page, unless that names a place on it already.
func runbook(page, rule string) string {
	if rule == "" || strings.Contains(page, "#") {
		return page
	}
	return page + "#" + rule
}

func number(x float64) string {
	if math.IsNaN(x) {
		return ""
	}
	return strconv.FormatFloat(x, 'g', 6, 64)
}

func counts(list []record.Count) string {
	parts := make([]string, len(list))
	for i, c := range list {
		parts[i] = fmt.Sprintf("%s: %d", c.Name, c.Value)
	}
	return strings.Join(parts, ", ")
}
