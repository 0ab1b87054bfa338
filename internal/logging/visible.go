package logging

import (
	"fmt"
	"io"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// visible writes lines of JSON and escapes the characters in them that are not shown as themselves: slog's JSON escapes those below
// U+0020 only, and leaves others that a terminal obeys, or that change the direction of writing. They stand in strings only.
type visible struct{ w io.Writer }

// Write implements io.Writer.
func (v visible) Write(line []byte) (int, error) {
	shown := line
	for i := 0; i < len(line); {
		r, size := utf8.DecodeRune(line[i:])
		if i += size; r == '\n' || unicode.IsPrint(r) {
			continue
		}
		shown = escaped(line)
		break
	}
	if _, err := v.w.Write(shown); err != nil {
		return 0, err
	}
	return len(line), nil
}

func escaped(line []byte) []byte {
	var out []byte
	for _, r := range string(line) {
		switch {
		case r == '\n' || unicode.IsPrint(r):
			out = utf8.AppendRune(out, r)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			out = fmt.Appendf(out, `\u%04x\u%04x`, high, low)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
	}
	return out
}
