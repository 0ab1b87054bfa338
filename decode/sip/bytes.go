package sip

// classes of bytes, RFC 3261 section 25.1
const (
	isToken = 1 << iota
	isDigit
	isAlpha
	isBlank  // SP, HTAB
	isLine   // CR, LF
	endsHost // what ends the host of a sent-by
	endsName // what ends the name of a parameter
)

var class = func() (t [256]uint8) {
	for c := '0'; c <= '9'; c++ {
		t[c] |= isDigit | isToken
	}
	for c := 'a'; c <= 'z'; c++ {
		t[c] |= isAlpha | isToken
		t[c-'a'+'A'] |= isAlpha | isToken
	}
	for _, c := range ":;, \t\r\n" {
		t[c] |= endsHost
	}
	for _, c := range "-.!%*_+`'~" {
		t[c] |= isToken
	}
	for _, c := range ";= \t\r\n" {
		t[c] |= endsName
	}
	t[' '] |= isBlank
	t['\t'] |= isBlank
	t['\r'] |= isLine
	t['\n'] |= isLine
	return t
}()

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// AppendLower appends b to dst with the letters A to Z in lower case, and returns the extended slice.
func AppendLower(dst, b []byte) []byte {
	for _, c := range b {
		dst = append(dst, lower(c))
	}
	return dst
}

// equalFold reports whether b is s in any case; s is in lower case.
func equalFold(b []byte, s string) bool {
	if len(b) != len(s) {
		return false
	}
	for i := range b {
		if lower(b[i]) != s[i] {
			return false
		}
	}
	return true
}

// foldEqual reports whether b is s, both in any case.
func foldEqual(b []byte, s string) bool {
	if len(b) != len(s) {
		return false
	}
	for i := range b {
		if lower(b[i]) != lower(s[i]) {
			return false
		}
	}
	return true
}

// isTokenBytes reports whether b is a token (RFC 3261 section 25.1).
func isTokenBytes(b []byte) bool {
	for _, c := range b {
		if class[c]&isToken == 0 {
			return false
		}
	}
	return len(b) > 0
}

// trimLeft drops leading white space, line breaks of folds included.
func trimLeft(b []byte) []byte {
	for len(b) > 0 && class[b[0]]&(isBlank|isLine) != 0 {
		b = b[1:]
	}
	return b
}

// trim drops white space at both ends, line breaks of folds included.
func trim(b []byte) []byte {
	if len(b) > 0 && b[0] > ' ' && b[len(b)-1] > ' ' {
		return b
	}
	return trimBoth(b)
}

func trimBoth(b []byte) []byte {
	b = trimLeft(b)
	for len(b) > 0 && class[b[len(b)-1]]&(isBlank|isLine) != 0 {
		b = b[:len(b)-1]
	}
	return b
}

// number reads b as a decimal number of digits only. It stops growing at 2^62, so that any length is safe.
func number(b []byte) (n uint64, ok bool) {
	for _, c := range b {
		d := c - '0'
		if d > 9 {
			return 0, false
		}
		if n < 1<<58 {
			n = n*10 + uint64(d)
		}
	}
	return n, len(b) > 0
}

// Unfold appends v to dst with every fold (a line break and the white space around it) made one space, as RFC 3261
// section 7.3.1 reads it, and returns the extended slice. A value without folds is appended as it is.
func Unfold(dst, v []byte) []byte {
	for i := 0; i < len(v); {
		if class[v[i]]&isLine == 0 {
			dst = append(dst, v[i])
			i++
			continue
		}
		for len(dst) > 0 && class[dst[len(dst)-1]]&isBlank != 0 {
			dst = dst[:len(dst)-1]
		}
		for i < len(v) && class[v[i]]&(isBlank|isLine) != 0 {
			i++
		}
		dst = append(dst, ' ')
	}
	return dst
}
