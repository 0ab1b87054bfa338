package prometheus

import (
	"strings"
	"testing"

	"sipspan/record"
	"sipspan/session/stats"
)

func scrapeOpenMetrics(t *testing.T, o Options) string {
	t.Helper()
	_, page := get(t, o, "application/openmetrics-text;version=1.0.0")
	return page
}

func TestExemplars(t *testing.T) {
	text := scrapeOpenMetrics(t, Options{Snapshot: fixed})
	for _, line := range []string{
		`sipspan_calls_total{disposition="busy"} 1.0 # {call_id="c3"} 1.0 1.79525346e+09`,
		`sipspan_failures_total{code="486",method="INVITE",source="sip"} 1.0 # {call_id="c3"} 1.0 1.79525346e+09`,
		`sipspan_call_setup_seconds_bucket{le="0.25"} 1 # {call_id="c1"} 0.18 1.79525346e+09`,
		`sipspan_call_duration_seconds_bucket{le="+Inf"} 2 # {call_id="c2"} 20000.0 1.79525346e+09`, // above all bounds
		`sipspan_rfc6076_srd_seconds_bucket{result="failure",le="0.25"} 1 # {call_id="c3"} 0.15 1.79525346e+09`,
	} {
		if !strings.Contains(text, line+"\n") {
			name, _, _ := strings.Cut(line, "{")
			var like []string
			for l := range strings.Lines(text) {
				if strings.HasPrefix(l, name) && strings.Contains(l, "call_id") {
					like = append(like, l)
				}
			}
			t.Errorf("no %s, but\n%s", line, strings.Join(like, ""))
		}
	}
	for _, family := range gather(t, fixed) {
		if family.GetName() != "sipspan_call_duration_seconds" {
			continue
		}
		if got := family.Metric[0].Histogram.Exemplars; len(got) != 2 || got[0].Label[0].GetValue() != "c1" || got[1].Timestamp == nil {
			t.Errorf("native exemplars: %v", got)
		}
	}
}

func TestExemplarsAreVeiledAndLimited(t *testing.T) {
	for id, want := range map[string]string{
		"abc":                        `# {call_id="veiled abc"}`,
		strings.Repeat("x", 121-7):   `# {call_id="veiled ` + strings.Repeat("x", 121-7) + `"}`,
		strings.Repeat("x", 121-7+1): "", // 7 + 122 > 128
		strings.Repeat("ü", 121-7):   `# {call_id="veiled ` + strings.Repeat("ü", 121-7) + `"}`,
		"bad\xff":                    "",
		"quote\"back\\slash":         `# {call_id="veiled quote\"back\\slash"}`,
		"esc\x1b[31m":                "",
		"c1\u009b31m":                "",
		"line\nfeed":                 "",
		"other\u202edirection":       "",
		"hidden":                     "",
	} {
		c := new(stats.Counters)
		c.Count(&record.Call{Header: record.Header{CallID: id, End: 1}, Disposition: record.Busy})
		veil := Veil{CallID: func(id string) string {
			if id == "hidden" {
				return ""
			}
			return "veiled " + id
		}}
		text := scrapeOpenMetrics(t, Options{Snapshot: func() Snapshot { return Snapshot{Session: c} }, Veil: veil})
		_, got, found := strings.Cut(text, `sipspan_calls_total{disposition="busy"} 1.0`)
		got, _, _ = strings.Cut(got, "\n")
		if !found || !strings.Contains(got, want) || want == "" && got != "" {
			t.Errorf("%q: %q, want %q", id, got, want)
		}
	}
}
