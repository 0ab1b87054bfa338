package record

import (
	"math"
	"strconv"
	"time"
)

// timeLayout is RFC 3339 with all nine digits, so that times sort as text.
const timeLayout = "2006-01-02T15:04:05.000000000Z"

// appendTime appends Unix nanoseconds as RFC 3339 in UTC.
func appendTime(dst []byte, ns int64) []byte {
	return time.Unix(0, ns).UTC().AppendFormat(dst, timeLayout)
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

// trimZeros cuts the zeros at the end of the decimals.
func trimZeros(b []byte) []byte {
	for b[len(b)-1] == '0' {
		b = b[:len(b)-1]
	}
	return b
}

// finite reports whether JSON can hold f.
func finite(f float64) bool { return !math.IsNaN(f) && !math.IsInf(f, 0) }

// appendFloat appends f without an exponent, in as few digits as give the same value back.
func appendFloat(dst []byte, f float64) []byte { return strconv.AppendFloat(dst, f, 'f', -1, 64) }
