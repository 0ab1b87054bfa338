package sdp

import "bytes"

// cutLine cuts the first line from b, without its line break.
func cutLine(b []byte) (line, rest []byte) {
	lf := bytes.IndexByte(b, '\n')
	if lf < 0 {
		return bytes.TrimSuffix(b, []byte("\r")), nil
	}
	line = b[:lf]
	if lf > 0 && b[lf-1] == '\r' {
		line = b[:lf-1]
	}
	return line, b[lf+1:]
}

// cutWord cuts the first word from b; rest has no leading space.
func cutWord(b []byte) (word, rest []byte) {
	b = trim(b)
	for i, c := range b {
		if c == ' ' || c == '\t' {
			return b[:i], trim(b[i:])
		}
	}
	return b, nil
}

func trim(b []byte) []byte {
	for len(b) > 0 && (b[0] == ' ' || b[0] == '\t' || b[0] == '\r') {
		b = b[1:]
	}
	for len(b) > 0 && (b[len(b)-1] == ' ' || b[len(b)-1] == '\t' || b[len(b)-1] == '\r') {
		b = b[:len(b)-1]
	}
	return b
}

// decimal reads digits only.
func decimal(b []byte) (n int, ok bool) {
	for _, c := range b {
		if c < '0' || c > '9' || n > 1<<30 {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, len(b) > 0
}
