package tracelog

import (
	"bytes"
	"strings"
	"time"

	"sipspan/capture"
)

// stamp is a time as a text names it.
type stamp struct {
	at    int64 // Unix nanoseconds, as if it were UTC where no zone is named
	clock capture.Clock
	local bool // no zone is named
	day   bool // at is the time of an unknown day, so that it begins anew at midnight
}

// known reports whether there is a time at all.
func (s *stamp) known() bool { return s.clock != capture.ClockNone }

var noStamp = stamp{clock: capture.ClockNone}

// undatedYear stands for a year that is not named. It is a leap year, so that every day exists.
const undatedYear = 1972

var months = [...]string{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"}

// cursor reads parts of a time one after the other. After the first that does not fit, bad stays set.
type cursor struct {
	b   []byte
	bad bool
}

// digits reads from lo to hi digits.
func (c *cursor) digits(lo, hi int) (n int) {
	i := 0
	for i < hi && i < len(c.b) && c.b[i]-'0' <= 9 {
		n = n*10 + int(c.b[i]-'0')
		i++
	}
	if i < lo {
		c.bad = true
		return 0
	}
	c.b = c.b[i:]
	return n
}

// one reads one of the bytes of set.
func (c *cursor) one(set string) {
	if c.bad || len(c.b) == 0 || strings.IndexByte(set, c.b[0]) < 0 {
		c.bad = true
		return
	}
	c.b = c.b[1:]
}

// month reads the English abbreviation of a month.
func (c *cursor) month() int {
	for i, name := range months {
		if bytes.HasPrefix(c.b, []byte(name)) {
			c.b = c.b[len(name):]
			return i + 1
		}
	}
	c.bad = true
	return 0
}

// clock reads hours, minutes, seconds and a fraction.
func (c *cursor) clock() time.Duration {
	h := c.digits(2, 2)
	c.one(":")
	m := c.digits(2, 2)
	c.one(":")
	s := c.digits(2, 2)
	if c.bad || h > 23 || m > 59 || s > 60 {
		c.bad = true
		return 0
	}
	d := time.Duration(h)*time.Hour + time.Duration(m)*time.Minute + time.Duration(s)*time.Second
	if len(c.b) > 1 && (c.b[0] == '.' || c.b[0] == ',') && c.b[1]-'0' <= 9 {
		c.b = c.b[1:]
		for scale := time.Second / 10; len(c.b) > 0 && c.b[0]-'0' <= 9; c.b = c.b[1:] {
			d += time.Duration(c.b[0]-'0') * scale
			scale /= 10
		}
	}
	return d
}

// zone reads a zone if there is one. Only UTC and offsets from it are understood: a name such as CET may mean several.
func (c *cursor) zone() (east time.Duration, named bool) {
	rest := bytes.TrimLeft(c.b, " ")
	switch {
	case bytes.HasPrefix(rest, []byte("Z")), bytes.HasPrefix(rest, []byte("UTC")), bytes.HasPrefix(rest, []byte("GMT")):
		c.b = bytes.TrimLeft(rest, "ZUTCGM")
		return 0, true
	case len(rest) >= 5 && (rest[0] == '+' || rest[0] == '-') && rest[1]-'0' <= 9:
		o := cursor{b: rest[1:]}
		h := o.digits(2, 2)
		if len(o.b) > 0 && o.b[0] == ':' {
			o.b = o.b[1:]
		}
		m := o.digits(2, 2)
		if o.bad || h > 14 || m > 59 {
			return 0, false
		}
		east = time.Duration(h)*time.Hour + time.Duration(m)*time.Minute
		if rest[0] == '-' {
			east = -east
		}
		c.b = o.b
		return east, true
	}
	return 0, false
}

func (c *cursor) dated(year, month, day int, d time.Duration) (stamp, bool) {
	if c.bad || year < 1970 || month < 1 || month > 12 || day < 1 || day > 31 {
		return noStamp, false
	}
	east, named := c.zone()
	at := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC).Add(d - east)
	return stamp{at: at.UnixNano(), local: !named}, true
}

