package subscription

import (
	"bytes"

	"sipspan/decode/presence"
	"sipspan/decode/sip"
	"sipspan/record"
	"sipspan/session/eventstate"
	"sipspan/session/link"
	"sipspan/session/stats"
	"sipspan/session/transaction"
	"sipspan/session/value"
)

// The bodies of event packages are read by the worker, when the message that carries them is: only then are the records
// the same for any number of workers, and the counters up to date while a subscription lasts for hours. That is cheap
// because only messages with a body pay for it, a body that repeats the last one is not read again, and the parser reads
// plain XML in about a microsecond.

// bodies returns what the bodies of a subscription said, for adding to it.
func (s *Subscription) bodies() *eventstate.State {
	if s.eventState == nil {
		s.eventState = new(eventstate.State)
	}
	return s.eventState
}

// observeBody reads the body of a notification, or of the response to a SUBSCRIBE that takes the place of one, and reports
// whether it said anything.
func (u *Usage) observeBody(s *Subscription, v *transaction.View, fingerprint uint64) bool {
	if len(v.Message.Body()) == 0 {
		return false
	}
	if s.bodies().Repeated(fingerprint) {
		return true
	}
	documents := u.ParseBody(v.Message)
	for i := range documents {
		u.observe(s, &documents[i], v)
	}
	return len(documents) > 0
}

// observe takes what one document holds.
func (u *Usage) observe(s *Subscription, d *presence.Document, v *transaction.View) {
	if d.Kind == presence.Fragment {
		status := value.Seconds([]byte(d.States[0].Value))
		s.eventState.SetRefer(status)
		u.announceReferNotified(s, v, status)
		return
	}
	change := s.eventState.Observe(d, s.Text.Of(s.Resource), v.At, &u.resources)
	if s.eventState.Full() {
		s.flags |= record.TableFull
	}
	if change.Presence {
		u.announcePresence(s, change.Entity, d.Basic, v)
	}
}

// observeRequested reads the list of resources that a SUBSCRIBE carries.
func (u *Usage) observeRequested(s *Subscription, v *transaction.View) {
	if len(v.Message.Body()) == 0 {
		return
	}
	documents := u.ParseBody(v.Message)
	for i := range documents {
		if d := &documents[i]; eventstate.Requests(d) {
			s.bodies().Request(d)
		}
	}
}

// announcePresence reports to the correlator what a watcher is notified about somebody. While a subscription waits for approval it is told
// nothing that is true (RFC 3856 section 6.6.2).
func (u *Usage) announcePresence(s *Subscription, entity string, basic presence.Basic, v *transaction.View) {
	state := v.Message.Header(sip.HeaderSubscriptionState)
	if len(state) >= 7 && bytes.EqualFold(state[:7], []byte("pending")) {
		return
	}
	if s.id == 0 {
		s.id = u.NextID()
	}
	u.reportPresence(s, entity, basic, v.At)
}

// reportPresence reports that a watcher knows of the presence of somebody, "" for the resource of the subscription.
func (u *Usage) reportPresence(s *Subscription, entity string, basic presence.Basic, at int64) {
	uri := []byte(entity)
	if len(uri) == 0 {
		uri = s.Text.Of(s.Resource)
	}
	u.Report(s.Group.CallID, 0, at, link.Presence{
		Entity: link.Presentity(uri), Watcher: link.Presentity(s.Text.Of(s.subscriber)), Basic: basic, Subscription: s.id,
	})
}

// announceWatch reports a subscription to the calls of somebody.
func (u *Usage) announceWatch(g *transaction.Group, v *transaction.View) {
	switch event := value.EventPackage(v.Message.Header(sip.HeaderEvent)); event {
	case stats.EventDialog, stats.EventCallCompletion:
		u.Report(g.CallID, u.calls.Announced(g, v.At), v.At, link.Watch{
			By: link.Identify(v.Message.From().URI), To: link.Identify(v.Message.To().URI),
			What: "SUBSCRIBE with Event " + event.String() + " from " + v.Meta.Src.String() + " to " + v.Meta.Dst.String(),
		})
	}
}

// announceReferNotified reports what a NOTIFY holds about the call that a REFER asked for (RFC 3515 section 2.4.5).
func (u *Usage) announceReferNotified(s *Subscription, v *transaction.View, status int) {
	if s.kind != stats.EventRefer || status < 200 {
		return
	}
	n := link.ReferNotified{Status: status}
	if r := refer(s.Group, v, s.Text.Of(s.event)); r != nil {
		n.CSeq, n.Sender = r.CSeq, r.Sender
	}
	u.Report(s.Group.CallID, u.calls.Announced(s.Group, v.At), v.At, n)
}
