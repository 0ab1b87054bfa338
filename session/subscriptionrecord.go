package session

import (
	"maps"
	"slices"

	"sipspan/decode/presence"
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
	if s.told != nil {
		s.told.write(rec)
	}
	rec.Cause = t.subscriptionCause(s, rec)
	return rec
}

// write puts what bodies told into the record.
func (b *told) write(rec *record.Subscription) {
	if len(b.presentities) > 0 && !b.list {
		rec.Presence = b.presentities[0].record(rec.Resource)
	}
	if b.list || b.requested > 0 {
		rec.Resources = b.resourceList()
	}
	switch b.of {
	case presence.DialogInfo:
		rec.Dialog = &record.DialogState{State: b.dialog, Changes: b.dialogChanges}
	case presence.RegInfo:
		rec.Bindings = &record.Bindings{Active: b.elements.count("active"), Changes: b.changes}
	case presence.WatcherInfo:
		rec.Watchers = &record.Watchers{Active: b.elements.count("active"), Pending: b.elements.count("pending"), Changes: b.changes}
	case presence.Conference:
		rec.Conference = &record.Conference{Users: b.elements.count("connected"), Changes: b.changes}
	}
	if m := &b.messages; m.known {
		rec.MessagesWaiting = &record.MessagesWaiting{Waiting: m.waiting, New: m.newer, Old: m.older, Changes: m.changes}
	}
	rec.CallCompletion, rec.ReferStatus = b.completion, b.refer
}

// resourceList sums up the resources of a list.
func (b *told) resourceList() *record.Resources {
	r := &record.Resources{Requested: b.requested, Notified: len(b.presentities)}
	if b.of == presence.ResourceList {
		states := make(map[string]uint64)
		for i := range b.elements.list {
			states[b.elements.list[i].value]++
		}
		r.Notified = max(r.Notified, len(b.elements.list))
		r.States = sortedCounts(states)
	}
	basics := make(map[string]uint64)
	for i := range b.presentities {
		p := &b.presentities[i]
		if p.basic != presence.Unset {
			basics[p.basic.String()]++
		}
		r.Changes += p.changes
		if p.flap.flapping {
			r.Flapping++
		}
	}
	r.Basic = sortedCounts(basics)
	return r
}

func sortedCounts(m map[string]uint64) []record.Count {
	list := make([]record.Count, 0, len(m))
	for _, name := range slices.Sorted(maps.Keys(m)) {
		list = append(list, record.Count{Name: name, Value: m[name]})
	}
	return list
}
