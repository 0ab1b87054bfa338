package command

import (
	"bytes"
	"strings"
	"unicode"
)

// tail keeps the end of what a program writes.
type tail struct{ text []byte }

// kept is how many bytes of it are kept, which bounds its last line.
const kept = 512

// Write implements io.Writer.
func (t *tail) Write(b []byte) (int, error) {
	t.text = append(t.text, b[max(0, len(b)-2*kept):]...)
	if over := len(t.text) - 2*kept; over > 0 {
		t.text = append(t.text[:0], t.text[over:]...)
	}
	return len(b), nil
}

// line returns the last line that is not blank, without control characters.
func (t *tail) line() string {
	text := bytes.TrimSpace(t.text)
	text = text[bytes.LastIndexByte(text, '\n')+1:]
	text = text[max(0, len(text)-kept):]
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(string(bytes.TrimSpace(text)), ""))
}
