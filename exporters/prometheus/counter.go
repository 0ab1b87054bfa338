package prometheus

import (
	"fmt"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	"google.golang.org/protobuf/types/known/timestamppb"

	"sipspan/session/stats"
)

var _ prometheus.Metric = (*counted)(nil)

// counted is a counter of one scrape. There may be many, and the constant counters of the library would
// allocate each label and the created timestamp again.
type counted struct {
	desc     *prometheus.Desc
	labels   []*dto.LabelPair
	value    float64
	created  *timestamppb.Timestamp
	exemplar *dto.Exemplar
}

// Desc implements prometheus.Metric.
func (c *counted) Desc() *prometheus.Desc { return c.desc }

// Write implements prometheus.Metric.
func (c *counted) Write(out *dto.Metric) error {
	out.Label = c.labels
	out.Counter = &dto.Counter{Value: &c.value, CreatedTimestamp: c.created, Exemplar: c.exemplar}
	return nil
}

// countOf writes one counter with the exemplar that it may have.
func (o *output) countOf(m *metric, n stats.Counted, labels ...string) {
	o.counter(m, n, m.pairs(labels))
}

func (o *output) counter(m *metric, n stats.Counted, labels []*dto.LabelPair) {
	o.ch <- &counted{m.desc, labels, float64(n.N), o.created, o.exemplar(&n.Last)}
}

// pairs returns a label set in the form of the library. It panics when the labels are not those of the family, which is
// a fault of this package.
func (m *metric) pairs(labels []string) []*dto.LabelPair {
	if len(labels) != len(m.labels) {
		panic(fmt.Sprintf("%v: %d labels", m.desc, len(labels)))
	}
	return prometheus.MakeLabelPairs(m.desc, labels)
}
