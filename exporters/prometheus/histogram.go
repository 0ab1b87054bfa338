package prometheus

import (
	"math"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	"google.golang.org/protobuf/types/known/timestamppb"

	"sipspan/session/stats"
)

var _ prometheus.Metric = (*histogram)(nil)

// histogram is a metric with classic and native buckets at once; the constant histograms of the library have one or the
// other.
type histogram struct {
	desc    *prometheus.Desc
	labels  []*dto.LabelPair
	from    *stats.Histogram
	created *timestamppb.Timestamp

	exemplars [len(stats.HistogramBounds) + 1]*dto.Exemplar // of the classic buckets
}

// histogram writes one. It panics when the labels are not those of the family, which is a fault of this package.
func (o *output) histogram(m metric, h *stats.Histogram, labels ...string) {
	out := &histogram{desc: m.desc, labels: m.pairs(labels), from: h, created: o.created}
	for i := range h.Exemplars {
		out.exemplars[i] = o.exemplar(&h.Exemplars[i])
	}
	o.ch <- out
}

// Desc implements prometheus.Metric.
func (h *histogram) Desc() *prometheus.Desc { return h.desc }

// Write implements prometheus.Metric.
func (h *histogram) Write(out *dto.Metric) error {
	out.Label = h.labels
	out.Histogram = &dto.Histogram{
		SampleCount:      &h.from.Count,
		SampleSum:        &h.from.Sum,
		CreatedTimestamp: h.created,
	}
	classic(out.Histogram, h.from)
	native(out.Histogram, h.from)
	h.exemplify(out.Histogram)
	return nil
}

// exemplify gives each classic bucket its exemplar, and all of them to the native buckets, to which they belong by their
// values. The bucket without a bound stands on its own only where it has one.
func (h *histogram) exemplify(out *dto.Histogram) {
	for i, e := range h.exemplars {
		if e == nil {
			continue
		}
		if i == len(out.Bucket) {
			bound := math.Inf(1)
			out.Bucket = append(out.Bucket, &dto.Bucket{UpperBound: &bound, CumulativeCount: &h.from.Count})
		}
		out.Bucket[i].Exemplar = e
		if e.Timestamp != nil { // native ones must have it
			out.Exemplars = append(out.Exemplars, e)
		}
	}
}

// classic adds the cumulative buckets; the one without a bound is the count itself.
func classic(out *dto.Histogram, h *stats.Histogram) {
	sum := uint64(0)
	for i := range stats.HistogramBounds {
		sum += h.Bucket[i]
		below := sum
		out.Bucket = append(out.Bucket, &dto.Bucket{UpperBound: &stats.HistogramBounds[i], CumulativeCount: &below})
	}
}

// nearby is how many empty buckets are cheaper to write than a new span.
const nearby = 2

// native adds the exponential buckets: spans of buckets that follow each other, and the differences of their counts.
func native(out *dto.Histogram, h *stats.Histogram) {
	schema, threshold, zero := int32(stats.NativeSchema), float64(stats.NativeZeroThreshold), h.Zero
	out.Schema, out.ZeroThreshold, out.ZeroCount = &schema, &threshold, &zero
	var span *dto.BucketSpan
	var next int
	var last int64
	add := func(count int64) {
		*span.Length++
		out.PositiveDelta = append(out.PositiveDelta, count-last)
		last = count
		next++
	}
	h.Native(func(index int, count uint64) bool {
		skip := index - next
		if span == nil || skip > nearby {
			offset := int32(skip)
			span = &dto.BucketSpan{Offset: &offset, Length: new(uint32)}
			out.PositiveSpan = append(out.PositiveSpan, span)
			next = index
		}
		for next < index {
			add(0)
		}
		add(int64(count))
		return true
	})
}
