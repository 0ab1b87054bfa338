package session

import (
	"strconv"

	"sipspan/session/evidence"
)

// sketch writes a request of which nothing was kept from what every request keeps. It is valid until the next one.
func (t *Table) sketch(r *request) []byte {
	if r.uri.Len == 0 {
		return nil // it was not seen
	}
	buf := append(t.Sketched[:0], r.methodName()...)
	buf = append(append(append(buf, ' '), r.text.Of(r.uri)...), " SIP/2.0\r\nTo: <"...)
	buf = append(append(buf, r.text.Of(r.toURI)...), '>')
	if r.toTag.Len > 0 {
		buf = append(append(buf, ";tag="...), r.text.Of(r.toTag)...)
	}
	buf = append(buf, "\r\n"...)
	if r.event.Len > 0 {
		buf = evidence.AppendField(buf, []byte("Event"), r.text.Of(r.event))
	}
	if r.expires >= 0 {
		buf = append(strconv.AppendInt(append(buf, "Expires: "...), int64(r.expires), 10), "\r\n"...)
	}
	t.Sketched = buf
	return buf
}
