package report

import (
	"strings"
	"unicode"

	"sipspan/record"
	"sipspan/view/plain"
)

// columns is how many columns of a terminal a text takes.
func columns(s string) int { return plain.Columns(s) }

// clip cuts a text to a number of columns, with … for what is cut.
func clip(s string, limit int) string { return plain.Clip(s, limit) }

// fold breaks a text between its parts into lines of a number of columns, and within a part that is longer; an empty text has none.
func fold(s, between string, limit int) []string {
	if s == "" {
		return nil
	}
	var lines []string
	for part := range strings.SplitSeq(s, between) {
		last := len(lines) - 1
		if last >= 0 && columns(lines[last])+columns(between)+columns(part) <= limit {
			lines[last] += between + part
			continue
		}
		lines = append(lines, broken(part, limit)...)
	}
	return lines
}

// broken breaks a text without blanks into lines of a number of columns. Nothing is left out.
func broken(s string, limit int) []string { return plain.Break(s, limit) }

// wire makes a text from the wire harmless to a terminal: one line, no control characters, no change of direction.
func wire(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return '\ufffd'
	}, record.Text(s))
}

// short cuts a name from the wire for a column of names.
func short(name string) string { return clip(wire(name), 16) }
