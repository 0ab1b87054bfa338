package sip

import "bytes"

// missing lists the header fields that every message must have and this one has not (RFC 3261 section 8.1.1).
// Max-Forwards is not among them: RFC 2543 did not have it, and responses have no need of it.
func (m *Message) missing() (f Faults) {
	for _, h := range [...]struct {
		id    HeaderID
		fault Fault
	}{
		{HeaderVia, FaultMissingVia},
		{HeaderFrom, FaultMissingFrom},
		{HeaderTo, FaultMissingTo},
		{HeaderCallID, FaultMissingCallID},
		{HeaderCSeq, FaultMissingCSeq},
	} {
		if m.first[h.id] == 0 {
			f = f.With(h.fault)
		}
	}
	return f
}

// finish reads what the whole message hangs on: CSeq and the extent of the body, which begins at body or not at all.
func (m *Message) finish(body int) {
	if m.first[HeaderVia] == 0 || m.first[HeaderFrom] == 0 || m.first[HeaderTo] == 0 ||
		m.first[HeaderCallID] == 0 || m.first[HeaderCSeq] == 0 {
		m.Faults |= m.missing()
	}
	if v := m.Header(HeaderCSeq); v != nil {
		m.parseCSeq(v)
	}
	if m.first[HeaderContentLength] != 0 {
		if n, ok := parseLength(m.Header(HeaderContentLength)); ok {
			m.length = n
		} else {
			m.Faults |= FaultBadContentLength.set()
		}
	}
	if body < 0 {
		m.Faults |= FaultMissingEmptyLine.set()
		body = len(m.raw)
	}
	end := len(m.raw)
	switch there := end - body; {
	case m.length > there:
		m.Faults |= FaultContentLengthBeyond.set()
	case m.length >= 0 && m.length < there:
		m.Faults |= FaultTrailingBytes.set()
		end = body + m.length
	}
	m.body = span(body, end)
}

// parseCSeq reads 1*DIGIT LWS Method.
func (m *Message) parseCSeq(v []byte) {
	n, i := uint64(0), 0
	for i < len(v) && v[i]-'0' <= 9 {
		if n < 1<<40 {
			n = n*10 + uint64(v[i]-'0')
		}
		i++
	}
	name := trimLeft(v[i:])
	if i == 0 || len(name) == 0 || len(name) == len(v)-i {
		m.Faults |= FaultBadCSeq.set()
	}
	m.cseqOK = i > 0 && len(name) > 0
	if n >= 1<<31 {
		m.Faults |= FaultCSeqOutOfRange.set()
		if n >= 1<<32 {
			n, m.cseqOK = 1<<32-1, false
		}
	}
	m.cseq = uint32(n)
	if !m.Request {
		m.Method = ParseMethod(name)
		m.cseqMethod = m.Method
		if len(name) > 0 {
			off := int(m.headerSpan(HeaderCSeq).Off) + len(v) - len(name)
			m.methodName = span(off, off+len(name))
		}
		return
	}
	if bytes.Equal(name, m.MethodName()) {
		m.cseqMethod = m.Method
		return
	}
	m.cseqMethod = ParseMethod(name)
	if len(name) > 0 {
		m.Faults |= FaultCSeqMethodMismatch.set()
	}
}

// maxContentLength is the largest Content-Length that is believed.
const maxContentLength = 1 << 30

func parseLength(v []byte) (n int, ok bool) {
	u, ok := number(v)
	if !ok || u > maxContentLength {
		return -1, false
	}
	return int(u), true
}
