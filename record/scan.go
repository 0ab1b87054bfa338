package record

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"
)

// The functions of this file walk over JSON that is known to be valid (RFC 8259). A place is an index into the text.

// pastSpace returns the first place from i on that holds no white space.
func pastSpace(text []byte, i int) int {
	for i < len(text) && (text[i] == ' ' || text[i] == '\t' || text[i] == '\n' || text[i] == '\r') {
		i++
	}
	return i
}

// pastString returns the place after the string that begins at i.
func pastString(text []byte, i int) int {
	for i++; text[i] != '"'; i++ {
		if text[i] == '\\' {
			i++
		}
	}
	return i + 1
}

// pastValue returns the place after the value that begins at i.
func pastValue(text []byte, i int) int {
	for depth := 0; i < len(text); {
		switch text[i] {
		case '"':
			i = pastString(text, i)
		case '{', '[':
			depth++
			i++
			continue
		case '}', ']':
			depth--
			i++
		case ',', ':', ' ', '\t', '\n', '\r':
			i++
			continue
		default: // a number or a literal
			for i < len(text) && !separates(text[i]) {
				i++
			}
		}
		if depth == 0 {
			break
		}
	}
	return i
}

// separates reports whether c ends a number or a literal.
func separates(c byte) bool {
	return c == ',' || c == ']' || c == '}' || c == ' ' || c == '\t' || c == '\n' || c == '\r'
}

// unquote returns what a JSON string holds. The result does not refer to it.
func unquote(quoted []byte) string {
	inner := quoted[1 : len(quoted)-1]
	if bytes.IndexByte(inner, '\\') < 0 && utf8.Valid(inner) {
		return string(inner)
	}
	var s string
	_ = json.Unmarshal(quoted, &s) // a valid string, in which bytes that are not UTF-8 become U+FFFD
	return s
}
