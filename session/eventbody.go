package session

import (
	"sipspan/decode/presence"
	"sipspan/record"
	"sipspan/session/eventstate"
	"sipspan/session/value"
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
func (u *SubscriptionUsage) observeBody(s *subscription, v *view, fingerprint uint64) bool {
	if len(v.m.Body()) == 0 {
		return false
	}
	if s.bodies().Repeated(fingerprint) {
		return true
	}
	documents := u.ParseBody(v.m)
	for i := range documents {
		u.observe(s, &documents[i], v)
	}
	return len(documents) > 0
}

// observe takes what one document says.
func (u *SubscriptionUsage) observe(s *subscription, d *presence.Document, v *view) {
	if d.Kind == presence.Fragment {
		status := value.Seconds([]byte(d.States[0].Value))
		s.eventState.SetRefer(status)
		u.announceReferTold(s, v, status)
		return
	}
	change := s.eventState.Observe(d, s.text.Of(s.resource), v.at, &u.resources)
	if s.eventState.Full() {
		s.flags |= record.TableFull
	}
	if change.Presence {
		u.announcePresence(s, change.Entity, d.Basic, v)
	}
}

// observeRequested reads the list of resources that a SUBSCRIBE carries.
func (u *SubscriptionUsage) observeRequested(s *subscription, v *view) {
	if len(v.m.Body()) == 0 {
		return
	}
	documents := u.ParseBody(v.m)
	for i := range documents {
		if d := &documents[i]; eventstate.Requests(d) {
			s.bodies().Request(d)
		}
	}
}
