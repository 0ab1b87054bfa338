package report

import (
	"math/bits"
	"time"
)

// fine is the number of steps between one power of two and the next, as a power of two: the error of a value is less than one per
// cent.
const fine = 7

// spread is a histogram of durations in a fixed amount of memory.
type spread struct {
	counts   [(64 - fine + 1) << fine]uint64
	n        uint64
	min, max time.Duration
}

func (s *spread) add(d time.Duration) {
	d = max(d, 0)
	if s.n == 0 || d < s.min {
		s.min = d
	}
	s.max = max(s.max, d)
	s.n++
	s.counts[step(uint64(d))]++
}

// step returns the index of the counter for a value: itself while it is small, then its leading bits.
func step(v uint64) int {
	if v < 1<<fine {
		return int(v)
	}
	shift := bits.Len64(v) - fine - 1
	return (shift+1)<<fine + int(v>>shift) - 1<<fine
}

// floor is the smallest value of a step.
func floor(step int) uint64 {
	shift := step>>fine - 1
	if shift <= 0 {
		return uint64(step)
	}
	return uint64(1<<fine+step&(1<<fine-1)) << shift
}

// quantile returns the value that a share q of all values does not exceed.
func (s *spread) quantile(q float64) time.Duration {
	rank := uint64(q * float64(s.n))
	for i, c := range s.counts {
		if rank < c {
			middle := (floor(i) + floor(i+1)) / 2
			return min(max(time.Duration(middle), s.min), s.max)
		}
		rank -= c
	}
	return s.max
}

// String returns the quantiles of the values.
func (s *spread) String() string {
	switch {
	case s.n == 0:
		return ""
	case s.n == 1:
		return span(s.max)
	case s.n < 20:
		return "median " + span(s.quantile(0.5)) + " · longest " + span(s.max)
	}
	return "median " + span(s.quantile(0.5)) + " · 95 % within " + span(s.quantile(0.95)) + " · longest " + span(s.max)
}
