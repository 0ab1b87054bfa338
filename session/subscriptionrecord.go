package session

import (
	"sipspan/record"
	"sipspan/session/stats"
	"sipspan/session/value"
)

// subscriptionRecord makes the record of a subscription that has ended.
func (u *SubscriptionUsage) subscriptionRecord(s *subscription) *record.Subscription {
	x := &s.text
	src, dst := x.Address(s.src), x.Address(s.dst)
	text := x.Seal()
	start := s.start
	if start == 0 {
		start = s.seen
	}
	event := text.Of(s.event)
	called := event
	if s.twin {
		called += " " + text.Of(s.notifierTag) // those of one SUBSCRIBE are told apart by their notifiers
	}
	rec := &record.Subscription{
		Header:           u.Header(record.KindSubscription, s.group.callID, start, s.ended, called, s.cseq),
		Event:            string(value.EventType([]byte(event))),
		Resource:         text.Of(s.resource),
		Subscriber:       text.Of(s.subscriber),
		Outcome:          s.outcome,
		StateChanges:     s.changes,
		Status:           s.status,
		Reason:           text.Of(s.reason),
		Expires:          s.expires,
		Refreshes:        s.refreshes,
		Notifies:         s.notifies,
		NotifyFailures:   s.failures,
		Piggybacked:      s.piggybacked,
		FirstNotify:      record.Between(s.start, s.firstNotify),
		TerminatedReason: text.Of(s.ending),
		Challenged:       s.challenged,
		Src:              text.Of(src),
		Dst:              text.Of(dst),
	}
	rec.Place = s.group.origin
	rec.Confidence.Flags, rec.Confidence.Gap = s.flags, known(s.gap)
	rec.Session = s.number
	rec.Peers = u.PeersOf(s.src, s.dst)
	switch {
	case s.stated && s.state != stats.NotifyOther:
		rec.State = s.state.String()
	case s.stated:
		rec.State = text.Of(s.stateWord)
	}
	if s.eventState != nil {
		s.eventState.Fill(rec)
	}
	rec.Cause = u.subscriptionCause(s, rec)
	return rec
}
