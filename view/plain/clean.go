package plain

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"sipspan/record"
)

// Clean makes a text one harmless line: what is not valid UTF-8 and control characters become \xNN, what is not printable, such as a change of the
// direction of writing, becomes U+FFFD, and what is beyond limit characters becomes "…".
func Clean[T string | []byte](text T, limit int) string {
	s := string(text[:min(len(text), utf8.UTFMax*limit+utf8.UTFMax)])
	if len(s) < len(text) { // not in the middle of a character
		for i := 0; i < utf8.UTFMax && len(s) > 0 && !utf8.RuneStart(s[len(s)-1]); i++ {
			s = s[:len(s)-1]
		}
		if len(s) > 0 {
			s = s[:len(s)-1]
		}
	}
	s = strings.Map(printable, record.Text(s))
	n := 0
	for i := range s {
		if n++; n > limit {
			return s[:i] + "…"
		}
	}
	return strings.TrimSpace(s)
}

func printable(r rune) rune {
	if unicode.IsPrint(r) {
		return r
	}
	return unicode.ReplacementChar
}

// Lines makes a text of several lines harmless as Clean does, but for its line breaks, which stay. Nothing is left out.
func Lines(raw []byte) string {
	var b strings.Builder
	for line := range strings.Lines(string(raw)) {
		line = strings.TrimRight(line, "\r\n")
		b.WriteString(strings.Map(printable, record.Text(strings.ReplaceAll(line, "\t", "    "))))
		b.WriteByte('\n')
	}
	return b.String()
}
