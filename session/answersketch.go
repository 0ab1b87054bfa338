package session

import (
	"net/netip"

	"sipspan/record"
)

// sketchAnswer writes what is kept of the 2xx to the INVITE of a call: the Contact of who answered, and their session
// description as long as the call still has the one it began with. It is valid until the next sketch.
func (t *Tracker) sketchAnswer(c *call, rec *record.Call) []byte {
	buf := append(t.sketched[:0], "SIP/2.0 200 OK\r\n"...)
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
	t.sketched = buf
	return buf
}

// outside reports whether an address is one of the public network.
func outside(a netip.Addr) bool {
	return a.IsValid() && !a.IsPrivate() && !a.IsLoopback() && !a.IsLinkLocalUnicast()
}
