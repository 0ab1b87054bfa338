package record

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// timeLayout is RFC 3339 with all nine digits, so that times sort as text.
const timeLayout = "2006-01-02T15:04:05.000000000Z"

// appendTime appends Unix nanoseconds as RFC 3339 in UTC. Every record holds two, so that speed matters; package time formats only
// times before 1970.
func appendTime(dst []byte, ns int64) []byte {
	if ns < 0 {
		return time.Unix(0, ns).UTC().AppendFormat(dst, timeLayout)
	}
	seconds, fraction := uint64(ns)/1e9, uint32(uint64(ns)%1e9)
	year, month, day := date(uint32(seconds / 86400))
	second := uint32(seconds % 86400)
	dst = append(dst, timeLayout...)
	b := dst[len(dst)-len(timeLayout):]
	put2(b[0:], year/100)
	put2(b[2:], year%100)
	put2(b[5:], month)
	put2(b[8:], day)
	put2(b[11:], second/3600)
	put2(b[14:], second/60%60)
	put2(b[17:], second%60)
	put2(b[20:], fraction/10_000_000)
	put2(b[22:], fraction/100_000%100)
	put2(b[24:], fraction/1000%100)
	put2(b[26:], fraction/10%100)
	b[28] = byte('0' + fraction%10)
	return dst
}

// date returns the date of the given number of days after 1 January 1970. It counts years from March, so that the leap
// day is the last of its year.
func date(days uint32) (year, month, day uint32) {
	const toMarch0 = 719468 // days from 1 March of year 0 to 1970
	days += toMarch0
	era, of := days/146097, days%146097 // of 400 years
	y := (of - of/1460 + of/36524 - of/146096) / 365
	of -= 365*y + y/4 - y/100
	m := (5*of + 2) / 153 // months have 153 days in five, from March
	year, month, day = era*400+y, m+3, of-(153*m+2)/5+1
	if month > 12 {
		year, month = year+1, month-12
	}
	return year, month, day
}

// put2 writes a number below 100 as two digits.
func put2(b []byte, n uint32) {
	_ = b[1]
	b[0], b[1] = byte('0'+n/10), byte('0'+n%10)
}

// appendMilliseconds appends d in milliseconds: exact to the nanosecond, no exponent, no zeros at the end.
func appendMilliseconds(dst []byte, d time.Duration) []byte {
	n := uint64(d)
	if d < 0 {
		dst = append(dst, '-')
		n = -n
	}
	dst = strconv.AppendUint(dst, n/1e6, 10)
	rest := n % 1e6
	if rest == 0 {
		return dst
	}
	var digits [7]byte
	digits[0] = '.'
	for i := len(digits) - 1; i > 0; i-- {
		digits[i] = byte('0' + rest%10)
		rest /= 10
	}
	return append(dst, trimZeros(digits[:])...)
}

// parseMilliseconds is the inverse of appendMilliseconds for a JSON number. What has more decimals, or an exponent, is rounded
// to the nanosecond.
func parseMilliseconds(s string) (d time.Duration, ok bool) {
	digits, negative := strings.CutPrefix(s, "-")
	whole, fraction, _ := strings.Cut(digits, ".")
	if len(fraction) > 6 || strings.ContainsAny(s, "eE") {
		f, err := strconv.ParseFloat(s, 64)
		ns := math.Round(f * 1e6)
		return time.Duration(ns), err == nil && ns >= math.MinInt64 && ns < math.MaxInt64
	}
	n, err := strconv.ParseUint(whole+fraction+"000000"[len(fraction):], 10, 64)
	switch {
	case err != nil || n > 1<<63 || n == 1<<63 && !negative:
		return 0, false
	case negative:
		n = -n
	}
	return time.Duration(n), true
}

// trimZeros cuts the zeros at the end of the decimals.
func trimZeros(b []byte) []byte {
	for b[len(b)-1] == '0' {
		b = b[:len(b)-1]
	}
	return b
}

// finite reports whether JSON can hold f.
func finite(f float64) bool { return !math.IsNaN(f) && !math.IsInf(f, 0) }

// roundMilliseconds rounds to the nanosecond, where a float64 still tells nanoseconds apart.
func roundMilliseconds(ms float64) float64 {
	const exact = 1 << 52 // up to here every whole number has a float64
	if ns := ms * 1e6; math.Abs(ns) < exact {
		return math.Round(ns) / 1e6
	}
	return ms
}

// appendFloat appends f without an exponent, in as few digits as give the same value back.
func appendFloat(dst []byte, f float64) []byte { return strconv.AppendFloat(dst, f, 'f', -1, 64) }
