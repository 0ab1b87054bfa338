package sip

import "bytes"

// Multipart walks the parts of a body (RFC 2046 section 5.1, RFC 5621). Make it with Parts.
type Multipart struct {
	contentType []byte
	boundary    []byte
	rest        []byte
	single      bool // the body is the only part
}

// Part is one part of a body. All slices are borrowed from the body.
type Part struct {
	Header      []byte // header fields of the part with their line breaks, without the empty line
	ContentType []byte // nil when the part does not say, which means text/plain
	ContentID   []byte // without angle brackets, nil when absent
	Disposition []byte // Content-Disposition, nil when absent
	Body        []byte
}

// Parts returns an iterator over the parts of body. A body that is not multi-part is its own only part, and an empty one
// has none. A part may be multi-part itself: call Parts with it again. Where Content-Type names no boundary, it is taken
// from the first line of the body.
//
//	parts := sip.Parts(m.ContentType(), m.Body())
//	for p, ok := parts.Next(); ok; p, ok = parts.Next() {
//	}
func Parts(contentType, body []byte) Multipart {
	p := Multipart{contentType: contentType}
	if len(body) == 0 {
		return p
	}
	p.rest = body
	if !hasPrefixFold(contentType, "multipart/") {
		p.single = true
		return p
	}
	_, params := cutAt(contentType, ';')
	p.boundary, _ = Param(params, "boundary")
	if len(p.boundary) == 0 && len(body) > 2 && body[0] == '-' && body[1] == '-' {
		end, _ := lineEnd(body)
		p.boundary = trim(body[2:end])
	}
	if len(p.boundary) == 0 {
		p.rest = nil
		return p
	}
	p.toNext() // what is before the first delimiter is for readers of the time before MIME
	return p
}

// Next returns the next part; ok is false behind the last. A last part that is not closed by its delimiter goes on to the
// end of the body.
func (p *Multipart) Next() (part Part, ok bool) {
	if p.single {
		part = Part{ContentType: p.contentType, Body: p.rest}
		p.single, p.rest = false, nil
		return part, true
	}
	if p.rest == nil {
		return Part{}, false
	}
	return splitPart(p.toNext()), true
}

// toNext moves rest behind the next delimiter line, to nil behind the closing one or at the end, and returns what was
// before it.
func (p *Multipart) toNext() (before []byte) {
	b := p.rest
	for from := 0; ; {
		i := bytes.Index(b[from:], p.boundary)
		if i < 0 {
			p.rest = nil
			return b
		}
		i += from
		from = i + 1
		if i < 2 || b[i-1] != '-' || b[i-2] != '-' || i > 2 && b[i-3] != '\n' {
			continue
		}
		end, next := lineEnd(b[i+len(p.boundary):])
		line := b[i+len(p.boundary):][:end]
		closing := len(line) >= 2 && line[0] == '-' && line[1] == '-'
		if !closing && len(trim(line)) > 0 {
			continue // another boundary that begins with this one
		}
		p.rest = b[i+len(p.boundary)+next:]
		if closing || len(p.rest) == 0 {
			p.rest = nil
		}
		return cutLineBreak(b[:i-2])
	}
}

// cutLineBreak drops the line break in front of a delimiter, which belongs to the delimiter.
func cutLineBreak(b []byte) []byte {
	if n := len(b); n > 0 && b[n-1] == '\n' {
		b = b[:n-1]
		if n > 1 && b[n-2] == '\r' {
			b = b[:n-2]
		}
	}
	return b
}

// splitPart tells the header fields of a part from its body.
func splitPart(b []byte) (p Part) {
	at := 0
	for at < len(b) {
		if end, empty := lineEnd(b[at:]); end == 0 {
			p.Header, p.Body = b[:at], b[at+empty:]
			return p
		}
		end, next := fieldEnd(b, at)
		name, value := splitField(b[at:end])
		if name == nil && at == 0 {
			break // no header field: all of it is body
		}
		switch LookupHeader(name) {
		case HeaderContentType:
			p.ContentType = value
		case HeaderContentID:
			p.ContentID = bytes.TrimSuffix(bytes.TrimPrefix(value, []byte("<")), []byte(">"))
		case HeaderContentDisposition:
			p.Disposition = value
		}
		at = next
	}
	if at == 0 {
		p.Body = b
		return p
	}
	p.Header, p.Body = b, b[len(b):]
	return p
}

// MediaTypeIs reports whether contentType is mediaType, such as "application/sdp" (given in lower case), whatever its
// parameters and case.
func MediaTypeIs(contentType []byte, mediaType string) bool {
	t, _ := cutAt(contentType, ';')
	return equalFold(trim(t), mediaType)
}
