package session

import (
	"sipspan/record"
	"sipspan/session/stats"
)

// subscriptionRecord makes the record of a subscription that has ended.
func (t *Tracker) subscriptionRecord(s *subscription) *record.Subscription {
	x := &s.text
	src, dst := x.address(s.src), x.address(s.dst)
	text := x.seal()
	start := s.start
	if start == 0 {
		start = s.seen
	}
	event := text.of(s.event)
	called := event
	if s.twin {
		called += " " + text.of(s.notifierTag) // those of one SUBSCRIBE are told apart by their notifiers
	}
	rec := &record.Subscription{
		Header:           t.header(record.KindSubscription, s.group.callID, start, s.ended, called, s.cseq),
		Event:            string(eventType([]byte(event))),
		Resource:         text.of(s.resource),
		Subscriber:       text.of(s.subscriber),
		Outcome:          s.outcome,
		StateChanges:     s.changes,
		Status:           s.status,
		Reason:           text.of(s.reason),
		Expires:          s.expires,
		Refreshes:        s.refreshes,
		Notifies:         s.notifies,
		NotifyFailures:   s.failures,
		Piggybacked:      s.piggybacked,
		FirstNotify:      record.Between(s.start, s.firstNotify),
		TerminatedReason: text.of(s.ending),
		Challenged:       s.challenged,
		Src:              text.of(src),
		Dst:              text.of(dst),
	}
	rec.Confidence.Flags = s.flags
	rec.Peers = t.peersOf(s.src, s.dst)
	switch {
	case s.stated && s.state != stats.NotifyOther:
		rec.State = s.state.String()
	case s.stated:
		rec.State = text.of(s.stateWord)
	}
	if s.eventState != nil {
		s.eventState.Fill(rec)
	}
	rec.Cause = t.subscriptionCause(s, rec)
	return rec
}
