package stats

import (
	"math"
	"sort"
	"time"

	"sipspan/record"
)

// HistogramBounds are the upper bounds, in seconds, of the classic buckets of every Histogram: from the round trip of
// one hop to the length of a long call.
var HistogramBounds = [...]float64{
	0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 14400,
}

// The native buckets of a Histogram: Prometheus schema 3, eight to a doubling, from 2^-14 s (61 µs) to 2^18 s (3 days).
const (
	NativeSchema        = 3
	NativeZeroThreshold = 1.0 / (1 << nativeLowest)

	nativePerOctave = 1 << NativeSchema
	nativeLowest    = 14
	nativeHighest   = 18
	nativeFirst     = -nativeLowest*nativePerOctave + 1
	nativeLast      = nativeHighest * nativePerOctave
)

// nativeFractions are the lower bounds of the eight buckets of an octave as fractions in [0.5, 1).
var nativeFractions = func() (f [nativePerOctave]float64) {
	for i := range f {
		f[i] = math.Exp2(float64(i)/nativePerOctave - 1)
	}
	return f
}()

// Histogram counts durations twice: in classic buckets with exact bounds and in native exponential ones. The zero value
// is empty and ready.
type Histogram struct {
	Count  uint64
	Sum    float64                          // seconds
	Bucket [len(HistogramBounds) + 1]uint64 // not cumulative; the last is what lies above all bounds

	Exemplars [len(HistogramBounds) + 1]Exemplar // the last of each classic bucket

	Zero   uint64 // durations up to NativeZeroThreshold
	native [nativeLast - nativeFirst + 1]uint64
}

// Observe counts one duration.
func (h *Histogram) Observe(d time.Duration) { h.count(d) }

// observe counts a duration, if it is known, of the session of a record.
func (h *Histogram) observe(e record.Elapsed, of *record.Header) {
	if e.Known {
		h.ObserveOf(e.D, of)
	}
}

// ObserveOf counts a duration of the session of a record, which becomes the exemplar of its bucket.
func (h *Histogram) ObserveOf(d time.Duration, of *record.Header) {
	h.Exemplars[h.count(d)] = exemplar(of, d.Seconds())
}

// count counts a duration and returns its classic bucket.
func (h *Histogram) count(d time.Duration) (bucket int) {
	v := d.Seconds()
	h.Count++
	h.Sum += v
	bucket = sort.SearchFloat64s(HistogramBounds[:], v)
	h.Bucket[bucket]++
	if v <= NativeZeroThreshold {
		h.Zero++
		return bucket
	}
	fraction, exponent := math.Frexp(v)
	i := sort.SearchFloat64s(nativeFractions[:], fraction) + (exponent-1)*nativePerOctave
	h.native[min(i, nativeLast)-nativeFirst]++
	return bucket
}

// Native calls yield for every native bucket that is not empty, in ascending order. The bucket with index i holds the
// values above 2^((i-1)/8) and up to 2^(i/8) seconds.
func (h *Histogram) Native(yield func(index int, count uint64) bool) {
	for i, n := range h.native {
		if n > 0 && !yield(i+nativeFirst, n) {
			return
		}
	}
}

// Add adds the counts of o.
func (h *Histogram) Add(o *Histogram) {
	if o.Count == 0 {
		return
	}
	h.Count += o.Count
	h.Sum += o.Sum
	h.Zero += o.Zero
	for i, n := range o.Bucket {
		h.Bucket[i] += n
	}
	for i := range o.Exemplars {
		h.Exemplars[i].later(&o.Exemplars[i])
	}
	for i, n := range o.native {
		h.native[i] += n
	}
}
