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

// skipGarbage says how much of b, whose part before b[from:] begins no message, may be skipped: up to the next start line,
// be it a broken one, or to where one may be arriving.
func skipGarbage(b []byte, from int) (int, FrameKind) {
	at, found := findStartLine(b, from, true)
	switch {
	case found:
		return at, FrameGarbage
	case from == 0 && isForeign(b):
		return max(at, len(b)-maxStartLine), FrameNotSIP
	}
	at = max(at, len(b)-maxStartLine)
	if at == 0 {
		return 0, FrameNeed
	}
	return at, FrameGarbage
}

// findStartLine looks for the first whole start line in b from b[from:] on. A correct one need not be at the front of a
// line: a body that nobody announced seldom ends with a line break. With broken, a malformed one at the front of a line
// will do, but for the one at b[0]. When there is none, at is where the last line begins that is not whole.
func findStartLine(b []byte, from int, broken bool) (at int, found bool) {
	for at = from; ; {
		for at < len(b) && b[at] == '\r' { // as Frame passes over them
			at++
		}
		lf := bytes.IndexByte(b[at:], '\n')
		if lf < 0 {
			return at, false
		}
		end, _ := lineEnd(b[at : at+lf+1])
		line := b[at : at+end]
		if kind := parseStartLine(line).kind; kind == SIP || kind == Malformed && broken && at > 0 {
			return at, true
		}
		if i := startLineWithin(line); i > 0 {
			return at + i, true
		}
		at += lf + 1
	}
}

// startLineWithin returns where a correct start line begins that has other text before it on the same line, 0 if there
// is none.
func startLineWithin(line []byte) int {
	for at := 0; ; {
		i := bytes.Index(line[at:], []byte(version))
		if i < 0 {
			return 0
		}
		at += i
		if at+len(version) == len(line) {
			return requestLineBefore(line, at)
		}
		if line[at+len(version)] == ' ' && parseStatusLine(line[at:]).kind == SIP {
			return at
		}
		at += len(version)
	}
}

// requestLineBefore returns where the request line begins that ends with line and whose version is line[v:], 0 if there
// is none: the last known method that makes a request line of the rest.
func requestLineBefore(line []byte, v int) int {
	for i := v - 1; i > 0; i-- {
		if line[i] != ' ' {
			continue
		}
		for m := INVITE; int(m) < NumMethods; m++ {
			s := i - len(methodNames[m])
			if s < 0 || string(line[s:i]) != methodNames[m] || parseStartLine(line[s:]).kind != SIP {
				continue
			}
			if m == NOTIFY && s >= 2 && string(line[s-2:s]) == "BE" {
				s -= 2
			}
			return s
		}
	}
	return 0
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
