package ladder

import (
	"strconv"
	"strings"
)

// LongPause is from how many milliseconds on a drawing says that nothing was sent for some time.
const LongPause = 1000.0

// Timed reports whether the steps have times.
func (l *Ladder) Timed() bool { return l.Start != "" && l.Source == SourceMessages }

// Caption returns what an arrow says: the method or the status, what it is about in brackets, how often it was sent, and the mark of its leg where there
// are several.
func (l *Ladder) Caption(s *Step) string {
	caption := s.Label
	if s.About != "" {
		caption += " (" + s.About + ")"
	}
	if s.Times > 1 {
		caption += " ×" + strconv.Itoa(s.Times)
	}
	if len(l.Legs) > 1 && l.Source == SourceMessages {
		caption = l.Legs[s.Leg].Mark + ": " + caption
	}
	return caption
}

// Label returns what to call the column in one line, never "".
func (c *Column) Label() string {
	switch {
	case c.Name != "":
		return c.Name
	case c.Agent != "":
		return c.Agent
	}
	return c.First()
}

// First returns the first address, or that there is none.
func (c *Column) First() string {
	if len(c.Addrs) == 0 {
		return "no address"
	}
	return c.Addrs[0]
}

// listed is how many addresses of a column are listed.
const listed = 4

// Whole says everything that is known of the column.
func (c *Column) Whole() string {
	var words []string
	for _, s := range []string{c.Role, c.Name, c.Agent} {
		if s != "" {
			words = append(words, s)
		}
	}
	switch n := len(c.Addrs); {
	case n == 0:
		words = append(words, c.First())
	case n > listed:
		words = append(words, strings.Join(c.Addrs[:listed], ", ")+" and "+strconv.Itoa(n-listed)+" more")
	default:
		words = append(words, strings.Join(c.Addrs, ", "))
	}
	return strings.Join(words, " · ")
}
