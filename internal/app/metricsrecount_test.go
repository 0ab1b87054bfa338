package app

import (
	"encoding/json"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	dto "github.com/prometheus/client_model/go"

	"sipspan/exporters/prometheus"
	"sipspan/record"
	"sipspan/session/stats"
)

// recounted is what the metrics need of a record, as it was written.
type recounted struct {
	Record      string
	Start, End  time.Time
	Confidence  struct{ Complete bool }
	Disposition string
	Outcome     string
	Status      int
	Method      string
	Event       string
	Challenged  bool
	Services    []string
	Notifies    uint64
	Peers       struct{ From, To string }
	Presence    struct{ Changes uint64 }
	Cause       *struct{ Source, Code string }
	Hops        []struct {
		Src, Dst  string
		Status    int
		Cancelled bool
	}
	Forks []struct {
		Answered bool
		Status   int
	}
	Setup       *float64 `json:"setup_ms"`
	SRD         *float64 `json:"srd_ms"`
	SDD         *float64 `json:"sdd_ms"`
	RRD         *float64 `json:"rrd_ms"`
	Duration    *float64 `json:"duration_ms"`
	FirstNotify *float64 `json:"first_notify_ms"`
}

// recount is the metrics made anew of what was written: counters by name and label values in the order of the family's
// labels, and histograms by how many and the sum in seconds.
type recount map[string]float64

func (r recount) add(n float64, name string, labels ...string) {
	r[strings.Join(append([]string{name}, labels...), " ")] += n
}

func (r recount) count(name string, labels ...string) { r.add(1, name, labels...) }

func (r recount) delay(ms *float64, name string, labels ...string) {
	if ms != nil {
		r.add(1, name+"_count", labels...)
		r.add(*ms/1000, name+"_sum", labels...)
	}
}

// lostBye reports whether nobody answered the BYE of a call within Timer F, at whose end the call ends then. A BYE that was
// not answered yet when the capture ended is none.
func (c *recounted) lostBye() bool {
	if c.Setup == nil || c.Duration == nil || c.SDD != nil {
		return false
	}
	released := c.Start.Add(time.Duration((*c.Setup + *c.Duration) * 1e6))
	return c.End.Sub(released) > time.Second
}

// setups counts a session request by its final status.
func (r recount) setups(prefix string, status int, completed, unanswered bool, labels ...string) {
	r.count(prefix+"_total", labels...)
	for part, is := range map[string]bool{
		"redirected":  status/100 == 3,
		"established": status/100 == 2,
		"effective":   status/100 == 2 || slices.Contains([]int{480, 486, 600, 603}, status),
		"ineffective": slices.Contains([]int{408, 500, 503, 504}, status),
		"completed":   completed,
		"unanswered":  unanswered || status == 408 || status == 504,
	} {
		if is {
			r.count(prefix+"_"+part+"_total", labels...)
		}
	}
}

func (r recount) call(c *recounted) {
	r.count("calls_total", c.Disposition)
	if c.Confidence.Complete {
		r.count("calls_complete_total", c.Disposition)
	}
	for _, s := range c.Services {
		r.count("services_total", s)
	}
	r.delay(c.Setup, "call_setup_seconds")
	r.delay(c.Duration, "call_duration_seconds")
	counts := c.Confidence.Complete && c.Disposition != "in_progress"
	completed := c.Disposition == "answered" && c.SDD != nil
	touched := map[[2]string]bool{}
	for _, h := range c.Hops {
		for _, end := range [][2]string{{peerOf(h.Src), "inbound"}, {peerOf(h.Dst), "outbound"}} {
			if !touched[end] {
				touched[end] = true
				r.count("peer_calls_total", end[0], end[1], c.Disposition)
				if c.Confidence.Complete {
					r.count("peer_calls_complete_total", end[0], end[1], c.Disposition)
				}
			}
			if counts {
				established := h.Status/100 == 2
				lost := established && c.lostBye() || h.Status == 0 && !h.Cancelled
				r.setups("peer_rfc6076_sessions", h.Status, established && completed, lost, end[0], end[1])
			}
		}
	}
	if !counts {
		return
	}
	status := c.Status
	lost := c.Disposition == "timeout" || c.Disposition == "no_answer" && status == 0
	if c.Disposition == "answered" {
		lost = c.lostBye()
	}
	if c.Challenged {
		r.count("rfc6076_invites_total") // the first try
	}
	r.setups("rfc6076_invites", status, completed, lost)
	r.setups("rfc6076_sessions", status, completed, lost)
	switch {
	case c.Disposition == "answered":
		r.delay(c.SRD, "rfc6076_srd_seconds", "success")
		if n := len(c.Forks) - 1; n > 0 { // each has its delay, of which the record tells the first
			r.add(float64(n), "rfc6076_srd_seconds_count", "success")
			r.add(math.NaN(), "rfc6076_srd_seconds_sum", "success")
		}
		r.delay(c.SDD, "rfc6076_sdd_seconds", "success")
		if c.SDD != nil {
			r.delay(c.Duration, "rfc6076_sdt_seconds", "success")
		}
	case status >= 400 && status != 401 && status != 402 && status != 407, lost:
		r.delay(c.SRD, "rfc6076_srd_seconds", "failure")
	}
}

