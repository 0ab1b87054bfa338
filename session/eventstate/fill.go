package eventstate

import (
	"maps"
	"slices"

	"sipspan/decode/presence"
	"sipspan/record"
)

// Fill puts what the bodies said into the record of the subscription.
func (s *State) Fill(rec *record.Subscription) {
	if len(s.presentities) > 0 && !s.list {
		rec.Presence = s.presentities[0].record(rec.Resource)
	}
	if s.list || s.requested > 0 {
		rec.Resources = s.resourceList()
	}
	switch s.of {
	case presence.DialogInfo:
		rec.Dialog = &record.DialogState{State: s.dialog, Changes: s.dialogChanges}
	case presence.RegInfo:
		rec.Bindings = &record.Bindings{Active: s.elements.count("active"), Changes: s.changes}
	case presence.WatcherInfo:
		rec.Watchers = &record.Watchers{Active: s.elements.count("active"), Pending: s.elements.count("pending"), Changes: s.changes}
	case presence.Conference:
		rec.Conference = &record.Conference{Users: s.elements.count("connected"), Changes: s.changes}
	}
	if m := &s.messages; m.known {
		rec.MessagesWaiting = &record.MessagesWaiting{Waiting: m.waiting, New: m.newer, Old: m.older, Changes: m.changes}
	}
	rec.CallCompletion, rec.ReferStatus = s.completion, s.refer
}

// resourceList sums up the resources of a list.
func (s *State) resourceList() *record.Resources {
	r := &record.Resources{Requested: s.requested, Notified: len(s.presentities)}
	if s.of == presence.ResourceList {
		states := make(map[string]uint64)
		for i := range s.elements.list {
			states[s.elements.list[i].value]++
		}
		r.Notified = max(r.Notified, len(s.elements.list))
		r.States = sortedCounts(states)
	}
	basics := make(map[string]uint64)
	for i := range s.presentities {
		p := &s.presentities[i]
		if p.basic != presence.Unset {
			basics[p.basic.String()]++
		}
		r.Changes += p.changes
		if p.flap.Flapping {
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
