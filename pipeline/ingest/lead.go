package ingest

import (
	"bytes"

	"sipspan/decode/sip"
)

const (
	// maxLead is how many bytes that are no text a stream may have before its first message.
	maxLead = 64
	// preamble is how many bytes a tunnel puts before a message at most.
	preamble = 16
	// keptLead is how much is kept of the bytes before the first message.
	keptLead = 256
)

// lead holds the last bytes before the first message of a stream.
type lead struct {
	text []byte
}

// add appends bytes that belong to no message.
func (l *lead) add(b []byte) {
	b = b[max(0, len(b)-keptLead):]
	if over := len(l.text) + len(b) - keptLead; over > 0 {
		l.text = l.text[:copy(l.text, l.text[over:])]
	}
	l.text = append(l.text, b...)
}

// isQuotation reports whether the first message of a stream was not sent in it but is quoted: by a log, a mail or a file that
// is fetched, whose middle was captured. A SIP stream holds nothing but the rest of a message before its first message, and
// the Via of its messages names its transport (RFC 3261 section 18.1.1). A tunnel, which may carry what was sent over UDP,
// puts a few bytes directly before each message.
func (s *sipStream) isQuotation(raw []byte) bool {
	if s.skipped == 0 {
		return false
	}
	before := s.lead.text
	s.lead.text = nil
	if endsInHEP(before) {
		return true
	}
	line := before[bytes.LastIndexByte(before, '\n')+1:] // the beginning of the line on which the message begins
	if len(line) > 0 && len(line) <= preamble {
		return false
	}
	if len(line) == 0 {
		line = bytes.TrimRight(before, "\r\n")
		if len(before)-len(line) > len("\r\n") {
			line = nil // an empty line: the end of a message without a body
		}
		line = line[bytes.LastIndexByte(line, '\n')+1:]
	}
	return introduces(line) || viaUDP(raw)
}

// holdsHEP reports whether a stream carries the capture protocol HEP, version 3.
func holdsHEP(b []byte) bool { return bytes.Contains(b, []byte("HEP3")) }

// endsInHEP reports whether the bytes before a message are the header of the chunk in which HEP carries it: vendor 0, type
// 15 and a length.
func endsInHEP(b []byte) bool {
	const chunk = "\x00\x00\x00\x0f"
	return len(b) >= len(chunk)+2 && string(b[len(b)-len(chunk)-2:len(b)-2]) == chunk
}

// introduces reports whether a line is one that programs write before a message that they log: with a time of day or an
// arrow.
func introduces(line []byte) bool {
	for _, arrow := range [...]string{"->", "<-", "=>"} {
		if bytes.Contains(line, []byte(arrow)) {
			return true
		}
	}
	const clock = "00:00:00"
	for i := 0; i+len(clock) <= len(line); i++ {
		if isClock(line[i : i+len(clock)]) {
			return true
		}
	}
	return false
}

// isClock reports whether b is a time of day.
func isClock(b []byte) bool {
	for i, c := range b {
		if i%3 == 2 && c != ':' || i%3 != 2 && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}

// viaUDP reports whether the first Via of a message says that it was sent over UDP.
func viaUDP(raw []byte) bool {
	var m sip.Message
	if m.ParseStream(raw) != nil {
		return false
	}
	v := m.Header(sip.HeaderVia)
	_, rest, ok := bytes.Cut(v, []byte("/"))
	if !ok {
		return false
	}
	_, rest, _ = bytes.Cut(rest, []byte("/"))
	name := bytes.TrimLeft(rest, " \t")
	return len(name) > 3 && bytes.EqualFold(name[:3], []byte("UDP")) && (name[3] == ' ' || name[3] == '\t')
}
