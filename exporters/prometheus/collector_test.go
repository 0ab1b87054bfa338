package prometheus

import (
	"bytes"
	"flag"
	"math"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"

	"sipspan/exporters"
	"sipspan/internal/wire"
	"sipspan/record"
	"sipspan/session/correlate"
	"sipspan/session/stats"
)

var update = flag.Bool("update", false, "write the golden files")

var created = time.Date(2026, 11, 21, 9, 30, 0, 0, time.UTC)

func ms(n float64) record.Elapsed {
	return record.Elapsed{D: time.Duration(n * 1e6), Known: true}
}

// method is the index of a SIP method.
func method(name string) int { return slices.Index(methods, name) }

// fixed is a snapshot in which every family has a sample.
func fixed() Snapshot {
	c := correlate.New(correlate.Config{TopUserAgents: config.TopUserAgents, TopDomains: config.TopDomains}, nil).Counters()
	for range 16 {
		c.Count(&record.Registration{UserAgent: "phone/1.0", AOR: "sip:u@Example.com", Header: record.Header{Confidence: record.Confidence{Flags: record.OneWay}}})
	}
	c.Requests[method("INVITE")][wire.UDP] = 12
	c.Requests[method("INVITE")][wire.TCP] = 3
	c.Requests[method("OTHER")][wire.WSS] = 1
	c.Responses[method("INVITE")][stats.StatusIndex(200)] = 9
	c.Responses[method("BYE")][stats.StatusIndex(481)] = 2
	c.Retransmissions[method("INVITE")] = 4
	c.Notifies[stats.EventPresence][stats.NotifyActive] = 5
	c.CallsActive, c.RegistrationsActive = 2, 17
	c.SubscriptionsActive[stats.EventDialog] = 1
	c.Tracked[stats.TableCalls], c.Evicted[stats.TableRegistrations] = 2, 1
	for _, r := range []record.Record{
		&record.Call{Header: head("c1"), Disposition: record.Answered, Status: 200, Setup: ms(180), Duration: ms(65_000), SDD: ms(20), ByeStatus: 200, Tries: tries(200)},
		&record.Call{Header: head("c2"), Disposition: record.Answered, Status: 200, Setup: ms(2200), Duration: ms(20_000_000), ByeWait: ms(32_000), Tries: tries(200)},
		&record.Call{
			Header: head("c3"), Disposition: record.Busy, Status: 486, Services: []string{"call_hold", "forward_busy"}, Tries: tries(486),
			PeerLegs: []record.PeerLeg{{Peer: "carrier", Status: 503}, {Peer: "spare", Status: 486}, {Peer: "site", Inbound: true, Status: 486}},
		},
		&record.Call{Header: head("c4"), Disposition: record.Answered, Status: 200, PeerLegs: []record.PeerLeg{{Peer: "spare", Status: 302}, {Peer: "spare", Status: 200}}, ByeStatus: 200, Tries: tries(200)},
		&record.Call{Header: head("c5"), Disposition: record.Timeout, PeerLegs: []record.PeerLeg{{Peer: "carrier", Unanswered: true}}, Tries: tries(0)},
		&record.Registration{Header: head("r1"), Outcome: record.Registered, Status: 200, Tries: tries(200)},
		&record.Subscription{Event: "presence", Outcome: record.Active, FirstNotify: ms(7)},
		&record.Subscription{Event: "message-summary", Outcome: record.OutcomeFailed},
		&record.Publication{Outcome: record.Published},
		&record.TLS{Outcome: record.TLSReset, NotAfter: 2e18},
		&record.Failure{Header: head("c3"), Method: "INVITE", Status: 486},
		&record.Failure{Header: head("r2"), Method: "REGISTER", Cause: &record.Cause{Source: "timeout", Code: "timer_f"}},
		&record.Failure{Header: head("s1"), Method: "SUBSCRIBE", Event: "presence", Status: 403, Cause: &record.Cause{Source: "ms-diagnostics", Code: "2"}},
	} {
		c.Count(r)
	}
	labels := stats.PeerLabels{Peer: "carrier", Direction: stats.Outbound, Method: 1}
	c.Peers.Requests.Count(labels, labels)
	labels.Code = 503
	c.Peers.Responses.Count(labels, labels)
	return Snapshot{
		Packets: 1000, Bytes: 640_000,
		Drops: []Drop{
			{"eth0", "kernel", 3}, {"eth0", "interface", 0}, {"eth1", "kernel", 0}, {"eth1", "interface", 1},
			{"", "reassembly", 2}, {"", "reassembly", 5}, {"", "queue", 0},
		},
		Reasons:    []Loss{{"reassembly", "fragment_lost", 2}, {"reassembly", "tcp_limit", 5}, {"queue", "batch_full", 0}},
		Lag:        Lag{Reader: 20 * time.Millisecond, Worker: 1500 * time.Millisecond},
		Shedding:   2,
		Shed:       []record.Count{{Name: "new_call"}, {Name: "new_session", Value: 7}},
		Interfaces: []Interface{{"eth0", true, 0}, {"eth1", false, 2}},
		ClockSteps: []record.Count{{Name: "back", Value: 1}, {Name: "wild"}},
		Ignored:    []record.Count{{Name: "arp", Value: 10}, {Name: "rtp"}},
		Tunnels:    []record.Count{{Name: "vxlan", Value: 4}},
		WebSocket:  Carrier{Connections: 3, Messages: 12, Faults: []record.Count{{Name: "cut", Value: 1}}},
		SCTP:       Carrier{Connections: 2, Messages: 8, Faults: []record.Count{{Name: "malformed", Value: 1}}},
		Malformed:  []record.Count{{Name: "bad_start_line", Value: 1}},
		Session:    c,
		Exporters:  []exporters.Stats{{Name: "files", Queued: 4, Delivered: 100, Errors: 2}},
		Alerts:     []AlertCount{{Rule: "5xx_spike", Firing: 1, Total: 7}, {Rule: "silence"}},
		Reload:     Reload{Successful: true, At: time.Unix(1700000000, 0)},
	}
}

