package reassembly

import (
	"time"

	"sipspan/internal/packet"
)

// longWindow is how long a receive window has to be closed until it is reported. What is shorter happens on every busy connection.
const longWindow = int64(time.Second)

// window notes what a segment says of the window in which d may send (RFC 9293 section 3.8.6), and reports one that is closed for long: when
// it has been so for 1, 2, 4, 8… seconds, and when it is opened again.
func (s *Streams) window(now int64, d *direction, p *packet.Packet) {
	if p.TCP.Flags&packet.SYN != 0 {
		return
	}
	if p.TCP.Window != 0 {
		if d.isClosed && d.wants() && now-d.closedAt >= longWindow {
			s.handler.Window(&d.flow, now, d.closedAt, true)
		}
		d.isClosed = false
		return
	}
	switch {
	case !d.isClosed:
		d.isClosed, d.closedAt, d.closedFor = true, now, longWindow
	case now-d.closedAt >= d.closedFor && d.wants():
		s.handler.Window(&d.flow, now, d.closedAt, false)
		for d.closedFor <= now-d.closedAt {
			d.closedFor *= 2
		}
	}
}
