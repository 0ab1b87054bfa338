package session

import (
	"strconv"

	"sipspan/decode/sip"
)

// asked are the header fields of a request that a refusal may be about.
var asked = [...]sip.HeaderID{
	sip.HeaderTo, sip.HeaderMaxForwards, sip.HeaderRequire, sip.HeaderProxyRequire, sip.HeaderSessionExpires, sip.HeaderExpires,
	sip.HeaderEvent, sip.HeaderReplaces, sip.HeaderJoin, sip.HeaderContentType, sip.HeaderAuthorization, sip.HeaderProxyAuthorization, sip.HeaderReason,
	sip.HeaderMSDiagnostics, sip.HeaderMSDiagnosticsPublic, sip.HeaderMSClientDiagnostics,
}

// usualFields is room for what is kept of the header of most requests, in bytes.
const usualFields = 384

// keepRequest keeps of a request what its refusal may be about, as a message of its own: every request comes by here and
// few are refused. Of most the fields of the request are enough, see sketch.
func (t *Tracker) keepRequest(m *sip.Message) []byte {
	if t.Explainer == nil {
		return nil
	}
	offers := m.Method == sip.INVITE || m.Method == sip.UPDATE
	if !offers && m.First(sip.HeaderAuthorization) < 0 && m.First(sip.HeaderProxyAuthorization) < 0 && (m.Method != sip.BYE || says(m) == 0) &&
		len(m.Header(sip.HeaderMaxForwards)) != 1 { // few hops are left
		return nil
	}
	body := 0
	if offers {
		body = len(m.Body())
	}
	buf := append(t.buffer(nil, usualFields+body), m.MethodName()...)
	buf = append(buf, ' ')
	buf = append(buf, m.RequestURI()...)
	buf = append(buf, " SIP/2.0\r\n"...)
	for _, id := range asked {
		for i := m.First(id); i >= 0; i = m.Next(i) {
			buf = appendField(buf, m.Name(i), m.Value(i))
		}
	}
	if offers {
		buf = append(buf, "\r\n"...)
		buf = append(buf, m.Body()...)
	}
	return t.account(buf[:min(len(buf), maxKept)])
}

func appendField(buf, name, value []byte) []byte {
	buf = append(append(buf, name...), ": "...)
	return append(append(buf, value...), "\r\n"...)
}

// sketch writes a request of which nothing was kept from what every request keeps. It is valid until the next one.
func (t *Tracker) sketch(r *request) []byte {
	if r.uri.len == 0 {
		return nil // it was not seen
	}
	buf := append(t.sketched[:0], r.methodName()...)
	buf = append(append(append(buf, ' '), r.text.of(r.uri)...), " SIP/2.0\r\nTo: <"...)
	buf = append(append(buf, r.text.of(r.toURI)...), '>')
	if r.toTag.len > 0 {
		buf = append(append(buf, ";tag="...), r.text.of(r.toTag)...)
	}
	buf = append(buf, "\r\n"...)
	event := r.event
	if s := r.subscription; s != nil && event.len == 0 {
		buf = appendField(buf, []byte("Event"), s.text.of(s.event))
	} else if event.len > 0 {
		buf = appendField(buf, []byte("Event"), r.text.of(event))
	}
	if r.expires >= 0 {
		buf = append(strconv.AppendInt(append(buf, "Expires: "...), int64(r.expires), 10), "\r\n"...)
	}
	t.sketched = buf
	return buf
}