// head is the header of a record of the carrier's.
func head(callID string) record.Header {
	end := created.Add(time.Minute).UnixNano()
	return record.Header{CallID: callID, Start: created.UnixNano(), End: end, Peers: record.Peers{To: "carrier"}}
}

// tries is one request that was answered after 150 ms, if at all.
func tries(status int) record.Tries {
	a := record.Attempt{Start: created.UnixNano(), Status: status}
	if status != 0 {
		a.Final = a.Start + 150e6
	}
	return record.Tries{Last: a}
}

// config shows the names, too.
var config = func() Config {
	c := DefaultConfig()
	c.TopUserAgents, c.TopDomains = 1, 1
	return c
}()

func registry(t *testing.T, snapshot func() Snapshot) *prometheus.Registry {
	t.Helper()
	return registryOf(t, Options{Snapshot: snapshot, Build: Build{"1.0.0", "abc123"}})
}

func registryOf(t *testing.T, o Options) *prometheus.Registry {
	t.Helper()
	r := prometheus.NewPedanticRegistry()
	if err := r.Register(NewCollector(config, o, created)); err != nil {
		t.Fatal(err)
	}
	return r
}

func gather(t *testing.T, snapshot func() Snapshot) []*dto.MetricFamily {
	t.Helper()
	found, err := registry(t, snapshot).Gather()
	if err != nil {
		t.Fatal(err)
	}
	return found
}

var goVersion = regexp.MustCompile(`goversion="[^"]*"`)

