package diagnose

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// maxClean bounds what is taken from the wire into a sentence or evidence, in bytes.
const maxClean = 300

// clean makes one line of text from the wire: folds and control characters become spaces, and a long text is cut. Bytes
// that are not UTF-8 stay; the record escapes them.
func clean(b []byte) string {
	if isClean(b) {
		return string(b)
	}
	cut := len(b) > maxClean
	if cut {
		b = b[:maxClean]
		start := len(b) - 1
		for start > len(b)-utf8.UTFMax && !utf8.RuneStart(b[start]) {
			start--
		}
		if !utf8.FullRune(b[start:]) {
			b = b[:start]
		}
	}
	out := make([]byte, 0, len(b))
	for _, c := range b {
		if c < 0x20 || c == 0x7f {
			c = ' '
		}
		if c == ' ' && (len(out) == 0 || out[len(out)-1] == ' ') {
			continue
		}
		out = append(out, c)
	}
	s := strings.TrimRight(string(out), " ")
	if cut {
		s += "…"
	}
	return s
}

// isClean reports whether a text is fit for a line as it is.
func isClean(b []byte) bool {
	if len(b) > maxClean {
		return false
	}
	last := byte(' ')
	for _, c := range b {
		if c < 0x20 || c == 0x7f || c == ' ' && last == ' ' {
			return false
		}
		last = c
	}
	return len(b) == 0 || last != ' '
}

// seconds writes a duration for people.
func seconds(d time.Duration) string {
	if d >= time.Second {
		return fmt.Sprintf("%.0f s", d.Seconds())
	}
	return fmt.Sprintf("%d ms", d.Milliseconds())
}

// letters are the letters and digits of a text in lower case.
func letters(text string) string {
	return strings.Map(func(c rune) rune {
		if 'a' <= c && c <= 'z' || '0' <= c && c <= '9' {
			return c
		}
		return -1
	}, strings.ToLower(text))
}

func quoted(s string) string {
	if s == "" {
		return "of the server"
	}
	return "“" + clean([]byte(s)) + "”"
}

// phrase joins what happened with who did it, if that is known.
func phrase(what, preposition, who string) string {
	if who == "" {
		return what
	}
	return what + " " + preposition + " " + who
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// expand appends a template with {name} replaced by its value.
func expand(dst []byte, template string, value func(name string) string) []byte {
	for {
		before, rest, ok := strings.Cut(template, "{")
		dst = append(dst, before...)
		if !ok {
			return dst
		}
		name, after, _ := strings.Cut(rest, "}")
		dst = append(dst, value(name)...)
		template = after
	}
}
