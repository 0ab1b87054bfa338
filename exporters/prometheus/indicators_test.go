package prometheus

import (
	"regexp"
	"strings"
	"testing"
)

var metricName = regexp.MustCompile(`\bsipspan_\w+`)

// TestIndicators asks only for what is on the page, and every ratio is absent where there is nothing below.
func TestIndicators(t *testing.T) {
	series := map[string]bool{}
	for _, f := range Families() {
		series[f.Name] = f.Type != "histogram"
		if f.Type == "histogram" {
			series[f.Name+"_sum"], series[f.Name+"_count"], series[f.Name+"_bucket"] = true, true, true
		}
	}
	names := map[string]bool{}
	for _, i := range Indicators() {
		names[i.Name] = true
		if i.Title == "" || i.Section == "" || i.Formula == "" || i.Counts == "" || i.Query == "" {
			t.Errorf("%s lacks something: %+v", i.Name, i)
		}
		for _, q := range []string{i.Query, i.Strict, i.Peer} {
			if q == "" {
				continue
			}
			for _, name := range metricName.FindAllString(q, -1) {
				if !series[name] {
					t.Errorf("%s asks for %s, which is not on the page", i.Name, name)
				}
			}
			if !strings.Contains(q, "> 0") {
				t.Errorf("%s is not absent where nothing was counted: %s", i.Name, q)
			}
			if strings.Count(q, "(") != strings.Count(q, ")") {
				t.Errorf("%s: %s", i.Name, q)
			}
		}
	}
	for _, name := range strings.Fields("RRD IRA SRD SDD SDT SER SEER ISA SCR ASR NER ACD PDD") {
		if !names[name] {
			t.Errorf("no %s", name)
		}
	}
}

// contract are the families that were promised, with their labels.
const contract = `
capture_packets_total
capture_bytes_total
capture_dropped_packets_total interface stage
packets_ignored_total reason
sip_requests_total method transport
sip_responses_total method code
sip_retransmissions_total method
sip_malformed_total reason
calls_total disposition
calls_active
call_setup_seconds
call_duration_seconds
services_total service
registrations_total outcome
registrations_active
subscriptions_total event outcome
subscriptions_active event
notifies_total event state
subscription_first_notify_seconds event
presence_changes_total basic
failures_total method code source
ms_diagnostics_total code
rfc6076_srd_seconds result
alerts_firing rule
alerts_total rule
sessions_tracked table
sessions_evicted_total table
exporter_errors_total exporter
exporter_queue_records exporter
build_info version revision goversion
`

func TestPromisedNames(t *testing.T) {
	families := map[string]string{}
	for _, f := range Families() {
		families[f.Name] = strings.Join(f.Labels, " ")
	}
	for line := range strings.Lines(strings.TrimSpace(contract)) {
		name, labels, _ := strings.Cut(strings.TrimSpace(line), " ")
		if got, ok := families[namespace+name]; !ok || got != labels {
			t.Errorf("%s has the labels %q, want %q", name, got, labels)
		}
	}
}
