package sip

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math/bits"
)

// The errors of Parse. They carry no detail: what was wrong is in Message.Faults.
var (
	// ErrNotSIP is returned for bytes that do not begin as SIP does.
	ErrNotSIP = errors.New("not a SIP message")
	// ErrStartLine is returned for bytes that were meant as SIP and have a broken start line.
	ErrStartLine = errors.New("SIP start line is broken")
)

const (
	inlineHeaders = 64
	// MaxHeaders is how many header fields of a message are kept. More are counted as a fault.
	MaxHeaders = 1 << 14
)

// Message is one SIP message as spans into the bytes it was parsed from. It is meant to be reused: Parse overwrites all
// of it. The zero value is ready. A Message is large; keep one per goroutine and do not copy it.
//
// The byte slices that its methods return are borrowed from the bytes given to Parse. Header field values come trimmed
// of white space, folded values keep their folds (see [Unfold]).
type Message struct {
	Request bool   // a request; otherwise a response
	Method  Method // of the request; of a response the method of its CSeq
	Status  int    // status code of a response, 100 to 699; 0 for a request
	Faults  Faults // what had to be overlooked

	raw        []byte
	methodName Span
	uri        Span // Request-URI or reason phrase
	body       Span

	cseq       uint32
	cseqOK     bool
	cseqMethod Method
	length     int // Content-Length, -1 when absent or bad

	count    int
	first    [NumHeaders]uint16 // number of the first field of an ID plus one; 0 for none
	fields   [inlineHeaders]field
	overflow []field // kept from message to message
}

type field struct {
	name, value Span
	id          HeaderID
}

// Parse reads raw, one message: a datagram, or what Frame cut from a stream. Line breaks before the start line are let
// pass. The error is ErrNotSIP or ErrStartLine; in both cases there is no message, and for the latter Faults holds
// FaultBadStartLine or FaultBadVersion. Everything else that is wrong is noted in Faults and read as far as possible: the
// header fields that are there are there.
//
// The body is what Content-Length says, or the rest where there is none or where it says more. Messages from a stream go
// through ParseStream.
func (m *Message) Parse(raw []byte) error {
	m.reset(raw)
	start := 0
	if len(raw) > 0 && class[raw[0]]&isLine != 0 {
		start = skipLineBreaks(raw)
	}
	end, next := lineEnd(raw[start:])
	s := parseStartLine(raw[start : start+end])
	if s.kind != SIP {
		if s.kind == NotSIP {
			return ErrNotSIP
		}
		m.Faults = s.fault.set()
		return ErrStartLine
	}
	m.Request, m.Method, m.Status = s.request, s.method, int(s.status)
	m.methodName = span(start, start+int(s.methodEnd))
	m.uri = span(start+int(s.uriStart), start+int(s.uriEnd))
	if s.oddURI {
		m.Faults |= FaultSpaceInRequestURI.set()
	}
	m.finish(m.parseFields(start + next))
	return nil
}

// ParseStream is Parse for a message that Frame cut from a stream, where Content-Length is mandatory (RFC 3261 section
// 18.3): its absence is noted in Faults.
func (m *Message) ParseStream(raw []byte) error {
	err := m.Parse(raw)
	if err == nil && m.first[HeaderContentLength] == 0 {
		m.Faults |= FaultMissingContentLength.set()
	}
	return err
}

func (m *Message) reset(raw []byte) {
	m.Request, m.Method, m.Status, m.Faults = false, MethodOther, 0, 0
	m.raw = raw
	m.methodName, m.uri, m.body = Span{}, Span{}, Span{}
	m.cseq, m.cseqOK, m.cseqMethod, m.length = 0, false, MethodOther, -1
	m.count = 0
	m.first = [NumHeaders]uint16{}
	m.overflow = m.overflow[:0]
}

const (
	colons = 0x3a3a3a3a3a3a3a3a // ':' in each byte
	ones   = 0x0101010101010101
	tops   = 0x8080808080808080
)

