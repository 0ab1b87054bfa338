package pcapfile

import (
	"math"
	"math/bits"
)

const second = 1_000_000_000 // nanoseconds

// clock turns an interface's timestamps into Unix nanoseconds: if_tsresol and if_tsoffset of pcapng.
type clock struct {
	perSecond uint64 // decimal: ticks a second, 0 when a second is fewer ticks than one (10^-20 and finer)
	shift     uint   // binary: a second is 2^shift ticks
	binary    bool
	scale     uint64 // decimal, whole nanoseconds a tick: the quick way for the common resolutions
	limit     uint64 // ticks up to which the quick way holds
	offset    int64  // seconds to add
}

// newClock reads the if_tsresol octet: the most significant bit chooses between powers of 2 and of 10, the others are
// the negative exponent.
func newClock(resolution byte, offset int64) clock {
	c := clock{offset: offset}
	exp := uint(resolution & 0x7f)
	if resolution&0x80 != 0 {
		c.binary, c.shift = true, exp
		return c
	}
	if exp > 19 { // 10^20 does not fit: every timestamp is less than a second
		return c
	}
	c.perSecond = 1
	for range exp {
		c.perSecond *= 10
	}
	if exp <= 9 && offset == 0 {
		c.scale = second / c.perSecond
		c.limit = math.MaxInt64 / c.scale
	}
	return c
}

// unix returns ticks as Unix nanoseconds, held within what an int64 can say (years 1678 to 2262).
func (c *clock) unix(ticks uint64) int64 {
	if c.scale != 0 && ticks <= c.limit {
		return int64(ticks * c.scale)
	}
	return c.unixSlow(ticks)
}

func (c *clock) unixSlow(ticks uint64) int64 {
	var sec, nano uint64
	switch {
	case c.binary && c.shift < 64:
		sec = ticks >> c.shift
		hi, lo := bits.Mul64(ticks&(1<<c.shift-1), second)
		nano = hi<<(64-c.shift) | lo>>c.shift
	case c.binary:
		hi, _ := bits.Mul64(ticks, second)
		nano = hi >> (c.shift - 64)
	case c.perSecond != 0:
		sec = ticks / c.perSecond
		hi, lo := bits.Mul64(ticks%c.perSecond, second)
		nano, _ = bits.Div64(hi, lo, c.perSecond)
	}
	return unixTime(sec, nano, c.offset)
}

// unixTime adds up seconds, nanoseconds below one second and an offset in seconds.
func unixTime(sec, nano uint64, offset int64) int64 {
	const last = math.MaxInt64/second - 1
	s := int64(min(sec, math.MaxInt64))
	if offset > 0 && s > math.MaxInt64-offset {
		s = math.MaxInt64
	} else {
		s += offset
	}
	switch {
	case s > last:
		return math.MaxInt64
	case s < -last:
		return math.MinInt64
	}
	return s*second + int64(nano)
}
