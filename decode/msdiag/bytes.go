package msdiag

// number reads the decimal number at the start of b and returns how many digits it has, 0 when there is none or it does
// not fit into 32 bits.
func number(b []byte) (n uint32, size int) {
	var v uint64
	for size < len(b) && b[size]-'0' <= 9 {
		v = v*10 + uint64(b[size]-'0')
		if v > 1<<32-1 {
			return 0, 0
		}
		size++
	}
	return uint32(v), size
}

// is reports whether b is s in any case; s is in lower case.
func is(b []byte, s string) bool {
	if len(b) != len(s) {
		return false
	}
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			c |= 0x20
		}
		if c != s[i] {
			return false
		}
	}
	return true
}

func blank(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

// trim drops white space at both ends, line breaks of folds included.
func trim(b []byte) []byte {
	for len(b) > 0 && blank(b[0]) {
		b = b[1:]
	}
	for len(b) > 0 && blank(b[len(b)-1]) {
		b = b[:len(b)-1]
	}
	return b
}

// unquote drops white space inside quotation marks, and a quotation mark that was not closed.
func unquote(b []byte) []byte {
	b = trim(b)
	if len(b) > 0 && b[0] == '"' {
		b = trim(b[1:])
	}
	return b
}