// readStamp reads the time at the beginning of a line, which may stand in brackets, and returns what follows it.
func readStamp(line []byte) (s stamp, rest []byte, ok bool) {
	b := bytes.TrimLeft(line, " \t[")
	if len(b) < 8 {
		return noStamp, line, false
	}
	c := cursor{b: b}
	switch {
	case b[0]-'0' <= 9 && b[2] == ':': // 15:04:05
		if d := c.clock(); !c.bad {
			return stamp{at: int64(d), clock: capture.ClockUndated, day: true}, c.rest(), true
		}
	case b[0]-'0' <= 9 && (b[4] == '-' || b[4] == '/'): // 2006-01-02 15:04:05, 2006/01/02 15:04:05
		y := c.digits(4, 4)
		c.one("-/")
		m := c.digits(2, 2)
		c.one("-/")
		d := c.digits(2, 2)
		c.one(" Tt\t")
		at := c.clock()
		if s, ok = c.dated(y, m, d, at); ok {
			return s, c.rest(), true
		}
	case b[0]-'0' <= 9 && b[2] == '/': // 01/02/2006-15:04:05, 01/02/2006|15:04:05
		m := c.digits(2, 2)
		c.one("/")
		d := c.digits(2, 2)
		c.one("/")
		y := c.digits(4, 4)
		c.one("-| ")
		at := c.clock()
		if s, ok = c.dated(y, m, d, at); ok {
			return s, c.rest(), true
		}
	case b[0]-'A' < 26: // Jan _2 15:04:05, Jan _2, 2006 15:04:05
		return c.named(line)
	}
	return noStamp, line, false
}

// named reads a time that begins with the name of its month.
func (c *cursor) named(line []byte) (s stamp, rest []byte, ok bool) {
	m := c.month()
	c.b = bytes.TrimLeft(c.b, " ")
	d := c.digits(1, 2)
	year := 0
	if len(c.b) > 0 && c.b[0] == ',' {
		c.one(",")
		c.one(" ")
		year = c.digits(4, 4)
	}
	c.one(" ")
	at := c.clock()
	switch {
	case c.bad:
	case year != 0:
		if s, ok = c.dated(year, m, d, at); ok {
			return s, c.rest(), true
		}
	default:
		if s, ok = c.dated(undatedYear, m, d, at); ok {
			start := time.Date(undatedYear, 1, 1, 0, 0, 0, 0, time.UTC)
			return stamp{at: s.at - start.UnixNano(), clock: capture.ClockUndated}, c.rest(), true
		}
	}
	return noStamp, line, false
}

// rest returns what follows a time.
func (c *cursor) rest() []byte { return bytes.TrimLeft(c.b, "] \t") }

// in returns a time without a zone in a zone.
func (s stamp) in(zone *time.Location) stamp {
	t := time.Unix(0, s.at).UTC()
	s.at = time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), zone).UnixNano()
	s.local = false
	return s
}

// wrap adds days to the times of an unknown day, and a year to those of an unknown year, which begin anew. last is the time
// before it.
func (s *stamp) wrap(last int64) {
	period := int64(366 * 24 * time.Hour)
	if s.day {
		period = 24 * int64(time.Hour)
	}
	if s.clock == capture.ClockUndated && last-s.at > period/2 {
		s.at += (last - s.at + period/2) / period * period
	}
}

// on returns a time without a day as that of a day, or of the days after it, and one without a year as that of its year, or of the years
// after it.
func (s stamp) on(date time.Time) stamp {
	if s.day {
		return stamp{at: date.UnixNano() + s.at, local: true}
	}
	const year = 366 * 24 * time.Hour // of undatedYear
	t := time.Date(undatedYear, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(s.at) % year)
	t = time.Date(date.Year()+int(time.Duration(s.at)/year), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC)
	return stamp{at: t.UnixNano(), local: true}
}
