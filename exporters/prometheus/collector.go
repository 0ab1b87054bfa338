package prometheus

import (
	"runtime"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/protobuf/types/known/timestamppb"

	"sipspan/session/stats"
)

var _ prometheus.Collector = (*Collector)(nil)

// Build names the program that runs.
type Build struct {
	Version, Revision string
}

// Veil is how what identifies people is shown. A nil function shows it unchanged; one that returns "" hides it.
type Veil struct {
	CallID, UserAgent, Domain func(string) string
}

// Collector turns snapshots into metrics.
type Collector struct {
	options Options
	budget  *budget
	created time.Time
}

// NewCollector returns a collector that calls o.Snapshot once for every scrape, from the scrape's goroutine. created is
// when the counters were zero.
func NewCollector(c Config, o Options, created time.Time) *Collector {
	return &Collector{o, newBudget(c.MaxSeries), created}
}

// Describe implements prometheus.Collector.
func (c *Collector) Describe(ch chan<- *prometheus.Desc) {
	for _, m := range families {
		ch <- m.desc
	}
}

// Collect implements prometheus.Collector.
func (c *Collector) Collect(ch chan<- prometheus.Metric) {
	s := c.options.Snapshot()
	if s.MaxSeries > 0 {
		c.budget.resize(s.MaxSeries)
	}
	o := output{ch: ch, created: timestamppb.New(c.created), budget: c.budget, folded: make(map[string]folded), veil: &c.options.Veil}
	o.value(buildInfo, 1, c.options.Build.Version, c.options.Build.Revision, runtime.Version())
	o.capture(&s)
	if s.Session != nil {
		o.wire(s.Session)
		o.sessions(s.Session)
		o.outcomes(s.Session)
	}
	for _, e := range s.Exporters {
		o.count(exporterErrors, e.Errors, e.Name)
		o.count(exporterQueueRecords, e.Queued, e.Name)
	}
	if at := s.Reload.At; !at.IsZero() {
		successful := 0.0
		if s.Reload.Successful {
			successful = 1
		}
		o.value(reloadSuccessful, successful)
		o.value(reloadTime, float64(at.UnixMilli())/1000)
	}
	for _, a := range s.Alerts {
		o.value(alertsFiring, float64(a.Firing), a.Rule)
		o.count(alertsTotal, a.Total, a.Rule)
	}
}

// output writes the samples of one scrape.
type output struct {
	ch      chan<- prometheus.Metric
	created *timestamppb.Timestamp // shared by all
	budget  *budget
	folded  map[string]folded // by family
	veil    *Veil
}

func (o *output) count(m metric, n uint64, labels ...string) {
	if m.kind == prometheus.CounterValue {
		o.countOf(&m, stats.Counted{N: n}, labels...)
		return
	}
	o.value(m, float64(n), labels...)
}

// value writes one sample of a gauge. It panics when the labels are not those of the family, which is a fault of this
// package.
func (o *output) value(m metric, v float64, labels ...string) {
	o.ch <- must(prometheus.NewConstMetric(m.desc, m.kind, v, labels...))
}

func must(m prometheus.Metric, err error) prometheus.Metric {
	if err != nil {
		panic(err)
	}
	return m
}

// capture writes the counters of the sources.
func (o *output) capture(s *Snapshot) {
	o.count(capturePackets, s.Packets)
	o.count(captureBytes, s.Bytes)
	type place struct{ iface, stage string }
	var places []place
	lost := map[place]uint64{}
	for _, d := range s.Drops {
		at := place{d.Interface, d.Stage}
		if _, known := lost[at]; !known {
			places = append(places, at)
		}
		lost[at] += d.Packets
	}
	for _, at := range places {
		o.count(captureDropped, lost[at], at.iface, at.stage)
	}
	for _, l := range s.Reasons {
		o.count(packetsDropped, l.Packets, l.Stage, l.Reason)
	}
	o.value(pipelineLag, s.Lag.Reader.Seconds(), "reader")
	o.value(pipelineLag, s.Lag.Worker.Seconds(), "worker")
	o.value(pipelineShed, float64(s.Shedding))
	for _, reason := range s.Shed {
		o.count(shedMessages, reason.Value, reason.Name)
	}
	for _, i := range s.Interfaces {
		up := 0.0
		if i.Up {
			up = 1
		}
		o.value(interfaceUp, up, i.Name)
		o.count(reopened, i.Reopened, i.Name)
	}
	o.count(streamSkipped, s.SkippedBytes)
	for _, kind := range s.ClockSteps {
		o.count(clockSteps, kind.Value, kind.Name)
	}
	for _, reason := range s.Ignored {
		o.count(packetsIgnored, reason.Value, reason.Name)
	}
	o.count(websockets, s.WebSocket.Connections)
	o.count(websocketMsgs, s.WebSocket.Messages)
	for _, reason := range s.WebSocket.Faults {
		o.count(websocketFault, reason.Value, reason.Name)
	}
	o.count(associations, s.SCTP.Connections)
	o.count(sctpMsgs, s.SCTP.Messages)
	for _, reason := range s.SCTP.Faults {
		o.count(sctpFaults, reason.Value, reason.Name)
	}
	o.value(hepConnections, float64(s.HEP.Open))
	o.count(hepRefused, s.HEP.Refused)
	for _, tunnel := range s.Tunnels {
		o.count(packetsTunnel, tunnel.Value, tunnel.Name)
	}
	for _, reason := range s.Malformed {
		o.count(malformed, reason.Value, reason.Name)
	}
}
