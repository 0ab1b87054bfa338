package session

import "sipspan/internal/wire"

// Network takes note of a network event. It is no message: nothing is counted, and nothing ends by it.
func (t *Tracker) Network(e *wire.NetworkEvent) {
	t.Advance(e.Time)
	t.SignalLink(e)
	if t.Explainer == nil {
		return
	}
	if n := len(t.Events); n > 0 && e.SameAs(&t.Events[(t.OldestEvent+n-1)%n]) {
		return
	}
	if len(t.Events) < maxNetworkEvents {
		t.Events = append(t.Events, *e)
		return
	}
	t.Events[t.OldestEvent] = *e
	t.OldestEvent = (t.OldestEvent + 1) % maxNetworkEvents
}
