package stats

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

func TestHistogram(t *testing.T) {
	var h, sum Histogram
	for _, d := range []time.Duration{0, 5 * time.Millisecond, 5*time.Millisecond + 1, time.Second, 1001 * time.Millisecond, 5 * time.Hour, 1000 * time.Hour} {
		h.Observe(d)
	}
	want := map[int]uint64{0: 2, 1: 1, 7: 1, 8: 1, len(HistogramBounds): 2} // by bucket
	for i, n := range h.Bucket {
		if n != want[i] {
			t.Errorf("bucket %d holds %d, want %d", i, n, want[i])
		}
	}
	if h.Count != 7 || h.Zero != 1 {
		t.Errorf("count %d, zero %d", h.Count, h.Zero)
	}
	native := uint64(0)
	for i, n := range h.Native {
		native += n
		if i == 0 && n != 1 { // (2^(-1/8), 1] holds the one second
			t.Errorf("native bucket 0 holds %d", n)
		}
	}
	if native+h.Zero != h.Count {
		t.Errorf("%d in native buckets, %d in all", native, h.Count)
	}
	sum.Add(&h)
	sum.Add(&h)
	if sum.Count != 14 || sum.Zero != 2 || sum.Sum != 2*h.Sum || sum.Bucket[0] != 4 {
		t.Errorf("sum %+v", sum)
	}
}

func TestNativeBucketsHoldTheirValues(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	for range 10_000 {
		d := time.Duration(math.Exp(random.Float64()*30) + 100_000)
		var h Histogram
		h.Observe(d)
		for i := range h.Native {
			low, high := math.Exp2(float64(i-1)/8), math.Exp2(float64(i)/8)
			if v := d.Seconds(); (v <= low*(1-1e-12) || v > high*(1+1e-12)) && i != nativeLast {
				t.Fatalf("%v is in (%g, %g]", d, low, high)
			}
		}
	}
}
