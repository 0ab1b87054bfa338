package choose

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"sipspan/record"
)

// moment is a point in time, or a time of day on any day.
type moment struct {
	daily bool
	time  time.Time     // unless daily
	day   time.Duration // since midnight, if daily
	end   time.Time     // the end of what was named: of the day, where a date was
}

// clocks are the forms of a time of day.
var clocks = []string{"15:04", "15:04:05.999999999"}

// parseMoment reads a time of day (15:04), a date (2006-01-02), both, a time of RFC 3339, “today”, “yesterday”, “now”, or how long ago (10m ago).
func parseMoment(s string, zone *time.Location, now time.Time) (moment, error) {
	s = strings.TrimSpace(s)
	at := func(t time.Time) (moment, error) { return moment{time: t, end: t}, nil }
	midnight := func(t time.Time, days int) time.Time {
		y, m, d := t.In(zone).Date()
		return time.Date(y, m, d+days, 0, 0, 0, 0, zone)
	}
	switch s {
	case "now":
		return at(now)
	case "today":
		return moment{time: midnight(now, 0), end: midnight(now, 1)}, nil
	case "yesterday":
		return moment{time: midnight(now, -1), end: midnight(now, 0)}, nil
	}
	if span, ok := strings.CutSuffix(s, "ago"); ok {
		d, err := parseSpan(strings.TrimSpace(span))
		if err != nil {
			return moment{}, fmt.Errorf("%q: expected a duration such as 10m, 2h or 3d before “ago”", s)
		}
		return at(now.Add(-d))
	}
	for _, form := range clocks {
		if t, err := time.Parse(form, s); err == nil {
			return moment{daily: true, day: sinceMidnight(t)}, nil
		}
	}
	if t, err := time.Parse(time.RFC3339Nano, s); err == nil {
		return at(t)
	}
	if t, err := time.ParseInLocation(time.DateOnly, s, zone); err == nil {
		return moment{time: t, end: midnight(t, 1)}, nil
	}
	for _, form := range clocks {
		for _, between := range []string{" ", "T"} {
			if t, err := time.ParseInLocation(time.DateOnly+between+form, s, zone); err == nil {
				return at(t)
			}
		}
	}
	return moment{}, fmt.Errorf("%q: expected a time such as 10:30, 2026-03-01, “2026-03-01 10:30”, 2026-03-01T10:30:00Z or “10m ago”", s)
}

// parseSpan reads a duration, with d for days and w for weeks.
func parseSpan(s string) (time.Duration, error) {
	for unit, length := range map[string]time.Duration{"d": 24 * time.Hour, "w": 7 * 24 * time.Hour} {
		if count, ok := strings.CutSuffix(s, unit); ok {
			n, err := strconv.ParseUint(count, 10, 12)
			return time.Duration(n) * length, err
		}
	}
	return time.ParseDuration(s)
}

func sinceMidnight(t time.Time) time.Duration {
	h, m, s := t.Clock()
	return time.Duration(h)*time.Hour + time.Duration(m)*time.Minute + time.Duration(s)*time.Second + time.Duration(t.Nanosecond())
}

// times adds what Since and Until ask for.
func (c *Choice) times(q *Query) error {
	zone := q.Zone
	if zone == nil {
		zone = time.UTC
	}
	bounds := map[string]*moment{}
	for _, b := range []struct{ name, value string }{{"since", q.Since}, {"until", q.Until}} {
		if b.value == "" {
			continue
		}
		m, err := parseMoment(b.value, zone, q.Now)
		if err != nil {
			return &Error{b.name, err.Error()}
		}
		bounds[b.name] = &m
		c.asked = append(c.asked, fmt.Sprintf("--%s %q", b.name, b.value))
	}
	since, until := bounds["since"], bounds["until"]
	switch {
	case since == nil && until == nil:
		return nil
	case since != nil && until != nil && !since.daily && !until.daily && !since.time.Before(until.end):
		return &Error{"until", fmt.Sprintf("%q is not after --since %q", q.Until, q.Since)}
	}
	if since != nil && !since.daily {
		c.since = since.time
	}
	if until != nil && !until.daily {
		c.until = until.end
	}
	overnight := since != nil && until != nil && since.daily && until.daily && until.day <= since.day
	c.tests = append(c.tests, func(f *facts) bool {
		t, ok := startOf(f.head, zone)
		if !ok {
			return false
		}
		if t.undated && (since != nil && !since.daily || until != nil && !until.daily) {
			return false
		}
		if overnight {
			return sinceMidnight(t.wall) >= since.day || sinceMidnight(t.wall) < until.day
		}
		return (since == nil || !t.before(since, since.time)) && (until == nil || t.before(until, until.end))
	})
	return nil
}

// start is when a record began.
type start struct {
	wall      time.Time // as a clock on the wall showed it
	undated   bool
	wallKnown bool // the wall clock alone is known, and not its zone
}

// startOf returns when a record began; ok is false where that is not known.
func startOf(h *record.Header, zone *time.Location) (s start, ok bool) {
	flags := h.Confidence.Flags
	if h.Start == 0 || flags&record.NoTimes != 0 {
		return s, false
	}
	s.wall = time.Unix(0, h.Start).UTC()
	s.undated = flags&record.NoDates != 0
	s.wallKnown = s.undated || flags&record.LocalTimes != 0
	if !s.wallKnown {
		s.wall = s.wall.In(zone)
	}
	return s, true
}

// before reports whether a record began before a moment, of which at is the beginning or the end.
func (s *start) before(m *moment, at time.Time) bool {
	switch {
	case m.daily:
		return sinceMidnight(s.wall) < m.day
	case s.wallKnown:
		y, month, d := at.Date()
		h, minute, sec := at.Clock()
		return s.wall.Before(time.Date(y, month, d, h, minute, sec, at.Nanosecond(), time.UTC))
	}
	return s.wall.Before(at)
}
