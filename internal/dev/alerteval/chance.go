package alerteval

import (
	"math"
	"math/rand/v2"
	"time"
)

// chance draws what happens. One seed gives one sequence.
type chance struct{ *rand.Rand }

func newChance(seed, stream uint64) chance { return chance{rand.New(rand.NewPCG(seed, stream))} }

func (c chance) happens(p float64) bool { return p > 0 && c.Float64() < p }

// poisson draws how often something happens that is expected so often.
func (c chance) poisson(mean float64) int {
	if mean > 50 {
		return max(0, int(math.Round(mean+math.Sqrt(mean)*c.NormFloat64())))
	}
	n, least := 0, math.Exp(-mean)
	for p := c.Float64(); p > least; n++ {
		p *= c.Float64()
	}
	return n
}

// gamma draws a factor with mean 1 and the given variance, below 1: what makes busy minutes busier than Poisson's.
func (c chance) gamma(variance float64) float64 {
	// Marsaglia and Tsang, for shapes above 1.
	shape := 1 / variance
	d := shape - 1.0/3
	for {
		x := c.NormFloat64()
		v := 1 + x/math.Sqrt(9*d)
		if v <= 0 {
			continue
		}
		v = v * v * v
		if math.Log(c.Float64()) < x*x/2+d-d*v+d*math.Log(v) {
			return d * v / shape
		}
	}
}

// Spread is a log-normal distribution of durations.
type Spread struct {
	Median time.Duration
	Sigma  float64 // of the logarithm
}

func (c chance) draw(s Spread) time.Duration {
	return time.Duration(float64(s.Median) * math.Exp(s.Sigma*c.NormFloat64()))
}

// between draws a duration evenly.
func (c chance) between(least, most time.Duration) time.Duration {
	return least + time.Duration(c.Float64()*float64(most-least))
}

// drift is noise that comes and goes slowly: normal with the given deviation, and forgotten after its memory.
type drift struct {
	sigma, keep, x float64
}

func newDrift(c chance, sigma float64, memory time.Duration) drift {
	return drift{sigma: sigma, keep: math.Exp(-float64(time.Minute) / float64(memory)), x: sigma * c.NormFloat64()}
}

// step goes on by a minute.
func (d *drift) step(c chance) {
	d.x = d.keep*d.x + math.Sqrt(1-d.keep*d.keep)*d.sigma*c.NormFloat64()
}
