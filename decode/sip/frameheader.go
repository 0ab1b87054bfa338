package sip

import "bytes"

// header goes through the header fields up to the empty line.
func (f *Framer) header(b []byte) (int, FrameKind) {
	for {
		lf := f.lineFeed(b, f.line)
		if f.line > MaxHeaderBytes || lf < 0 && len(b) > MaxHeaderBytes {
			return f.garbage(b, f.first)
		}
		if lf < 0 {
			f.seen = len(b)
			return 0, FrameNeed
		}
		f.seen = lf + 1
		empty := lf == f.line || lf == f.line+1 && b[f.line] == '\r'
		if empty || f.line > f.first && class[b[f.line]]&isBlank == 0 {
			f.finishField(b)
			f.field = f.line
		}
		f.line = lf + 1
		if empty {
			return f.message(b)
		}
	}
}

// finishField reads the header field before the line in hand, continuation lines and all.
func (f *Framer) finishField(b []byte) {
	field := b[f.field:f.line]
	if !mayFrame(field) {
		return
	}
	name, value := splitField(field)
	f.looked += len(field)
	at := Span{Off: uint32(f.field + cap(field) - cap(value)), Len: uint32(len(value))}
	switch {
	case !f.hasCallID && isCallID(name):
		f.hasCallID, f.callID = true, at
	case !f.hasLength && isContentLength(name):
		f.hasLength = true
		if n, ok := parseLength(value); ok {
			f.length = n
		}
	case f.contentType == (Span{}) && LookupHeader(name) == HeaderContentType:
		f.contentType = at
	}
}

// mayFrame reports whether a header field may be Call-ID, Content-Length or Content-Type, by its first letters.
func mayFrame(field []byte) bool {
	if len(field) < len("i:") {
		return false
	}
	first, second := field[0]|0x20, field[1]|0x20
	switch {
	case first != 'c' && first != 'i' && first != 'l':
		return false
	case class[field[1]]&isToken == 0: // a compact name
		return true
	case first == 'c' && second == 'o':
		return len(field) > len("cont") && field[4]|0x20 == 'e'
	}
	return first == 'c' && second == 'a'
}

// splitField returns name and value of a header field, trimmed; both nil when it has no colon.
func splitField(field []byte) (name, value []byte) {
	colon := bytes.IndexByte(field, ':')
	if colon < 0 {
		return nil, nil
	}
	return trim(field[:colon]), trim(field[colon+1:])
}

// isContentLength knows the name as Message.Parse does, with a space for the hyphen too.
func isContentLength(name []byte) bool {
	if len(name) == len("content-length") && name[7] == ' ' {
		return equalFold(name[:7], "content") && equalFold(name[8:], "length")
	}
	return LookupHeader(name) == HeaderContentLength
}

// message ends the message after its header fields, or goes on with its body.
func (f *Framer) message(b []byte) (int, FrameKind) {
	contentType := f.contentType.Of(b)
	f.quoting = len(contentType) > 0 && !hasPrefixFold(contentType, "application/")
	f.body = f.line
	switch {
	case f.length == 0, f.length > MaxPassedBytes, f.length > MaxQuotingBytes && f.quoting:
		return f.body, FrameComplete
	case f.length > MaxBodyBytes:
		f.passing = f.length
		return f.body, FrameHead
	}
	f.stage, f.end = inBody, f.body+f.length
	f.line, f.seen = f.body, f.body
	return f.wait(b)
}

func hasPrefixFold(b []byte, prefix string) bool {
	return len(b) >= len(prefix) && equalFold(b[:len(prefix)], prefix)
}