func TestPage(t *testing.T) {
	for name, snapshot := range map[string]func() Snapshot{
		"page":  fixed,
		"start": func() Snapshot { return Snapshot{Session: &stats.Counters{}} },
	} {
		var page bytes.Buffer
		for _, family := range gather(t, snapshot) {
			if _, err := expfmt.MetricFamilyToText(&page, family); err != nil {
				t.Fatal(err)
			}
		}
		got := goVersion.ReplaceAll(page.Bytes(), []byte(`goversion="go"`))
		path := "testdata/" + name + ".prom"
		if *update {
			if err := os.WriteFile(path, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Errorf("%s: -want +got:\n%s", name, diff)
		}
	}
}

func TestPageIsLinted(t *testing.T) {
	found := gather(t, fixed)
	problems, err := promlint.NewWithMetricFamilies(found).Lint()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		if p.Metric == "sipspan_ms_diagnostics_total" && p.Text == "metric names should not contain abbreviated units" {
			continue // ms stands for Microsoft there
		}
		t.Errorf("%s: %s", p.Metric, p.Text)
	}
	if len(found) != len(families) {
		t.Errorf("%d of %d families are on the page", len(found), len(families))
	}
}

func TestFamiliesAreThePage(t *testing.T) {
	described := map[string]Family{}
	for _, f := range Families() {
		described[f.Name] = f
	}
	for _, family := range gather(t, fixed) {
		f := described[family.GetName()]
		if f.Help != family.GetHelp() || f.Type != strings.ToLower(family.GetType().String()) {
			t.Errorf("%+v, on the page %v %q", f, family.GetType(), family.GetHelp())
		}
		for _, m := range family.Metric {
			var labels []string
			for _, l := range m.Label {
				labels = append(labels, l.GetName())
			}
			if want := slices.Sorted(slices.Values(f.Labels)); !slices.Equal(labels, want) {
				t.Errorf("%s: labels %v, want %v", f.Name, labels, want)
			}
		}
	}
}

func TestCollectorWithoutCounters(t *testing.T) {
	if len(gather(t, func() Snapshot { return Snapshot{} })) == 0 {
		t.Error("an empty page")
	}
}

// TestNativeBuckets takes spans and deltas apart again and compares with the histogram they were made of.
func TestNativeBuckets(t *testing.T) {
	var h stats.Histogram
	for _, d := range []time.Duration{0, 1, time.Millisecond, 1100 * time.Microsecond, time.Second, time.Second, 1300 * time.Millisecond, 5 * time.Hour, 1000 * time.Hour} {
		h.Observe(d)
	}
	out := &dto.Histogram{}
	native(out, &h)
	classic(out, &h)
	got := map[int]uint64{}
	index, at, n := int32(0), 0, int64(0)
	for _, span := range out.PositiveSpan {
		index += span.GetOffset()
		for range span.GetLength() {
			n += out.PositiveDelta[at]
			at++
			if n < 0 {
				t.Fatalf("bucket %d holds %d", index, n)
			}
			if n > 0 {
				got[int(index)] = uint64(n)
			}
			index++
		}
	}
	if at != len(out.PositiveDelta) {
		t.Errorf("spans name %d buckets, there are %d", at, len(out.PositiveDelta))
	}
	want, sum := map[int]uint64{}, h.Zero
	h.Native(func(i int, n uint64) bool {
		want[i] = n
		sum += n
		return true
	})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if sum != h.Count || out.GetZeroCount() != h.Zero {
		t.Errorf("%d values, %d in native buckets", h.Count, sum)
	}
	last := out.Bucket[len(out.Bucket)-1]
	if last.GetCumulativeCount() != h.Count-h.Bucket[len(h.Bucket)-1] || math.IsInf(last.GetUpperBound(), 1) {
		t.Errorf("last classic bucket: %v", last)
	}
}

func TestHistogramsHaveBothKindsOfBuckets(t *testing.T) {
	for _, family := range gather(t, fixed) {
		if family.GetType() != dto.MetricType_HISTOGRAM {
			continue
		}
		for _, m := range family.Metric {
			h := m.Histogram
			if len(h.Bucket) == 0 || h.Schema == nil || h.GetCreatedTimestamp().AsTime() != created {
				t.Errorf("%s: %v", family.GetName(), h)
			}
			if h.GetSampleCount() > 0 && len(h.PositiveSpan) == 0 {
				t.Errorf("%s: no native buckets", family.GetName())
			}
		}
	}
}
