package tracelog

import "bytes"

// header takes a line among the header fields of a message.
func (s *scanner) header(line []byte) verdict {
	m := &s.msg
	if isBlank(line) {
		return s.gap()
	}
	if (line[0] == ' ' || line[0] == '\t') && m.wrapped == 0 {
		m.fold(line)
		return goesOnHere
	}
	if m.wrapped > 0 {
		return s.startGoesOn(line)
	}
	server := m.dialect == Server
	if server {
		if v, ok := field(line, "Message-Body"); ok {
			m.inBody = true
			if len(v) > 0 && string(v) != "–" && string(v) != "-" && string(v) != "\x96" { // a dash stands for none
				m.bodyLine(v)
			}
			return goesOnHere
		}
		if _, ok := field(line, "Start-Line"); ok {
			return endsBefore
		}
	}
	if colon := headerName(line); colon > 0 && !(m.angle || m.open && bytes.IndexByte(line[:colon], '.') >= 0) {
		s.gaps = 0
		m.field(line, colon)
		return goesOnHere
	}
	switch {
	case server && (s.gaps == 0 || m.open || bytes.IndexByte(line, ' ') < 0):
		s.gaps = 0
		m.fold(line)
		return goesOnHere
	case m.open:
		m.fold(line)
		return goesOnHere
	case isSDP(line) && m.typed: // a text without empty lines
		return s.body(line)
	case m.until != untilGap:
		m.cut = true // it is none of a message
		return goesOnHere
	}
	m.cut = m.cut || string(line) == "."
	return endsBefore
}

// startGoesOn adds a line to a start line that is not complete.
func (s *scanner) startGoesOn(line []byte) verdict {
	m := &s.msg
	if _, other := startLine(line); other && len(m.text) > 2 {
		return endsBefore
	}
	m.fold(line)
	if _, complete := startLine(bytes.TrimRight(m.text, "\r\n")); complete {
		m.wrapped = 0
		return goesOnHere
	}
	if m.wrapped--; m.wrapped == 0 {
		return endsHere
	}
	return goesOnHere
}

// gap takes an empty line after header fields.
func (s *scanner) gap() verdict {
	m := &s.msg
	if m.dialect == Server {
		if s.gaps++; s.gaps > 2 && m.until == untilGap {
			return endsHere
		}
		return goesOnHere
	}
	if !m.spaced && bytes.Count(m.text, []byte("\n")) == 1 {
		m.spaced = true
		return goesOnHere // right after the start line, it ends nothing
	}
	m.inBody = true
	if m.until == untilGap && (m.length == 0 || m.length < 0 && !m.typed) {
		return endsHere
	}
	return goesOnHere
}

// body takes a line of the body of a message.
func (s *scanner) body(line []byte) verdict {
	m := &s.msg
	if m.until != untilGap {
		m.bodyLine(line)
		return goesOnHere
	}
	if m.dialect == Server {
		if _, ok := field(line, "Start-Line"); ok {
			return endsBefore
		}
	}
	if isBlank(line) {
		switch {
		case m.full(), m.sdp && len(m.body) > 0, m.dialect == Server, m.blanks > 2:
			return endsHere
		}
		m.bodyLine(nil)
		return goesOnHere
	}
	if m.full() || s.beginsOther(line) {
		return endsBefore
	}
	if m.sdp && !isSDP(line) {
		if n := len(m.body); m.blanks == 0 && n > 1 && (m.body[n-2] == '/' || m.body[n-2] == '-') {
			m.body = m.body[:n-1] // a typesetter has broken the line
			m.ends--
			m.bodyLine(line)
			return goesOnHere
		}
		return endsBefore
	}
	m.bodyLine(line)
	return goesOnHere
}

// beginsOther reports whether a line after a message that may have a body begins something else.
func (s *scanner) beginsOther(line []byte) bool {
	m := &s.msg
	if n, _ := flowNumber(line); n != 0 && s.flow != 0 {
		return true
	}
	if m.dialect == Tshark && isSize(line) {
		return true
	}
	if m.dialect == Client && isClientLine(line) {
		return true
	}
	if m.dialect == Sngrep {
		before, headLine, dotted := s.head, s.headLine, s.dotted
		found := s.arrowHead(line)
		s.head, s.headLine, s.dotted = before, headLine, dotted
		return found
	}
	if m.inner && m.length > 0 {
		return false
	}
	_, ok := startLine(line)
	return ok
}

// whole reads a message that a log has written in one line, with its line ends escaped. It reports whether there was one.
func (s *scanner) whole(line []byte) bool {
	if !bytes.Contains(line, []byte("SIP/2.0")) {
		return false
	}
	for _, escape := range [...]string{"#015#012", `\r\n`, "#012", `\n`} {
		first, rest, ok := bytes.Cut(line, []byte(escape))
		if !ok {
			continue
		}
		start, ok := startLine(first)
		if !ok {
			continue
		}
		s.escaped = append(s.escaped[:0], rest...)
		s.startAfter(line, start)
		s.in = false
		s.msg.indent = 0
		for rest := s.escaped; len(rest) > 0; {
			var part []byte
			part, rest, _ = bytes.Cut(rest, []byte(escape))
			switch {
			case s.msg.inBody:
				s.msg.bodyLine(part)
			case s.header(part) != goesOnHere && !s.msg.inBody:
				return s.msg.valid()
			}
		}
		return s.msg.valid()
	}
	return false
}
