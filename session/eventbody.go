package session

import (
	"sipspan/decode/presence"
	"sipspan/record"
	"sipspan/session/eventstate"
)

// The bodies of event packages are read by the worker, when the message that carries them is: only then are the records
// the same for any number of workers, and the counters up to date while a subscription lasts for hours. That is cheap
// because only messages with a body pay for it, a body that repeats the last one is not read again, and the parser reads
// plain XML in about a microsecond.

// bodies returns what the bodies of a subscription said, for adding to it.
func (s *subscription) bodies() *eventstate.State {
	if s.eventState == nil {
		s.eventState = new(eventstate.State)
	}
	return s.eventState
}

// observeBody reads the body of a notification, or of the response to a SUBSCRIBE that takes the place of one, and reports
// whether it said anything.
func (t *Tracker) observeBody(s *subscription, v *view, fingerprint uint64) bool {
	if len(v.m.Body()) == 0 {
		return false
	}
	if s.bodies().Repeated(fingerprint) {
		return true
	}
	documents := t.parseBody(v)
	for i := range documents {
		t.observe(s, &documents[i], v)
	}
	return len(documents) > 0
}

// observe takes what one document says.
func (t *Tracker) observe(s *subscription, d *presence.Document, v *view) {
	if d.Kind == presence.Fragment {
		status := parseSeconds([]byte(d.States[0].Value))
		s.eventState.SetRefer(status)
		t.announceReferTold(s, v, status)
		return
	}
	change := s.eventState.Observe(d, s.text.of(s.resource), v.at, &t.resources)
	if s.eventState.Full() {
		s.flags |= record.TableFull
	}
	if change.Presence {
		t.announcePresence(s, change.Entity, d.Basic, v)
	}
}

// parseBody returns what the body of a message says, until the next call.
func (t *Tracker) parseBody(v *view) []presence.Document {
	documents, err := t.bodies.Parse(v.m.ContentType(), v.m.Body())
	if err != nil {
		t.counters.BodiesUnreadable++
	}
	return documents
}

// observeRequested reads the list of resources that a SUBSCRIBE carries.
func (t *Tracker) observeRequested(s *subscription, v *view) {
	if len(v.m.Body()) == 0 {
		return
	}
	documents := t.parseBody(v)
	for i := range documents {
		if d := &documents[i]; eventstate.Requests(d) {
			s.bodies().Request(d)
		}
	}
}
