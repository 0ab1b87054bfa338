package plain

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// cells is how many columns a character takes.
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

// Columns returns how many columns a text takes.
func Columns(s string) int {
	n := 0
	for _, r := range s {
		n += cells(r)
	}
	return n
}

// Clip cuts a text to a number of columns, with … for what is cut.
func Clip(s string, limit int) string {
	if Columns(s) <= limit {
		return s
	}
	if limit < 1 {
		return ""
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

// Wrap breaks a text between words into lines of at most limit columns. A word that is longer is broken, after a sign that ends a part of it where
// there is one.
func Wrap(s string, limit int) []string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(s) {
		if line != "" && Columns(line)+1+Columns(word) <= limit {
			line += " " + word
			continue
		}
		if line != "" {
			lines = append(lines, line)
		}
		parts := breakWord(word, max(limit, 2))
		lines = append(lines, parts[:len(parts)-1]...)
		line = parts[len(parts)-1]
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

// breakWord breaks a word into lines of at most limit columns: after the last of some signs that leaves no line shorter than a third of them,
// else anywhere.
func breakWord(word string, limit int) (lines []string) {
	for Columns(word) > limit {
		head := cut(word, limit)
		if at := strings.LastIndexAny(head, ";,/&@"); at > 0 && Columns(head[:at+1]) >= limit/3 {
			head = head[:at+1]
		}
		lines = append(lines, head)
		word = word[len(head):]
	}
	return append(lines, word)
}

// Break breaks a text anywhere into lines of at most limit columns. Nothing is left out.
func Break(s string, limit int) (lines []string) {
	for Columns(s) > limit {
		head := cut(s, limit)
		lines = append(lines, head)
		s = s[len(head):]
	}
	return append(lines, s)
}

// cut returns as much of the beginning of a word as fits, at least one character.
func cut(word string, limit int) string {
	n := 0
	for i, r := range word {
		if n += cells(r); n > limit && i > 0 {
			return word[:i]
		}
	}
	return word
}

// ASCII writes a text in ASCII: arrows, dashes and the like by what looks like them, everything else as “?”.
func ASCII(s string) string {
	return strings.Map(func(r rune) rune {
		if r < unicode.MaxASCII {
			return r
		}
		if a, ok := inASCII[r]; ok {
			return a
		}
		return '?'
	}, s)
}

var inASCII = map[rune]rune{
	'→': '>', '←': '<', '▶': '>', '◀': '<', '─': '-', '│': '|', '├': '|', '┤': '|', '×': 'x', '…': '.', '·': '-', '“': '"', '”': '"', '┄': '-',
	'⋮': ':', '●': '*', '—': '-', '╌': '.', '└': '`', '┼': '+', '’': '\'', '┆': ':', '✗': 'X', '↺': '@',
}
