package record

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Text from the wire may hold any bytes; the output holds valid UTF-8 only. A byte that is not part of valid UTF-8 is
// written as the four characters \xNN with two lower-case hexadecimal digits. So that this can be undone, a backslash
// that is followed by x and two hexadecimal digits on the wire is itself written as \x5c. Replacing every \xNN by its
// byte, from left to right, therefore gives back what was on the wire.

const hexDigits = "0123456789abcdef"

// looksEscaped reports whether s starts with the form of an escaped byte.
func looksEscaped(s string) bool {
	return len(s) >= 4 && s[0] == '\\' && s[1] == 'x' && isHex(s[2]) && isHex(s[3])
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

// appendByte appends b as \xNN.
func appendByte(dst []byte, b byte) []byte {
	return append(dst, '\\', 'x', hexDigits[b>>4], hexDigits[b&0xf])
}

// plain holds which bytes are written into a JSON string unchanged.
var plain = func() (t [256]bool) {
	for c := 0x20; c < utf8.RuneSelf; c++ {
		t[c] = c != '"' && c != '\\'
	}
	return t
}()

const (
	ones = 0x0101010101010101
	tops = 0x8080808080808080
)

// word8 returns the first eight bytes of s.
func word8(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// plain8 reports whether eight bytes all are plain. It may return false although they are.
func plain8(w uint64) bool {
	quote, backslash := w^('"'*ones), w^('\\'*ones)
	return (w|(w-0x20*ones)|(quote-ones)|(backslash-ones))&tops == 0
}

// plainEnd returns how many bytes at the start of s are plain.
func plainEnd(s string) int {
	i := 0
	for len(s)-i >= 8 && plain8(word8(s[i:])) {
		i += 8
	}
	if len(s)-i < 8 && len(s) >= 8 && plain8(word8(s[len(s)-8:])) {
		return len(s)
	}
	for i < len(s) && plain[s[i]] {
		i++
	}
	return i
}

// appendString appends s as a JSON string (RFC 8259 section 7), quotes included.
func appendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	start := 0
	for i := plainEnd(s); i < len(s); i += plainEnd(s[i:]) {
		if s[i] >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			if control1(r) {
				dst = append(append(dst, s[start:i]...), '\\', 'u', '0', '0', hexDigits[r>>4], hexDigits[r&0xf])
				i += size
				start = i
				continue
			}
			if r != utf8.RuneError || size > 1 {
				i += size
				continue
			}
		}
		dst = append(dst, s[start:i]...)
		dst = appendQuoted(dst, s[i:])
		i++
		start = i
	}
	dst = append(dst, s[start:]...)
	return append(dst, '"')
}

// appendQuoted appends the first byte of s, which cannot stand in a JSON string as it is.
func appendQuoted(dst []byte, s string) []byte {
	switch c := s[0]; {
	case c == '"':
		return append(dst, '\\', '"')
	case c == '\\' && looksEscaped(s):
		return append(dst, `\\x5c`...)
	case c == '\\':
		return append(dst, '\\', '\\')
	case c == '\n':
		return append(dst, '\\', 'n')
	case c == '\r':
		return append(dst, '\\', 'r')
	case c == '\t':
		return append(dst, '\\', 't')
	case c < 0x20:
		return append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&0xf])
	default:
		return appendByte(append(dst, '\\'), c)
	}
}

// Text returns s for output outside JSON: bytes that are not valid UTF-8 and control characters, those from U+0080 to U+009F
// among them, are written as \xNN. It returns s itself when nothing needs to be escaped.
func Text(s string) string {
	return escape(s, func(byte) bool { return false })
}

// Visible returns s as Text does, with U+FFFD for each character that is not shown as itself, such as a change of the direction of
// writing: a text from elsewhere in one line for people.
func Visible(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return unicode.ReplacementChar
	}, Text(s))
}

// control1 reports whether r is a control character of the second set, which some terminals obey as they obey ESC.
func control1(r rune) bool { return 0x80 <= r && r <= 0x9f }

// escape returns s with bad bytes, control characters and the ASCII characters that also is true of written as \xNN.
func escape(s string, also func(byte) bool) string {
	var dst []byte
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			if control1(r) { // both of its bytes
				dst = appendByte(appendByte(append(dst, s[start:i]...), c), s[i+1])
				i += size
				start = i
				continue
			}
			if r != utf8.RuneError || size > 1 {
				i += size
				continue
			}
		} else if c >= 0x20 && c != 0x7f && !(c == '\\' && looksEscaped(s[i:])) && !also(c) {
			i++
			continue
		}
		dst = append(dst, s[start:i]...)
		dst = appendByte(dst, c)
		i++
		start = i
	}
	if dst == nil {
		return s
	}
	return string(append(dst, s[start:]...))
}

// unescape replaces every \xNN by its byte, from left to right.
func unescape(s string) string {
	i := strings.Index(s, `\x`)
	if i < 0 {
		return s
	}
	b := append(make([]byte, 0, len(s)), s[:i]...)
	for i < len(s) {
		if looksEscaped(s[i:]) {
			b = append(b, fromHex(s[i+2])<<4|fromHex(s[i+3]))
			i += 4
			continue
		}
		b = append(b, s[i])
		i++
	}
	return string(b)
}

// fromHex returns the value of a hexadecimal digit.
func fromHex(c byte) byte {
	if c <= '9' {
		return c - '0'
	}
	return c | 0x20 - 'a' + 10
}
