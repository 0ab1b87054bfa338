package session

import (
	"net/netip"

	"sipspan/internal/wire"
	"sipspan/session/evidence"
)

// maxNetworkEvents bounds the network events that a tracker remembers. They are looked at only when a request fails.
const maxNetworkEvents = 64

// eventsAbout appends the network events that concern a request between two times, the oldest first.
func (t *Table) eventsAbout(list []evidence.NetworkEvent, r *request, from, to int64) []evidence.NetworkEvent {
	for i := range t.Events {
		e := &t.Events[(t.OldestEvent+i)%len(t.Events)]
		if e.Time < from || e.Time > to {
			continue
		}
		if toward, ok := r.concernedBy(e); ok {
			list = append(list, evidence.NetworkEvent{NetworkEvent: *e, Toward: toward})
		}
	}
	return list
}

// concernedBy reports whether a network event is about a hop of the request, and where that led: its own datagram, its
// connection, or a connection that the element tried in vain which then answered that it could not go on. An element that was
// seen to pass the request on tried that connection for another request, as busy ones do all the time. A hop that had its
// final response was not held up by anything.
func (r *request) concernedBy(e *wire.NetworkEvent) (toward netip.AddrPort, ok bool) {
	for i := range r.transactions {
		x := &r.transactions[i]
		switch {
		case x.method != r.method:
		case x.final == 0 && e.Src == x.src && e.Dst == x.dst:
			return x.dst, true
		case e.Kind < wire.ConnectionRefused:
		case x.final == 0 && e.Src == x.dst && e.Dst == x.src:
			return x.dst, true
		case !e.Kind.EndsConnection() && x.status != 0 && e.Src.Addr() == x.answerer.Addr() && e.Dst.Addr() != x.src.Addr() &&
			!r.passedOnBy(x.answerer.Addr()):
			return e.Dst, true
		}
	}
	return netip.AddrPort{}, false
}

// passedOnBy reports whether an element was seen to send the request on.
func (r *request) passedOnBy(element netip.Addr) bool {
	for i := range r.transactions {
		if x := &r.transactions[i]; x.method == r.method && x.src.Addr() == element {
			return true
		}
	}
	return false
}
