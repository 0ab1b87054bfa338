package pages

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// sentence begins a text with a capital letter.
func sentence(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// words writes the name of a constant as words.
func words(name string) string { return strings.ReplaceAll(name, "_", " ") }

// rate writes a number with as many digits as it deserves.
func rate(f float64) string {
	switch {
	case f == 0:
		return "0"
	case f < 0.95:
		return strconv.FormatFloat(f, 'f', 2, 64)
	case f < 99.5:
		return strconv.FormatFloat(f, 'f', 1, 64)
	}
	return grouped(uint64(math.Round(f)))
}

// grouped writes a number with a space between thousands.
func grouped(n uint64) string {
	s := strconv.FormatUint(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "\u202f" + s[i:]
	}
	return s
}

// scaled writes a number with a unit of thousands.
func scaled(f float64, unit string) string {
	for _, prefix := range []string{"", "k", "M", "G"} {
		if f < 1000 {
			return rate(f) + " " + prefix + unit
		}
		f /= 1000
	}
	return rate(f) + " T" + unit
}

// span writes how long something lasted.
func span(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", d/time.Second)
	case d < time.Hour:
		return fmt.Sprintf("%d min", d/time.Minute)
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h %d min", d/time.Hour, d%time.Hour/time.Minute)
	}
	return fmt.Sprintf("%d days %d h", d/(24*time.Hour), d%(24*time.Hour)/time.Hour)
}

// share returns n as percent of the whole.
func share(n, whole uint64) float64 {
	if whole == 0 {
		return 0
	}
	return math.Round(1000*float64(n)/float64(whole)) / 10
}