func (r recount) registration(g *recounted) {
	r.count("registrations_total", g.Outcome)
	if !g.Confidence.Complete || g.Outcome == "in_progress" {
		return
	}
	failed := g.Outcome == "timeout" || g.Status >= 400 && g.Status != 401 && g.Status != 402 && g.Status != 407
	if g.Challenged {
		r.count("rfc6076_registers_total")
	}
	r.count("rfc6076_registers_total")
	r.count("rfc6076_registrations_total")
	if failed {
		r.count("rfc6076_registers_ineffective_total")
		r.count("rfc6076_registrations_ineffective_total")
	}
	r.delay(g.RRD, "rfc6076_rrd_seconds")
}

func (r recount) failure(f *recounted) {
	code, source, cause := "none", "sip", "none"
	if f.Status != 0 {
		code = strconv.Itoa(f.Status)
	}
	if f.Cause != nil {
		source = f.Cause.Source
		cause = stats.CauseLabel(&record.Cause{Source: source, Code: f.Cause.Code})
	}
	r.count("failures_total", f.Method, code, source)
	r.count("failure_causes_total", f.Method, code, cause) // the record does not say the event package
	r.count("peer_failures_total", f.Peers.From, "inbound", f.Method, code, cause)
	r.count("peer_failures_total", f.Peers.To, "outbound", f.Method, code, cause)
	if source == "ms-diagnostics" {
		number, _, _ := strings.Cut(f.Cause.Code, ".")
		r.count("ms_diagnostics_total", number)
	}
}

func (r recount) record(line string, t *testing.T) {
	var w recounted
	if err := json.Unmarshal([]byte(line), &w); err != nil {
		t.Fatalf("%v: %s", err, line)
	}
	r.count("records_total", w.Record)
	switch w.Record {
	case "call":
		r.call(&w)
	case "registration":
		r.registration(&w)
	case "subscription":
		w.Event = knownEvent(w.Event)
		r.count("subscriptions_total", w.Event, w.Outcome)
		r.delay(w.FirstNotify, "subscription_first_notify_seconds", w.Event)
		r.add(float64(w.Notifies), "notifies_total", w.Event)
	case "publication":
		r.count("publications_total", w.Outcome)
	case "failure":
		r.failure(&w)
	}
}

func knownEvent(name string) string {
	for e := range stats.EventPackage(stats.NumEvents) {
		if e.String() == name {
			return name
		}
	}
	return "other"
}

// stats takes the account in. What it does not tell apart is counted without that label.
func (r recount) stats(line string, t *testing.T) {
	decoded, err := record.Decode([]byte(line))
	if err != nil {
		t.Fatal(err)
	}
	a := decoded.(*record.Stats)
	r.add(float64(a.Packets), "capture_packets_total")
	r.add(float64(a.Bytes), "capture_bytes_total")
	r.add(float64(a.Retransmissions), "sip_retransmissions_total")
	for name, counts := range map[string][]record.Count{
		"sip_requests_total": a.Messages.Requests, "sip_responses_total": a.Messages.Responses, "sip_malformed_total": a.Malformed,
		"packets_ignored_total": a.Ignored,
	} {
		for _, c := range counts {
			r.add(float64(c.Value), name, c.Name)
		}
	}
	for _, c := range a.Dropped {
		stage, _, _ := strings.Cut(c.Name, "_")
		r.add(float64(c.Value), "capture_dropped_packets_total", stage)
	}
}

// without are the labels that the records do not tell: what differs in them is added up before it is compared.
var without = map[string]string{
	"sip_requests_total":            "transport",
	"sip_responses_total":           "method",
	"sip_retransmissions_total":     "method",
	"failure_causes_total":          "event",
	"notifies_total":                "state",
	"capture_dropped_packets_total": "interface",
}

// notRecounted are the families that no record tells of, with what is asked of them instead, or why nothing is.
var notRecounted = map[string]string{
	"peer_requests_total":           "compared with all requests, see comparePeerHops",
	"peer_responses_total":          "compared with all final responses",
	"presence_changes_total":        "a subscription has its own count; the metric counts a change once however many watch it",
	"event_bodies_unreadable_total": "no record tells",
	"calls_active":                  "nothing goes on any more, see below", "registrations_active": "likewise", "subscriptions_active": "likewise", "sessions_tracked": "likewise", "table_bytes": "likewise",
	"sessions_evicted_total": "nothing was evicted, see below", "series_folded_total": "nothing was folded, see below",
	"exporter_errors_total": "there is no exporter", "exporter_queue_records": "likewise", "alerts_firing": "there is no rule", "alerts_total": "likewise",
	"user_agent_sessions_total": "not asked for", "domain_sessions_total": "likewise", "build_info": "says itself",
}

