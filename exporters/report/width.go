package report

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"

	"sipspan/record"
)

// cells is how many columns of a terminal a rune takes.
func cells(r rune) int {
	switch {
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return 0
	case 0x1f300 <= r && r <= 0x1faff:
		return 2
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}

// columns is how many columns of a terminal a text takes.
func columns(s string) int {
	n := 0
	for _, r := range s {
		n += cells(r)
	}
	return n
}

// clip cuts a text to a number of columns, with … for what is cut.
func clip(s string, limit int) string {
	if columns(s) <= limit {
		return s
	}
	var b strings.Builder
	left := limit - 1
	for _, r := range s {
		if left -= cells(r); left < 0 {
			break
		}
		b.WriteRune(r)
	}
	b.WriteRune('…')
	return b.String()
}

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
func broken(s string, limit int) (lines []string) {
	line, n := "", 0
	for _, r := range s {
		if n+cells(r) > limit && line != "" {
			lines, line, n = append(lines, line), "", 0
		}
		line += string(r)
		n += cells(r)
	}
	return append(lines, line)
}

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
