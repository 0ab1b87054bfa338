package alert

import (
	"math"
	"testing"
)

// The expected values are sums of the probabilities themselves, which is exact for small numbers.
func TestTails(t *testing.T) {
	choose := func(n, k int) float64 {
		v := 1.0
		for i := range k {
			v = v * float64(n-i) / float64(i+1)
		}
		return v
	}
	for _, n := range []int{1, 2, 5, 20, 60, 150} {
		for _, p := range []float64{0.001, 0.05, 0.3, 0.5, 0.95} {
			for x := 0; x <= n; x += 1 + n/7 {
				want := 0.0
				for k := x; k <= n; k++ {
					want += choose(n, k) * math.Pow(p, float64(k)) * math.Pow(1-p, float64(n-k))
				}
				if got := binomialTail(float64(x), float64(n), p); math.Abs(got-want) > 1e-9 {
					t.Errorf("at least %d of %d with %v: %v, want %v", x, n, p, got, want)
				}
			}
		}
	}
	for _, mean := range []float64{0.01, 0.5, 3, 20, 80} {
		for x := 0; x < 150; x += 5 {
			below, term := 0.0, math.Exp(-mean)
			for k := range x {
				below += term
				term *= mean / float64(k+1)
			}
			if got := poissonUpper(float64(x), mean); math.Abs(got-(1-below)) > 1e-9 {
				t.Errorf("at least %d where %v are expected: %v, want %v", x, mean, got, 1-below)
			}
			if got := poissonLower(float64(x), mean); math.Abs(got-(below+term)) > 1e-9 {
				t.Errorf("at most %d where %v are expected: %v, want %v", x, mean, got, below+term)
			}
		}
	}
}

// Large numbers go over into the normal distribution without a step that matters.
func TestTailsOfLargeNumbers(t *testing.T) {
	for _, p := range []float64{0.1, 0.5} {
		n := math.Floor(many/(p*(1-p))) - 1
		x := math.Floor(n*p + 3*math.Sqrt(n*p*(1-p)))
		exact, normal := binomialTail(x, n, p), normalTail((x-0.5-n*p)/math.Sqrt(n*p*(1-p)))
		if math.Abs(exact-normal) > 0.1*exact || exact == 0 {
			t.Errorf("p %v: %v below the step and %v above it", p, exact, normal)
		}
	}
	exact, normal := poissonUpper(many+300, many-1), poissonUpper(many+301, many+1)
	if exact < normal*0.7 || exact > normal*1.4 {
		t.Errorf("%v below the step and %v above it", exact, normal)
	}
}

func TestTailsOfOddNumbers(t *testing.T) {
	for _, v := range []float64{
		binomialTail(0, 0, 0.5), binomialTail(5, 3, 0.5), binomialTail(3, 5, 0), binomialTail(3, 5, 1), binomialTail(2.5, 7.3, 0.2),
		poissonUpper(0, 0), poissonUpper(3, 0), poissonLower(0, 1e9),
	} {
		if !(v >= 0 && v <= 1) {
			t.Errorf("%v is no chance", v)
		}
	}
}
