package alerteval

import "time"

// calendar is the wall clock of a site: its offset from UTC, which changes once, and the days on which nobody works.
type calendar struct {
	shift         int64 // instant at which the clocks are changed, Unix nanoseconds
	before, after time.Duration
	holidays      []time.Time // midnight, as local time written as UTC
}

// The two calendars: one loses an hour on its first Sunday, one gains it.
var (
	spring = calendar{
		shift:  time.Date(2026, 3, 29, 1, 0, 0, 0, time.UTC).UnixNano(),
		before: time.Hour, after: 2 * time.Hour,
		holidays: []time.Time{time.Date(2026, 4, 3, 0, 0, 0, 0, time.UTC)},
	}
	autumn = calendar{
		shift:  time.Date(2026, 10, 25, 1, 0, 0, 0, time.UTC).UnixNano(),
		before: 2 * time.Hour, after: time.Hour,
		holidays: []time.Time{time.Date(2026, 10, 30, 0, 0, 0, 0, time.UTC)},
	}
)

// monday is midnight of the first Monday of a timeline, as local time written as UTC: the clocks change at its end.
func (c *calendar) monday() time.Time {
	d := time.Unix(0, c.shift).UTC().Truncate(24 * time.Hour)
	return d.AddDate(0, 0, -6)
}

// local returns the time that the clocks on the wall show, written as UTC.
func (c *calendar) local(at int64) time.Time {
	offset := c.before
	if at >= c.shift {
		offset = c.after
	}
	return time.Unix(0, at+int64(offset)).UTC()
}

// instant returns when the clocks on the wall show a time.
func (c *calendar) instant(local time.Time) int64 {
	if at := local.UnixNano() - int64(c.before); at < c.shift {
		return at
	}
	return local.UnixNano() - int64(c.after)
}

func (c *calendar) holiday(local time.Time) bool {
	for _, d := range c.holidays {
		if !local.Before(d) && local.Before(d.AddDate(0, 0, 1)) {
			return true
		}
	}
	return false
}

// Day is how much happens in each hour of a day, by the clock on the wall, in any unit.
type Day [24]float64

// Week says which day looks how.
type Week struct {
	Workday, Saturday, Sunday Day // a holiday is a Sunday
}

// at returns how much happens at a time, going evenly from the middle of one hour to the middle of the next.
func (w *Week) at(c *calendar, at int64) float64 {
	local := c.local(at)
	hours := float64(local.Minute())/60 - 0.5
	if hours < 0 {
		return -hours*w.hour(c, local.Add(-time.Hour)) + (1+hours)*w.hour(c, local)
	}
	return (1-hours)*w.hour(c, local) + hours*w.hour(c, local.Add(time.Hour))
}

func (w *Week) hour(c *calendar, local time.Time) float64 {
	switch {
	case c.holiday(local) || local.Weekday() == time.Sunday:
		return w.Sunday[local.Hour()]
	case local.Weekday() == time.Saturday:
		return w.Saturday[local.Hour()]
	}
	return w.Workday[local.Hour()]
}

// workday returns how much happens on a working day altogether.
func (w *Week) workday() (sum float64) {
	for _, v := range w.Workday {
		sum += v
	}
	return sum
}
