package pseudonym

import (
	"bytes"
	"errors"
	"strconv"
	"strings"

	"sipspan/decode/presence"
	"sipspan/decode/sip"
)

// ErrUnreadable is what Message returns for what is no SIP message.
var ErrUnreadable = errors.New("not a SIP message")

// Message returns a SIP message with other names, and with the Content-Length of its new body. raw is borrowed.
func (n *Names) Message(raw []byte) ([]byte, error) {
	var m sip.Message
	if m.Parse(raw) != nil {
		return nil, ErrUnreadable
	}
	out := make([]byte, 0, len(raw)+256)
	if m.Request {
		out = append(n.uri(append(out, method(&m)+" "...), m.RequestURI()), " SIP/2.0\r\n"...)
	} else {
		out = append(out, "SIP/2.0 "+strconv.Itoa(m.Status)+" "+phrases[m.Status]+"\r\n"...)
	}
	contentType, body := n.body(&m)
	for i := range m.Len() {
		out = n.field(out, &m, i)
	}
	if len(body) > 0 {
		out = append(out, "Content-Type: "+contentType+"\r\n"...)
	}
	out = append(out, "Content-Length: "+strconv.Itoa(len(body))+"\r\n\r\n"...)
	return append(out, body...), nil
}

// method returns the method of a request. One that no RFC names stands for itself no more.
func method(m *sip.Message) string {
	if m.Method == sip.MethodOther {
		return "OTHER"
	}
	return m.Method.String()
}

// field appends a header field, or nothing where it is not known to be harmless.
func (n *Names) field(dst []byte, m *sip.Message, i int) []byte {
	write, ok := fields[m.ID(i)]
	if m.ID(i) == sip.HeaderCSeq {
		write, ok = cseq(m), true
	}
	if !ok {
		return dst
	}
	before := len(dst)
	dst = append(dst, m.ID(i).String()+": "...)
	start := len(dst)
	dst = write(n, dst, bytes.TrimSpace(sip.Unfold(nil, m.Value(i))))
	if len(dst) == start {
		return dst[:before]
	}
	return append(dst, '\r', '\n')
}

func cseq(m *sip.Message) fieldFunc {
	return func(_ *Names, dst, _ []byte) []byte {
		number, of, ok := m.CSeq()
		if !ok {
			return dst
		}
		name := of.String()
		if of == sip.MethodOther {
			name = "OTHER"
		}
		return append(strconv.AppendUint(dst, uint64(number), 10), " "+name...)
	}
}

// body returns the body that stands for that of a message: a session description, the status of a transfer, whether
// somebody is present, or a text of the same length. Everything else is left out.
func (n *Names) body(m *sip.Message) (contentType string, body []byte) {
	if m.Header(sip.HeaderContentEncoding) != nil {
		return "", nil
	}
	parts := sip.Parts(m.ContentType(), m.Body())
	for p, ok := parts.Next(); ok; p, ok = parts.Next() {
		switch {
		case sip.MediaTypeIs(p.ContentType, "application/sdp"):
			return "application/sdp", n.description(nil, p.Body)
		case sip.MediaTypeIs(p.ContentType, "message/sipfrag"):
			return "message/sipfrag", fragment(p.Body)
		case sip.MediaTypeIs(p.ContentType, "application/pidf+xml"):
			return "application/pidf+xml", n.presentity(p.ContentType, p.Body)
		case sip.MediaTypeIs(p.ContentType, "text/plain"):
			return "text/plain", bytes.Repeat([]byte("x"), len(p.Body))
		}
	}
	return "", nil
}

// fragment returns the status line of a message fragment (RFC 3420).
func fragment(body []byte) []byte {
	line, _, _ := bytes.Cut(body, []byte("\n"))
	f := strings.Fields(string(line))
	if len(f) < 2 || f[0] != "SIP/2.0" {
		return nil
	}
	status, err := strconv.Atoi(f[1])
	if err != nil || status < 100 || status > 699 {
		return nil
	}
	return []byte("SIP/2.0 " + strconv.Itoa(status) + " " + phrases[status] + "\r\n")
}

// presentity returns the presence document (RFC 3863) that stands for one: whom it is about, and for each tuple whether it is open or closed.
// Nothing is returned where it cannot be read.
func (n *Names) presentity(contentType, body []byte) []byte {
	all, err := presence.Parse(contentType, body)
	if err != nil || len(all) != 1 || all[0].Kind != presence.PIDF {
		return nil
	}
	d := &all[0]
	out := append([]byte(`<?xml version="1.0" encoding="UTF-8"?>`+"\r\n"+`<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="`), n.uri(nil, []byte(d.Entity))...)
	out = append(out, "\">\r\n"...)
	for _, s := range d.States {
		out = append(out, ` <tuple id="`+n.id("tuple", []byte(s.ID))+`"><status>`...)
		if s.Value == presence.Open.String() || s.Value == presence.Closed.String() {
			out = append(out, "<basic>"+s.Value+"</basic>"...)
		}
		out = append(out, "</status></tuple>\r\n"...)
	}
	return append(out, "</presence>\r\n"...)
}
