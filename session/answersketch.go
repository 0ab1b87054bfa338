package session

import (
	"sipspan/record"
)

// sketchAnswer writes what is kept of the 2xx to the INVITE of a call: the Contact of who answered, and their session
// description as long as the call still has the one it began with. It is valid until the next sketch.
func (u *CallUsage) sketchAnswer(c *call, rec *record.Call) []byte {
	buf := append(u.Sketched[:0], "SIP/2.0 200 OK\r\n"...)
	for i := range rec.Forks {
		if f := &rec.Forks[i]; f.Answered && f.Contact != "" {
			buf = append(append(append(buf, "Contact: <"...), f.Contact...), ">\r\n"...)
			break
		}
	}
	offer, answer := c.descriptions()
	if c.offeredByCallee {
		answer = offer
	}
	if len(answer) > 0 && !c.renegotiated {
		buf = append(append(buf, "Content-Type: application/sdp\r\n\r\n"...), answer...)
	} else {
		buf = append(buf, "\r\n"...)
	}
	u.Sketched = buf
	return buf
}
