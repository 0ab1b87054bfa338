package sip

import "bytes"

// wait finds the end of a body that was announced to end at f.end.
func (f *Framer) wait(b []byte) (int, FrameKind) {
	if at, found := f.startLineInBody(b[:min(f.end, len(b))]); found {
		return at, FrameComplete
	}
	if len(b) < f.end {
		return 0, FrameNeed
	}
	if hasPrefixFold(f.contentType.Of(b), "application/sdp") {
		return f.endSDP(b)
	}
	return f.end, FrameComplete
}

// startLineInBody looks for a start line in the bytes of a body that have come: there, it ends. b ends with them.
func (f *Framer) startLineInBody(b []byte) (at int, found bool) {
	const end = "/2.0"
	if f.quoting {
		return 0, false
	}
	if !f.version {
		from := max(f.body, f.seen-len(end)+1)
		f.looked += len(b) - from
		if f.seen = len(b); !bytes.Contains(b[from:], []byte(end)) {
			return 0, false
		}
		f.version, f.seen = true, f.body
	}
	at, found = f.findStartLine(b, f.line, false)
	f.line = at
	return at, found
}

// endSDP looks at the last line of an SDP body. When Content-Length is a few bytes too large, it is the front of the
// next start line, which no line of SDP can be taken for: those begin with a small letter and an equals sign.
func (f *Framer) endSDP(b []byte) (int, FrameKind) {
	line := f.body + bytes.LastIndexByte(b[f.body:f.end], '\n') + 1
	if line == f.end || b[line] < 'A' || b[line] > 'Z' {
		return f.end, FrameComplete
	}
	rest := b[line:min(len(b), line+maxStartLine)]
	f.looked += len(rest)
	lf := bytes.IndexByte(rest, '\n')
	switch {
	case lf >= 0:
		if n, _ := lineEnd(rest[:lf+1]); parseStartLine(rest[:n]).kind == SIP {
			return line, FrameComplete
		}
	case len(rest) < maxStartLine && maybeStartLine(rest, 0):
		return 0, FrameNeed
	}
	return f.end, FrameComplete
}

// pass passes over a body that is too large to be waited for. A start line in it shows that it was not that large.
func (f *Framer) pass(b []byte) (int, FrameKind) {
	there := b[:min(len(b), f.passing)]
	if len(there) == 0 {
		return 0, FrameNeed
	}
	if f.quoting {
		f.passing -= len(there)
		return len(there), FrameBody
	}
	at, found := f.findStartLine(there, 0, false)
	switch {
	case found && at == 0:
		f.passing, f.seen = 0, 0
		return f.frame(b)
	case found:
		f.passing, f.seen = 0, 0
		return at, FrameBody
	case len(there) == f.passing:
		f.passing, f.seen = 0, 0
		return len(there), FrameBody
	}
	// The front of a line that is not whole is kept, for it may be that of a start line.
	n := max(at, len(there)-maxStartLine)
	if n == 0 {
		return 0, FrameNeed
	}
	f.passing -= n
	return n, FrameBody
}
