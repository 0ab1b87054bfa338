package sip

// Raw returns the bytes given to Parse, and what was before the start line or behind the body with them.
func (m *Message) Raw() []byte { return m.raw }

// MethodName returns the method as it was written: the request's, or the one in the CSeq of a response; nil when a
// response has none.
func (m *Message) MethodName() []byte { return m.some(m.methodName) }

// RequestURI returns the Request-URI of a request as it was written, nil for a response.
func (m *Message) RequestURI() []byte {
	if !m.Request {
		return nil
	}
	return m.some(m.uri)
}

// ReasonPhrase returns the reason phrase of a response, which may be empty; nil for a request.
func (m *Message) ReasonPhrase() []byte {
	if m.Request {
		return nil
	}
	return m.uri.Of(m.raw)
}

// CallID returns the first Call-ID, nil if there is none.
func (m *Message) CallID() []byte { return m.Header(HeaderCallID) }

// CSeq returns the sequence number and method of the first CSeq. ok is false when there is none, when number or method
// are missing, and when the number does not fit into 32 bits (n is then the largest).
func (m *Message) CSeq() (n uint32, method Method, ok bool) {
	return m.cseq, m.cseqMethod, m.cseqOK
}

// ContentLength returns the announced length of the body in bytes; ok is false when it is absent or not a number.
func (m *Message) ContentLength() (n int, ok bool) {
	if m.length < 0 {
		return 0, false
	}
	return m.length, true
}

// ContentType returns the Content-Type with its parameters, nil if there is none.
func (m *Message) ContentType() []byte { return m.Header(HeaderContentType) }

// Body returns the body: as much of what Content-Length announces as is there. It is empty when there is none.
func (m *Message) Body() []byte { return m.body.Of(m.raw) }

// Header returns the value of the first header field named id, nil if there is none. A field without a value gives an
// empty slice that is not nil.
func (m *Message) Header(id HeaderID) []byte {
	i := m.First(id)
	if i < 0 {
		return nil
	}
	return m.field(i).value.Of(m.raw)
}

func (m *Message) headerSpan(id HeaderID) Span {
	if i := m.First(id); i >= 0 {
		return m.field(i).value
	}
	return Span{}
}

// HeaderNamed returns the value of the first header field with that name, in any case and as it is spelled there; it is
// for names that have no HeaderID.
func (m *Message) HeaderNamed(name string) []byte {
	for i := 0; i < m.count; i++ {
		if f := m.field(i); foldEqual(f.name.Of(m.raw), name) {
			return f.value.Of(m.raw)
		}
	}
	return nil
}

// Count returns how many header fields are named id. A list in one field counts once.
func (m *Message) Count(id HeaderID) int {
	n := 0
	for i := m.First(id); i >= 0; i = m.Next(i) {
		n++
	}
	return n
}

// Len returns the number of header fields; Name, Value and ID take numbers below it.
func (m *Message) Len() int { return m.count }

// First returns the number of the first header field named id, -1 if there is none. All values of a header field:
//
//	for i := m.First(sip.HeaderVia); i >= 0; i = m.Next(i) {
//		v := m.Value(i)
//	}
func (m *Message) First(id HeaderID) int { return int(m.first[id]&^several) - 1 }

// Next returns the number of the next header field with the same ID as field i, -1 behind the last.
func (m *Message) Next(i int) int {
	id := m.field(i).id
	if m.first[id]&several == 0 {
		return -1
	}
	for j := i + 1; j < m.count; j++ {
		if m.field(j).id == id {
			return j
		}
	}
	return -1
}

// Value returns the value of header field i.
func (m *Message) Value(i int) []byte { return m.field(i).value.Of(m.raw) }

// Name returns the name of header field i as it is spelled in the message.
func (m *Message) Name(i int) []byte { return m.field(i).name.Of(m.raw) }

// ID returns the ID of header field i, HeaderOther if the name is not known.
func (m *Message) ID(i int) HeaderID { return m.field(i).id }

// From returns the parsed first From; all of it is empty when there is none.
func (m *Message) From() (a Address) {
	a.read(m.Header(HeaderFrom), false)
	return a
}

// To returns the parsed first To; all of it is empty when there is none.
func (m *Message) To() (a Address) {
	a.read(m.Header(HeaderTo), false)
	return a
}

// FromTag returns the tag of the first From, nil if there is none. It is From().Tag() without the rest of the address.
func (m *Message) FromTag() []byte { return tagIn(m.Header(HeaderFrom)) }

// ToTag returns the tag of the first To, nil if there is none.
func (m *Message) ToTag() []byte { return tagIn(m.Header(HeaderTo)) }

// Contact returns the first address of the first Contact. ok is false when there is none that can be read. The contact
// "*" of RFC 3261 section 10.2.2 has the URI "*".
func (m *Message) Contact() (a Address, ok bool) {
	v := m.Header(HeaderContact)
	if v == nil {
		return Address{}, false
	}
	a, _ = NextAddress(v)
	return a, len(a.URI) > 0
}

// TopVia returns the topmost Via. ok is false when there is none or it has no sent-by.
func (m *Message) TopVia() (v Via, ok bool) {
	h := m.Header(HeaderVia)
	if h == nil {
		return Via{}, false
	}
	v.read(skipCommas(h))
	return v, len(v.Host) > 0
}

func (m *Message) field(i int) *field {
	if i < inlineHeaders {
		return &m.fields[i]
	}
	return &m.overflow[i-inlineHeaders]
}

func (m *Message) some(s Span) []byte {
	if s.Len == 0 {
		return nil
	}
	return s.Of(m.raw)
}
