package alert

import "math"

// binomialTail is the chance that of n, each bad with probability p, at least x are bad. x and n need not be whole.
func binomialTail(x, n, p float64) float64 {
	switch {
	case x <= 0 || p >= 1:
		return 1
	case p <= 0 || x > n:
		return 0
	case n*p*(1-p) > many:
		return normalTail((x - 0.5 - n*p) / math.Sqrt(n*p*(1-p)))
	}
	return incompleteBeta(x, n-x+1, p)
}

// poissonUpper is the chance of at least x where mean are expected.
func poissonUpper(x, mean float64) float64 {
	switch {
	case x <= 0:
		return 1
	case mean <= 0:
		return 0
	case mean > many:
		return normalTail((x - 0.5 - mean) / math.Sqrt(mean))
	}
	return incompleteGamma(x, mean)
}

// poissonLower is the chance of at most x where mean are expected.
func poissonLower(x, mean float64) float64 { return 1 - poissonUpper(x+1, mean) }

// normalTail is the chance that a normal variable is at least z deviations above its mean.
func normalTail(z float64) float64 { return math.Erfc(z/math.Sqrt2) / 2 }

const (
	many    = 1e4 // a variance from which on the normal distribution is as good
	steps   = 500
	precise = 1e-12
	tiny    = 1e-300
)

// incompleteBeta is the regularized incomplete beta function, by its continued fraction (DLMF 8.17.22).
func incompleteBeta(a, b, x float64) float64 {
	if x > (a+1)/(a+b+2) { // the fraction converges fast on the other side only
		return 1 - incompleteBeta(b, a, 1-x)
	}
	sum, _ := math.Lgamma(a + b)
	ga, _ := math.Lgamma(a)
	gb, _ := math.Lgamma(b)
	front := math.Exp(sum-ga-gb+a*math.Log(x)+b*math.Log1p(-x)) / a
	c, d := 1.0, 1/clear0(1-(a+b)*x/(a+1))
	f := d
	for m := 1.0; m < steps; m++ {
		even := m * (b - m) * x / ((a + 2*m - 1) * (a + 2*m))
		d = 1 / clear0(1+even*d)
		c = clear0(1 + even/c)
		f *= c * d
		odd := -(a + m) * (a + b + m) * x / ((a + 2*m) * (a + 2*m + 1))
		d = 1 / clear0(1+odd*d)
		c = clear0(1 + odd/c)
		f *= c * d
		if math.Abs(c*d-1) < precise {
			break
		}
	}
	return front * f
}

// incompleteGamma is the regularized lower incomplete gamma function P(a, x): by its series for small x (DLMF 8.7.1), by
// the continued fraction of its complement for large x (DLMF 8.9.2).
func incompleteGamma(a, x float64) float64 {
	g, _ := math.Lgamma(a)
	front := math.Exp(a*math.Log(x) - x - g)
	if x < a+1 {
		term := 1 / a
		sum := term
		for n := 1.0; n < steps*10 && term > sum*precise; n++ {
			term *= x / (a + n)
			sum += term
		}
		return front * sum
	}
	b := x + 1 - a
	c, d := 1/tiny, 1/clear0(b)
	f := d
	for n := 1.0; n < steps*10; n++ {
		an := -n * (n - a)
		b += 2
		d = 1 / clear0(an*d+b)
		c = clear0(b + an/c)
		f *= c * d
		if math.Abs(c*d-1) < precise {
			break
		}
	}
	return 1 - front*f
}

// clear0 keeps a divisor away from 0.
func clear0(v float64) float64 {
	if math.Abs(v) < tiny {
		return tiny
	}
	return v
}
