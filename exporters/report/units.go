package report

import (
	"fmt"
	"strconv"
	"time"
)

// number writes n with a comma between groups of three digits.
func number(n uint64) string {
	s := strconv.FormatUint(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// counted writes a number with its noun.
func counted(n uint64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return number(n) + " " + many
}

// share writes n as a part of total.
func share(n, total uint64) string {
	switch {
	case total == 0 || n == 0:
		return ""
	case n == total:
		return "100 %"
	}
	return fmt.Sprintf("%.1f %%", 100*float64(n)/float64(total))
}

var sizeUnits = []string{"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"}

// size writes bytes in the largest unit that gives at least 1.
func size(n uint64) string {
	if n < 1024 {
		return fmt.Sprintf("%d B", n)
	}
	f, unit := float64(n), 0
	for f >= 1023.95 && unit < len(sizeUnits)-1 {
		f /= 1024
		unit++
	}
	return fmt.Sprintf("%.1f %s", f, sizeUnits[unit])
}

const (
	day  = 24 * time.Hour
	year = 365 * day
)

// span writes a duration in the two largest units that matter.
func span(d time.Duration) string {
	switch {
	case d < 10*time.Microsecond:
		return "0 ms"
	case d < 10*time.Millisecond:
		return fmt.Sprintf("%.2f ms", float64(d)/1e6)
	case d < 100*time.Millisecond-50*time.Microsecond:
		return fmt.Sprintf("%.1f ms", float64(d)/1e6)
	case d < time.Second-500*time.Microsecond:
		return fmt.Sprintf("%.0f ms", float64(d)/1e6)
	case d < 10*time.Second-5*time.Millisecond:
		return fmt.Sprintf("%.2f s", d.Seconds())
	case d < time.Minute-50*time.Millisecond:
		return fmt.Sprintf("%.1f s", d.Seconds())
	}
	d = d.Round(time.Second)
	switch {
	case d < time.Hour:
		return fmt.Sprintf("%d min %02d s", d/time.Minute, d%time.Minute/time.Second)
	case d < day:
		return fmt.Sprintf("%d h %02d min", d/time.Hour, d%time.Hour/time.Minute)
	case d < 2*year:
		return fmt.Sprintf("%d d %02d h", d/day, d%day/time.Hour)
	default:
		return fmt.Sprintf("%.1f years", d.Hours()/year.Hours())
	}
}

// period writes when a capture began and ended.
func period(start, end int64, zone *time.Location) string {
	from, to := time.Unix(0, start).In(zone), time.Unix(0, end).In(zone)
	layout := "2006-01-02 15:04:05"
	if from.Format(time.DateOnly) == to.Format(time.DateOnly) {
		layout = "15:04:05"
	}
	return from.Format("2006-01-02 15:04:05") + " – " + to.Format(layout) + " " + to.Format("MST") + " (" + span(to.Sub(from)) + ")"
}
