package report

import (
	"strings"

	"sipspan/record"
)

// subscriptions counts subscriptions by event package, publications and states of presence.
type subscriptions struct {
	events tally[string]
	of     map[string]*event

	entities     uint64 // presentities, each once for every subscription that was notified of it
	changes      uint64 // of presentities, each once
	flapping     uint64
	basic        tally[string] // last basic status of each
	lists        uint64        // subscriptions to lists, and the resources in their notifications
	resources    uint64
	refused      uint64 // notifications that were refused or not answered
	publications uint64
	published    [record.NumOutcomes]uint64
}

// event is the subscriptions of one event package.
type event struct {
	ended    [record.NumOutcomes]uint64
	notifies uint64
	first    spread
}

func (s *subscriptions) add(r *record.Subscription) {
	name := r.Event
	if name == "" {
		name = "unnamed"
	}
	s.events.add(name, 1)
	if s.events.counts[name] > 0 {
		e := s.of[name]
		if e == nil {
			if s.of == nil {
				s.of = map[string]*event{}
			}
			e = &event{}
			s.of[name] = e
		}
		e.ended[r.Outcome]++
		e.notifies += uint64(r.Notifies)
		if r.FirstNotify.Known {
			e.first.add(r.FirstNotify.D)
		}
	}
	s.changes += uint64(r.PresenceChanges)
	if presence := r.Presence; presence != nil {
		s.entities++
		if presence.Flapping {
			s.flapping++
		}
		if presence.Basic != "" {
			s.basic.add(presence.Basic, 1)
		}
	}
	if list := r.Resources; list != nil && r.Presence == nil {
		s.lists++
		s.resources += uint64(list.Notified)
		s.flapping += uint64(list.Flapping)
		for _, b := range list.Basic {
			s.basic.add(b.Name, b.Value)
			s.entities += b.Value
		}
	}
	s.refused += uint64(r.NotifyFailures)
}

func (s *subscriptions) publish(r *record.Publication) {
	s.publications++
	s.published[r.Outcome]++
}

func (s *subscriptions) section(d *Document) {
	if s.events.total == 0 && s.publications == 0 {
		return
	}
	var counts []string
	if n := s.events.total; n > 0 {
		counts = append(counts, counted(n, "subscription", "subscriptions"))
	}
	if n := s.publications; n > 0 {
		counts = append(counts, counted(n, "publication", "publications"))
	}
	d.section("Subscriptions and presence", strings.Join(counts, ", "))
	if s.events.total > 0 {
		d.table(s.table())
	}
	facts := &Table{}
	if s.entities > 0 {
		text := counted(s.changes, "change", "changes") + ", told to " + counted(s.entities, "watcher", "watchers")
		if s.flapping > 0 {
			text += " · " + number(s.flapping) + " flapping"
		}
		if s.basic.total > 0 {
			text += " · at the end " + list(&s.basic)
		}
		facts.row(heading("presence"), left(text))
	}
	if s.lists > 0 {
		facts.row(heading("lists"), left(counted(s.lists, "list", "lists")+" with "+counted(s.resources, "resource", "resources")))
	}
	if s.refused > 0 {
		facts.row(heading("notifies"), left(counted(s.refused, "was refused or not answered", "were refused or not answered")))
	}
	if s.publications > 0 {
		var parts []string
		for _, o := range outcomes {
			if n := s.published[o]; n > 0 {
				parts = append(parts, o.String()+" "+number(n))
			}
		}
		facts.row(heading("publications"), left(strings.Join(parts, " · ")))
	}
	if s.events.total > 0 {
		d.facts(facts)
	} else {
		d.table(facts)
	}
}

// table shows one line for each event package, with a column for each outcome that there was.
func (s *subscriptions) table() *Table {
	names, more := s.events.top(most)
	var used [record.NumOutcomes]bool
	for _, name := range names {
		for o, n := range s.of[name].ended {
			used[o] = used[o] || n > 0
		}
	}
	t := &Table{}
	head := []Cell{heading("event"), headingRight("total")}
	for _, o := range outcomes {
		if used[o] {
			head = append(head, headingRight(o.String()))
		}
	}
	t.row(append(head, headingRight("notifies"), headingRight("first notify"))...)
	for _, name := range names {
		e := s.of[name]
		row := []Cell{left(wire(name)), amount(s.events.counts[name])}
		for _, o := range outcomes {
			if used[o] {
				row = append(row, right(some(e.ended[o])).as(outcomeTones[o]))
			}
		}
		first := ""
		if e.first.n > 0 {
			first = span(e.first.quantile(0.5))
		}
		t.row(append(row, amount(e.notifies), right(first))...)
	}
	if more > 0 {
		t.row(faint(counted(uint64(more), "other event", "other events")))
	}
	return t
}
