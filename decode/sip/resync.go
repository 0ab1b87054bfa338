package sip

import "bytes"

// maxMethod is how long a method of a start line may be that has not arrived in full.
const maxMethod = 128

// tooLong reports whether a request line has a method that nothing in a stream is waited for: a long word, such as the end
// of a body that nobody announced.
func tooLong(line []byte) bool {
	if len(line) <= maxMethod {
		return false
	}
	for _, c := range line[:maxMethod+1] {
		if class[c]&isToken == 0 {
			return false
		}
	}
	return true
}

// maybeStartLine reports whether b, which holds no line break, may be the front of a start line. b[:known] may.
func maybeStartLine(b []byte, known int) bool {
	const status = "sip/2.0 "
	if n := min(len(b), len(status)); equalFold(b[:n], status[:n]) {
		return true
	}
	if len(b) >= 4 && equalFold(b[:4], "sip/") {
		return true // another version: malformed
	}
	m := 0
	for m < len(b) && m <= maxMethod && class[b[m]]&isToken != 0 {
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
	m = max(m, known-1) // a carriage return was let pass at the end
	for i, c := range b[m:] {
		if c < ' ' && c != '\t' && (c != '\r' || m+i < len(b)-1) {
			return false
		}
	}
	return true
}

// garbage says how much of b, whose part before b[from:] begins no message, may be skipped: up to the next start line,
// be it a broken one, or to where one may be arriving.
func (f *Framer) garbage(b []byte, from int) (int, FrameKind) {
	if from == 0 && f.stage == atStartLine {
		if namesOther(b, f.seen) {
			f.seen = 0
			_, next := lineEnd(b[:min(len(b), maxStartLine)])
			return next, FrameOther
		}
	} else {
		f.seen = from
	}
	at, found := f.findStartLine(b, from, true)
	switch {
	case found:
		f.seen = 0
		return at, FrameGarbage
	case from == 0 && isBinary(b):
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
func (f *Framer) findStartLine(b []byte, from int, broken bool) (at int, found bool) {
	for at = from; ; {
		for at < len(b) && b[at] == '\r' { // as Frame passes over them
			at++
		}
		lf := f.lineFeed(b, at)
		if lf < 0 {
			f.seen = len(b)
			return at, false
		}
		end, _ := lineEnd(b[at : lf+1])
		line := b[at : at+end]
		f.looked += len(line)
		if kind := parseStartLine(line).kind; (kind == SIP || kind == Malformed && broken && at > 0) && !tooLong(line) {
			return at, true
		}
		if i := startLineWithin(line); i > 0 {
			return at + i, true
		}
		at = lf + 1
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

// isBinary reports whether b does not begin as text: with control characters, as TLS, STUN and DNS do. Some tunnels have a
// few such bytes before each message, so b may still hold the front of a start line.
func isBinary(b []byte) bool {
	for _, c := range b[:min(len(b), 16)] {
		if c < ' ' && c != '\t' && class[c]&isLine == 0 || c == 0x7f {
			return !beginsMessage(b[:min(len(b), maxPreamble)])
		}
	}
	return false
}

// maxPreamble is how many bytes are looked at for a message that a tunnel has put something before.
const maxPreamble = 96

// beginsMessage reports whether b holds what the front of a start line looks like.
func beginsMessage(b []byte) bool {
	for _, s := range [...]string{version + " ", " sip:", " sips:", " tel:"} {
		if bytes.Contains(b, []byte(s)) {
			return true
		}
	}
	return false
}

// namesOther reports whether b begins as a protocol other than SIP that says so: HTTP, RTSP, SSH, MSRP, the capture protocol
// HEP, mail, or a log line on its way (RFC 5424 section 6.2.1, RFC 6587 section 3.4.1). What it carries may well be SIP, but
// nobody signals with it here. b[:seen] holds no line feed.
func namesOther(b []byte, seen int) bool {
	for _, p := range [...]string{"http/1.", "rtsp/1.", "rtsp/2.", "ssh-", "msrp ", "hep3", "ehlo ", "helo "} {
		if hasPrefixFold(b, p) {
			return true
		}
	}
	if isLogLine(b) {
		return true
	}
	lf := bytes.IndexByte(b[seen:max(seen, min(len(b), maxStartLine))], '\n')
	if lf < 0 {
		return false
	}
	line := b[:seen+lf]
	last := line[bytes.LastIndexByte(line, ' ')+1:]
	return hasPrefixFold(last, "http/") || hasPrefixFold(last, "rtsp/")
}

// isLogLine reports whether b begins with the priority of a log line, perhaps after the length of that line.
func isLogLine(b []byte) bool {
	digits := func(most int) (n int) {
		for n < len(b) && n < most && class[b[n]]&isDigit != 0 {
			n++
		}
		return n
	}
	if n := digits(7); n > 0 {
		if n == len(b) || b[n] != ' ' {
			return false
		}
		b = b[n+1:]
	}
	if len(b) == 0 || b[0] != '<' {
		return false
	}
	b = b[1:]
	n := digits(3)
	return n > 0 && n < len(b) && b[n] == '>'
}
