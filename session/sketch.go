package session

import (
	"strconv"

	"sipspan/session/evidence"
)

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
		buf = evidence.AppendField(buf, []byte("Event"), s.text.of(s.event))
	} else if event.len > 0 {
		buf = evidence.AppendField(buf, []byte("Event"), r.text.of(event))
	}
	if r.expires >= 0 {
		buf = append(strconv.AppendInt(append(buf, "Expires: "...), int64(r.expires), 10), "\r\n"...)
	}
	t.sketched = buf
	return buf
}
