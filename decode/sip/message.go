package sip

import "errors"

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
	first    [NumHeaders]uint16 // number of the first field of an ID plus one, and several; 0 for none
	fields   [inlineHeaders]field
	overflow []field // kept from message to message
}

// several is added to what stands in Message.first for an ID that more than one field has.
const several = 1 << 15

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
	m.Request, m.Status = s.request, int(s.status)
	if s.request {
		m.methodName = span(start, start+int(s.methodEnd))
		m.Method = ParseMethod(raw[start : start+int(s.methodEnd)])
	}
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
