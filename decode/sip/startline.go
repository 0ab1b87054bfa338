package sip

import (
	"bytes"
	"encoding/binary"
)

// maxStartLine is how long a start line may be; a stream is not searched further for its end.
const maxStartLine = 8 << 10

// startLine is the first line of a message, as offsets from where the line begins.
type startLine struct {
	kind    Kind // SIP, Malformed or NotSIP
	fault   Fault
	request bool
	oddURI  bool // a single space after the scheme or the @, which is let pass
	status  uint16
	// where the method ends, and the Request-URI or the reason phrase is
	methodEnd, uriStart, uriEnd uint32
}

const version = "SIP/2.0"

// parseStartLine judges line, which does not hold its line break.
func parseStartLine(line []byte) (s startLine) {
	if len(line) == 0 || class[line[0]]&isToken == 0 {
		return startLine{kind: NotSIP}
	}
	if len(line) >= 4 && line[3] == '/' && line[0]|0x20 == 's' && line[1]|0x20 == 'i' && line[2]|0x20 == 'p' {
		return parseStatusLine(line)
	}
	return parseRequestLine(line)
}

// parseStatusLine reads SIP/2.0 SP 3DIGIT SP reason; the space behind the code may be missing with the reason.
func parseStatusLine(line []byte) (s startLine) {
	s.kind, s.fault = Malformed, FaultBadStartLine
	const usual = version + " "
	if len(line) >= len(usual) && string(line[:len(usual)]) == usual {
		// the usual case, told by one comparison
	} else if len(line) < len(version) || !foldEqual(line[:len(version)], version) ||
		len(line) > len(version) && class[line[len(version)]]&(isDigit|isToken) != 0 {
		// SIP/3.0 200, but not a text that only begins like it
		if len(line) > 4 && class[line[4]]&isDigit != 0 {
			s.fault = FaultBadVersion
		} else {
			s.kind = NotSIP
		}
		return s
	}
	const code = len(version) + 1
	if len(line) < code+3 || line[code-1] != ' ' || len(line) > code+3 && line[code+3] != ' ' {
		return s
	}
	a, b, c := line[code]-'0', line[code+1]-'0', line[code+2]-'0'
	if a < 1 || a > 6 || b > 9 || c > 9 {
		return s
	}
	s.kind = SIP
	s.status = uint16(a)*100 + uint16(b)*10 + uint16(c)
	s.uriStart, s.uriEnd = uint32(min(code+4, len(line))), uint32(len(line))
	return s
}

// parseRequestLine reads METHOD SP Request-URI SP SIP/2.0.
func parseRequestLine(line []byte) (s startLine) {
	m := 1
	for m < len(line) && class[line[m]]&isToken != 0 {
		m++
	}
	if m >= len(line) || line[m] != ' ' && line[m] != '\t' {
		return startLine{kind: NotSIP}
	}
	end := len(line) - len(version) - 1
	if end <= m+1 || line[m] != ' ' || line[end] != ' ' ||
		string(line[end+1:]) != version && !foldEqual(line[end+1:], version) {
		return judgeBroken(line, m)
	}
	uri := line[m+1 : end]
	if blank := blankIn(uri); blank >= 0 {
		if uri[blank] != ' ' || !oneOddSpace(uri, blank) {
			return startLine{kind: Malformed, fault: FaultBadStartLine, request: true}
		}
		s.oddURI = true
	}
	s.kind, s.request = SIP, true
	s.methodEnd, s.uriStart, s.uriEnd = uint32(m), uint32(m+1), uint32(end)
	return s
}

// blankIn returns where the first byte of b is that is a space or a control character, -1 if there is none.
func blankIn(b []byte) int {
	i := 0
	for ; i+8 <= len(b); i += 8 {
		w := binary.LittleEndian.Uint64(b[i:])
		if (w-ones*'!')&^w&tops != 0 {
			break
		}
	}
	for ; i < len(b); i++ {
		if b[i] <= ' ' {
			return i
		}
	}
	return -1
}

// oneOddSpace reports whether the space at sp is the only one in uri and stands directly behind the colon of the scheme
// or behind an @, with something to follow. Widely copied flows of the nineties have both.
func oneOddSpace(uri []byte, sp int) bool {
	if sp == 0 || sp == len(uri)-1 || blankIn(uri[sp+1:]) >= 0 {
		return false
	}
	return uri[sp-1] == '@' || sp > 1 && uri[sp-1] == ':' && isTokenBytes(uri[:sp-1])
}

// judgeBroken tells a broken request line from the text of another protocol: the last word is a SIP version, or a known
// method is followed by a SIP, SIPS or TEL URI. HTTP, RTSP, MSRP and SSDP have neither.
func judgeBroken(line []byte, methodEnd int) startLine {
	s := startLine{kind: NotSIP, request: true}
	words := trim(line)
	last := words[bytes.LastIndexAny(words, " \t")+1:]
	if len(last) > 4 && foldEqual(last[:4], "SIP/") && class[last[4]]&isDigit != 0 {
		s.kind, s.fault = Malformed, FaultBadStartLine
		if !foldEqual(last, version) {
			s.fault = FaultBadVersion
		}
		return s
	}
	if ParseMethod(line[:methodEnd]) == MethodOther || bytes.Contains(last, []byte("/1.")) {
		return s
	}
	uri := trimLeft(line[methodEnd:])
	for _, scheme := range [...]string{"sip:", "sips:", "tel:", "<sip:", "<sips:"} {
		if len(uri) >= len(scheme) && foldEqual(uri[:len(scheme)], scheme) {
			s.kind, s.fault = Malformed, FaultBadStartLine
		}
	}
	return s
}

// lineEnd returns where the first line of b ends without its line break, and where the next begins, which is len(b) when
// there is no line feed.
func lineEnd(b []byte) (end, next int) {
	end = bytes.IndexByte(b, '\n')
	if end < 0 {
		end, next = len(b), len(b)
	} else {
		next = end + 1
	}
	if end > 0 && b[end-1] == '\r' {
		end--
	}
	return end, next
}