// parseFields reads the header fields from raw[p:] and returns where the body begins, or -1 when the fields do not end.
func (m *Message) parseFields(p int) int {
	raw := m.raw
	for p < len(raw) {
		line := raw[p:]
		lf := bytes.IndexByte(line, '\n')
		if lf < 0 {
			m.lastField(p)
			return -1
		}
		if lf <= 1 && (lf == 0 || line[0] == '\r') {
			return p + lf + 1
		}
		end, next := p+lf, p+lf+1
		if next < len(raw) && (raw[next] == ' ' || raw[next] == '\t') {
			end, next = fieldEnd(raw, next)
		}

		// The colon is looked for eight bytes at a time; what a load has beyond the line does no harm.
		var head uint64
		size := -1 // of the name
		if len(line) >= 16 {
			w := binary.LittleEndian.Uint64(line)
			x := w ^ colons
			head = w | lowerCase
			if hit := (x - ones) &^ x & tops; hit != 0 {
				n := bits.TrailingZeros64(hit) &^ 7
				head &= 1<<(n&63) - 1
				size = n >> 3
			} else {
				x = binary.LittleEndian.Uint64(line[8:]) ^ colons
				if hit := (x - ones) &^ x & tops; hit != 0 {
					size = 8 + bits.TrailingZeros64(hit)>>3
				} else {
					size = bytes.IndexByte(raw[p:end], ':')
				}
			}
		} else if size = bytes.IndexByte(raw[p:end], ':'); size >= 0 {
			head = headOf(line[:size])
		}
		if size < 0 || p+size >= end {
			m.Faults |= FaultHeaderWithoutColon.set()
			p = next
			continue
		}
		id := HeaderOther
		if n := &headerTable[headerSlots[slotOf(head, size)]]; n.head == head && int(n.size) == size &&
			(size <= 8 || size <= 16 && binary.LittleEndian.Uint64(line[size-8:])|lowerCase == n.tail) {
			id = n.id
		} else {
			id = lookup(head, line[:size])
		}
		nameEnd, from, to := p+size, p+size+1, end
		if id == HeaderOther {
			id, nameEnd = m.oddName(p, nameEnd)
		}
		// Nearly always there is one space in front of the value and CR behind it.
		if from+2 < to && raw[from] == ' ' && raw[from+1] > ' ' && raw[to-1] == '\r' && raw[to-2] > ' ' {
			from, to = from+1, to-1
		} else {
			from, to = trimSpan(raw, from, to)
		}
		i := m.count
		if i >= inlineHeaders {
			m.addBeyond(id, span(p, nameEnd), span(from, to))
			p = next
			continue
		}
		m.count = i + 1
		m.fields[i] = field{span(p, nameEnd), span(from, to), id}
		if first := &m.first[id]; *first == 0 {
			*first = uint16(i + 1)
		} else {
			m.repeated(id, raw[from:to])
		}
		p = next
	}
	return -1
}

// lastField reads a header field that the end of the buffer cut short.
func (m *Message) lastField(p int) {
	line := m.raw[p:]
	if len(line) == 1 && line[0] == '\r' {
		return
	}
	colon := bytes.IndexByte(line, ':')
	if colon < 0 {
		m.Faults |= FaultHeaderWithoutColon.set()
		return
	}
	id, nameEnd := LookupHeader(line[:colon]), p+colon
	if id == HeaderOther {
		id, nameEnd = m.oddName(p, p+colon)
	}
	m.add(id, p, nameEnd, p+colon+1, len(m.raw))
}

// oddName has a second look at a name that is not known as it stands: white space before the colon is allowed, white
// space inside stands for a hyphen and is a fault, as is everything else that no token has.
func (m *Message) oddName(start, end int) (id HeaderID, nameEnd int) {
	raw := m.raw
	for end > start && class[raw[end-1]]&(isBlank|isLine) != 0 {
		end--
	}
	name := raw[start:end]
	if isTokenBytes(name) {
		return LookupHeader(name), end
	}
	m.Faults |= FaultBadHeaderName.set()
	var spelled [32]byte
	if len(name) > len(spelled) {
		return HeaderOther, end
	}
	for i, c := range name {
		if c == ' ' {
			c = '-'
		}
		spelled[i] = c
	}
	return LookupHeader(spelled[:len(name)]), end
}

// trimSpan drops white space and line breaks at both ends of raw[from:to].
func trimSpan(raw []byte, from, to int) (int, int) {
	for from < to && class[raw[from]]&(isBlank|isLine) != 0 {
		from++
	}
	for from < to && class[raw[to-1]]&(isBlank|isLine) != 0 {
		to--
	}
	return from, to
}

// add notes a header field whose value is raw[from:to] with white space around it.
func (m *Message) add(id HeaderID, nameStart, nameEnd, from, to int) {
	from, to = trimSpan(m.raw, from, to)
	i := m.count
	if i >= inlineHeaders {
		m.addBeyond(id, span(nameStart, nameEnd), span(from, to))
		return
	}
	m.count = i + 1
	m.fields[i] = field{span(nameStart, nameEnd), span(from, to), id}
	m.note(id, i)
}

// addBeyond notes a header field for which there is no room in the Message itself.
func (m *Message) addBeyond(id HeaderID, name, value Span) {
	i := m.count
	if i >= MaxHeaders {
		m.Faults |= FaultTooManyHeaders.set()
		return
	}
	m.count = i + 1
	m.overflow = append(m.overflow, field{name, value, id})
	m.note(id, i)
}

// note enters field i into first.
func (m *Message) note(id HeaderID, i int) {
	if m.first[id] == 0 {
		m.first[id] = uint16(i + 1)
	} else {
		m.repeated(id, m.Value(i))
	}
}

// repeated notes the fault of a header field that may stand in a message once.
func (m *Message) repeated(id HeaderID, value []byte) {
	switch id {
	case HeaderFrom:
		m.Faults |= FaultDuplicateFrom.set()
	case HeaderTo:
		m.Faults |= FaultDuplicateTo.set()
	case HeaderCallID:
		m.Faults |= FaultDuplicateCallID.set()
	case HeaderCSeq:
		m.Faults |= FaultDuplicateCSeq.set()
	case HeaderMaxForwards:
		m.Faults |= FaultDuplicateMaxForwards.set()
	case HeaderContentLength:
		if !bytes.Equal(value, m.Header(id)) {
			m.Faults |= FaultDuplicateContentLength.set()
		}
	}
}

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
