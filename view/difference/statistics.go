package difference

import (
	"cmp"
	"math"
	"slices"
)

// fisher returns the probability of shares that differ as much as a of n and b of m, or more, where there is no difference (two-sided, by the
// probabilities of the tables).
func fisher(a, n, b, m uint64) float64 {
	hits := a + b
	if n == 0 || m == 0 || hits == 0 || hits == n+m {
		return 1
	}
	if expected := float64(min(hits, n+m-hits)) * float64(min(n, m)) / float64(n+m); expected > manyExpected {
		return proportions(float64(a), float64(n), float64(b), float64(m))
	}
	low := uint64(0)
	if hits > m {
		low = hits - m
	}
	high := min(hits, n)
	whole := logChoose(n+m, hits)
	probability := func(x uint64) float64 { return logChoose(n, x) + logChoose(m, hits-x) - whole }
	limit := probability(a) + 1e-7
	sum := 0.0
	for x := low; x <= high; x++ {
		if p := probability(x); p <= limit {
			sum += math.Exp(p)
		}
	}
	return min(sum, 1)
}

// manyExpected is above how many expected events in each cell of the table the normal distribution is close enough.
const manyExpected = 1000

// proportions is the test of two shares with the normal approximation.
func proportions(a, n, b, m float64) float64 {
	pooled := (a + b) / (n + m)
	z := math.Abs(a/n-b/m) / math.Sqrt(pooled*(1-pooled)*(1/n+1/m))
	return math.Erfc(z / math.Sqrt2)
}

func logChoose(n, k uint64) float64 {
	log := func(x uint64) float64 {
		v, _ := math.Lgamma(float64(x) + 1)
		return v
	}
	return log(n) - log(k) - log(n-k)
}

// fewest is below how many values on a side delays are not compared.
const fewest = 8

// ranks returns the probability of two samples that differ in rank as much as these, or more, where there is no difference: the test of Mann and Whitney with
// the normal approximation and its correction for ties. Both are sorted.
func ranks(a, b []float64) float64 {
	n, m := float64(len(a)), float64(len(b))
	if len(a) < fewest || len(b) < fewest {
		return 1
	}
	type value struct {
		v     float64
		first bool
	}
	all := make([]value, 0, len(a)+len(b))
	for _, v := range a {
		all = append(all, value{v, true})
	}
	for _, v := range b {
		all = append(all, value{v, false})
	}
	slices.SortFunc(all, func(x, y value) int { return cmp.Compare(x.v, y.v) })
	sum, ties := 0.0, 0.0
	for i := 0; i < len(all); {
		j := i
		for j < len(all) && all[j].v == all[i].v {
			j++
		}
		rank, t := float64(i+j+1)/2, float64(j-i)
		ties += t*t*t - t
		for ; i < j; i++ {
			if all[i].first {
				sum += rank
			}
		}
	}
	total := n + m
	variance := n * m / 12 * (total + 1 - ties/(total*(total-1)))
	if variance <= 0 {
		return 1
	}
	u := sum - n*(n+1)/2
	z := max(math.Abs(u-n*m/2)-0.5, 0) / math.Sqrt(variance)
	return math.Erfc(z / math.Sqrt2)
}

// level is the probability of calling anything a difference where there is none.
const level = 0.05

// holm marks the differences that hold when all of them are looked at together.
func holm(rows []*Row) {
	sorted := slices.Clone(rows)
	slices.SortStableFunc(sorted, func(a, b *Row) int { return cmp.Compare(a.P, b.P) })
	for i, r := range sorted {
		if r.P > level/float64(len(sorted)-i) {
			return
		}
		r.Differs = true
	}
}
