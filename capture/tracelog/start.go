package tracelog

import "bytes"

var version = []byte("SIP/2.0")

// startLine finds the start line of a message in a line: at its beginning, or after what a log writes in front of it.
func startLine(line []byte) (start []byte, ok bool) {
	i := bytes.Index(line, version)
	if i < 0 {
		return nil, false
	}
	if rest := line[i+len(version):]; isStatus(rest) {
		if before := bytes.TrimRight(line[:i], " \t"); len(before) == 0 || len(before) < i && endsPrefix(before) {
			return line[i:], true
		}
		return nil, false
	}
	line = bytes.TrimRight(line, " \t")
	if !bytes.HasSuffix(line, version) {
		return nil, false
	}
	return requestLine(line)
}

// isStatus reports whether b is what follows the version in a status line.
func isStatus(b []byte) bool {
	return len(b) >= 4 && b[0] == ' ' && b[1]-'1' < 6 && b[2]-'0' <= 9 && b[3]-'0' <= 9 && (len(b) == 4 || b[4] == ' ')
}

// endsPrefix reports whether b may end what a log writes in front of a message.
func endsPrefix(b []byte) bool {
	last := b[len(b)-1]
	return last == ':' || last == ']' || last == '>' || last == '|'
}

// requestLine finds a request line that ends where line ends. The Request-URI may hold blanks, as where a document hides a name.
func requestLine(line []byte) ([]byte, bool) {
	from := 0
	colon := bytes.LastIndexByte(line[:len(line)-len(version)], ':')
	for {
		rest := bytes.TrimLeft(line[from:], " \t")
		from = len(line) - len(rest)
		n := methodLength(rest)
		if n > 0 && from+n < colon {
			if before := bytes.TrimRight(line[:from], " \t"); len(before) == 0 || len(before) < from && endsPrefix(before) {
				return rest, true
			}
		}
		next := bytes.IndexByte(rest, ' ')
		if next < 0 {
			return nil, false
		}
		from += next
	}
}

// methodLength returns the length of the method that b begins with and that a blank follows, 0 if there is none.
func methodLength(b []byte) int {
	n := 0
	for n < len(b) && (b[n]-'A' < 26 || b[n] == '_' || b[n] == '-') {
		n++
	}
	if n < 3 || n > 32 || n+1 >= len(b)-len(version) || b[n] != ' ' {
		return 0
	}
	return n
}

// beginsRequest reports whether a line may begin a request line that goes on in the next one.
func beginsRequest(line []byte) bool {
	line = bytes.TrimSpace(line)
	n := 0
	for n < len(line) && line[n]-'A' < 26 {
		n++
	}
	if n < 3 || n+1 >= len(line) || line[n] != ' ' {
		return false
	}
	uri := line[n+1:]
	return bytes.HasPrefix(uri, []byte("sip:")) || bytes.HasPrefix(uri, []byte("sips:")) || bytes.HasPrefix(uri, []byte("tel:"))
}

// headerName returns the length of the name of the header field that a line begins, 0 if it begins none. Older texts have a blank
// in the name or in front of the colon.
func headerName(line []byte) int {
	colon := bytes.IndexByte(line, ':')
	if colon <= 0 || colon > 64 || line[0]|0x20-'a' >= 26 && line[0]-'0' > 9 {
		return 0
	}
	name := bytes.TrimRight(line[:colon], " \t")
	blanks := 0
	for _, c := range name {
		switch {
		case c|0x20-'a' < 26, c-'0' <= 9, c == '-', c == '.', c == '_', c == '+', c == '!', c == '%', c == '*', c == '~', c == '\'', c == '`':
		case c == ' ':
			blanks++
		default:
			return 0
		}
	}
	if blanks > 0 && !bytes.EqualFold(name, []byte("content length")) && !bytes.EqualFold(name, []byte("call id")) &&
		!bytes.EqualFold(name, []byte("content type")) {
		return 0
	}
	return colon
}

// isSDP reports whether a line is one of a session description.
func isSDP(line []byte) bool { return len(line) >= 2 && line[1] == '=' && line[0]-'a' < 26 }