// peerOf returns the peer of an address, see everybody.
func peerOf(addr string) string {
	switch {
	case strings.HasPrefix(addr, "192.0.2.10:"), strings.HasPrefix(addr, "192.0.2.12:"), strings.HasPrefix(addr, "10.1."):
		return "phones"
	case strings.HasPrefix(addr, "192.0.2."), strings.HasPrefix(addr, "10."):
		return "core"
	}
	return "elsewhere"
}

// onPage returns the numbers of a page in the form of a recount.
func onPage(families []*dto.MetricFamily) recount {
	labels := map[string][]string{}
	for _, f := range prometheus.Families() {
		labels[f.Name] = f.Labels
	}
	r := recount{}
	for _, f := range families {
		name := strings.TrimPrefix(f.GetName(), "sipspan_")
		for _, m := range f.Metric {
			value := map[string]string{}
			for _, l := range m.Label {
				value[l.GetName()] = l.GetValue()
			}
			var values []string
			for _, l := range labels[f.GetName()] {
				if l != without[name] {
					values = append(values, value[l])
				}
			}
			switch {
			case m.Histogram != nil:
				r.add(float64(m.Histogram.GetSampleCount()), name+"_count", values...)
				r.add(m.Histogram.GetSampleSum(), name+"_sum", values...)
			case m.Gauge != nil:
				r.add(m.Gauge.GetValue(), name, values...)
			default:
				r.add(m.Counter.GetValue(), name, values...)
			}
		}
	}
	return r
}

// compareWithRecords compares every number of a page with what was written.
func compareWithRecords(t *testing.T, s scraped) {
	t.Helper()
	want := recount{}
	lines := strings.Split(strings.TrimSpace(s.lines), "\n")
	for _, line := range lines[:len(lines)-1] {
		want.record(line, t)
	}
	want.stats(lines[len(lines)-1], t)
	got := onPage(s.families)
	families := map[string]bool{}
	for name := range got {
		family, _, _ := strings.Cut(name, " ")
		families[family] = true
	}
	names := slices.Sorted(maps.Keys(got))
	for name := range want {
		if _, there := got[name]; !there {
			names = append(names, name)
		}
	}
	compared := 0
	for _, name := range names {
		family, _, _ := strings.Cut(name, " ")
		if _, skip := notRecounted[family]; skip {
			continue
		}
		if want[name] != 0 {
			compared++
		}
		if math.Abs(got[name]-want[name]) > 1e-6*math.Max(1, want[name]) {
			t.Errorf("%s is %v, the records say %v", name, got[name], want[name])
		}
	}
	if compared < 40 {
		t.Errorf("only %d numbers are compared", compared)
	}
	for name, n := range got {
		if name == "sessions_tracked presentities" || name == "table_bytes call_ids" {
			continue // a Call-ID stays counted, and what is known of a presentity outlives the subscriptions to it
		}
		switch family, _, _ := strings.Cut(name, " "); family {
		case "calls_active", "registrations_active", "subscriptions_active", "sessions_tracked", "table_bytes", "sessions_evicted_total", "series_folded_total":
			if n != 0 {
				t.Errorf("%s is %v at the end", name, n)
			}
		}
	}
	comparePeerHops(t, got)
}

// comparePeerHops compares what is counted by peer with all there is. Everybody is a peer, so each hop has one end where
// it is inbound and one where it is outbound; what was repeated counts once, and an ACK or CANCEL belongs to its INVITE.
func comparePeerHops(t *testing.T, got recount) {
	t.Helper()
	sums := recount{}
	for name, n := range got {
		words := strings.Fields(name)
		switch words[0] {
		case "peer_requests_total":
			sums.add(n, "request", words[2], words[3])
		case "peer_responses_total":
			sums.add(n, "response", words[2], words[4])
		}
	}
	for name, n := range got {
		words := strings.Fields(name)
		repeated := got["sip_retransmissions_total"]
		var key string
		switch words[0] {
		case "sip_requests_total":
			if words[1] == "ACK" || words[1] == "CANCEL" {
				continue
			}
			key = "request %s " + words[1]
		case "sip_responses_total":
			if words[1] < "200" || words[1] == "200" { // 200 answers a CANCEL as well
				continue
			}
			key = "response %s " + words[1]
		default:
			continue
		}
		in, out := sums[strings.Replace(key, "%s", "inbound", 1)], sums[strings.Replace(key, "%s", "outbound", 1)]
		if in != out || in > n || in < n-repeated {
			t.Errorf("%s: %v by the peers they came from, %v by those they went to; %v on the wire, %v of all messages repeated", key, in, out, n, repeated)
		}
	}
}
