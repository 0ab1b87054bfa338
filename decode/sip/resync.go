package sip

import "bytes"

// maxMethod is how long a method of a start line may be that has not arrived in full.
const maxMethod = 128

// maybeStartLine reports whether b, which holds no line break, may be the front of a start line.
func maybeStartLine(b []byte) bool {
	const status = "sip/2.0 "
	if n := min(len(b), len(status)); equalFold(b[:n], status[:n]) {
		return true
	}
	if len(b) >= 4 && equalFold(b[:4], "sip/") {
		return true // another version: malformed
	}
	m := 0
	for m < len(b) && class[b[m]]&isToken != 0 {
		m++
	}
	if m == 0 || m > maxMethod {
		return false
	}
	if m == len(b) {
		return true
	}
	if class[b[m]]&isBlank == 0 {
		return false
	}
	for i, c := range b[m:] {
		if c < ' ' && c != '\t' && (c != '\r' || m+i < len(b)-1) {
			return false
		}
	}
	return true
}

// skipGarbage says how much of b, whose start at b[from:] is no message, may be skipped: up to the next start line, or
// to where one may be arriving.
func skipGarbage(b []byte, from int) (int, FrameKind) {
	if i := findStartLine(b[from:]); i >= 0 && from+i > 0 {
		return from + i, FrameGarbage
	}
	skip := max(bytes.LastIndexByte(b, '\n')+1, len(b)-maxStartLine)
	if from == 0 && isForeign(b) {
		return skip, FrameNotSIP
	}
	if skip == 0 {
		return 0, FrameNeed
	}
	return skip, FrameGarbage
}

// findStartLine returns where the first whole and correct start line in b begins, -1 if there is none. It need not be at
// the front of a line: a body that nobody announced seldom ends with a line break.
func findStartLine(b []byte) int {
	for at := 0; ; {
		i := bytes.Index(b[at:], []byte(version))
		if i < 0 {
			return -1
		}
		v := at + i
		at = v + len(version)
		lf := bytes.IndexByte(b[at:], '\n')
		if lf < 0 {
			return -1
		}
		end, _ := lineEnd(b[v : at+lf+1])
		end += v
		if end == at {
			if s := requestLineBefore(b, v); s >= 0 {
				return s
			}
			continue
		}
		if b[at] == ' ' && parseStatusLine(b[v:end]).kind == SIP {
			return v
		}
	}
}

// requestLineBefore returns where the request line begins that ends with the version at b[v:], -1 if there is none.
func requestLineBefore(b []byte, v int) int {
	line := max(bytes.LastIndexByte(b[:v], '\n')+1, v-maxStartLine)
	end := v + len(version)
	if parseStartLine(b[line:end]).kind == SIP {
		return line
	}
	// Text before it on the same line: take the last known method that makes a request line of the rest.
	for i := v - 1; i > line; i-- {
		if b[i] != ' ' {
			continue
		}
		for m := INVITE; int(m) < NumMethods; m++ {
			name := methodNames[m]
			s := i - len(name)
			if s < line || string(b[s:i]) != name || parseStartLine(b[s:end]).kind != SIP {
				continue
			}
			if m == NOTIFY && s >= line+2 && string(b[s-2:s]) == "BE" {
				s -= 2
			}
			return s
		}
	}
	return -1
}

// isForeign reports whether b speaks for a protocol other than SIP: control characters at the front, as in TLS, STUN or
// DNS, or the first line of a text protocol.
func isForeign(b []byte) bool {
	for _, c := range b[:min(len(b), 16)] {
		if c < ' ' && c != '\t' && class[c]&isLine == 0 || c == 0x7f {
			return true
		}
	}
	for _, p := range [...]string{"http/1.", "rtsp/1.", "rtsp/2.", "ssh-", "msrp "} {
		if hasPrefixFold(b, p) {
			return true
		}
	}
	end, next := lineEnd(b[:min(len(b), maxStartLine)])
	if next == end {
		return false
	}
	last := b[bytes.LastIndexByte(b[:end], ' ')+1 : end]
	return hasPrefixFold(last, "http/") || hasPrefixFold(last, "rtsp/")
}
