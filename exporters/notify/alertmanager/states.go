package alertmanager

import (
	"cmp"
	"slices"
	"time"

	"sipspan/exporters/notify/delivery"
	"sipspan/record"
)

const (
	// maxKnown bounds the alerts that are kept.
	maxKnown = 4096
	// resolvedSends is how often an alert that is over is sent: an Alertmanager that accepted a request may lose it when it ends.
	resolvedSends = 3
)

// state is the newest state of one alert.
type state struct {
	key   string // among the states
	alert *record.Alert
	order uint64    // of its arrival
	since time.Time // when it arrived
	due   time.Time // when it is to be sent
	sent  bool
	left  int // of what is over: how often it is still to be sent
}

// states are the alerts that are firing, and those that are over and not yet sent often enough.
type states struct {
	of    map[string]*state // by key
	count uint64
}

// put takes a newer state, due at once. It returns how many alerts were lost to make room.
func (k *states) put(a *record.Alert, now time.Time) (lost int) {
	if k.of == nil {
		k.of = map[string]*state{}
	}
	key := keyOf(a)
	if old := k.of[key]; old == nil {
		lost = k.makeRoom()
	} else if old.alert.Rule != a.Rule || old.alert.Severity != a.Severity || !slices.Equal(old.alert.Labels, a.Labels) {
		lost = k.replace(old, now)
	}
	k.count++
	s := &state{key: key, alert: a, order: k.count, since: now, due: now}
	if a.State == delivery.Resolved {
		s.left = resolvedSends
	}
	k.of[key] = s
	return lost
}

// keyOf is what all states of one alert have in common.
func keyOf(a *record.Alert) string {
	if a.ID != "" {
		return a.ID
	}
	return delivery.Identity(a)
}

// replace ends what an alert was before another rule or severity leads it, for Alertmanager tells alerts apart by their labels. What
// was not sent yet need not be ended.
func (k *states) replace(old *state, now time.Time) (lost int) {
	if !old.sent {
		return 0
	}
	lost = k.makeRoom()
	over := *old.alert
	over.State, over.End = delivery.Resolved, 0
	k.count++
	s := &state{key: keyOf(&over) + over.Severity + delivery.Identity(&over), alert: &over, order: k.count, since: now, due: now, left: resolvedSends}
	k.of[s.key] = s
	return lost
}

// makeRoom removes the oldest alert, preferably one that is over and was sent, when there are as many as are kept.
func (k *states) makeRoom() (lost int) {
	if len(k.of) < maxKnown {
		return 0
	}
	worth := func(s *state) int {
		switch {
		case s.left > 0 && s.sent:
			return 0
		case s.sent:
			return 1
		}
		return 2
	}
	least := ""
	for id, s := range k.of {
		if least == "" || cmp.Or(cmp.Compare(worth(s), worth(k.of[least])), cmp.Compare(s.order, k.of[least].order)) < 0 {
			least = id
		}
	}
	if !k.of[least].sent {
		lost = 1
	}
	delete(k.of, least)
	return lost
}

// due returns what is to be sent, in the order of arrival.
func (k *states) due(now time.Time) []*state {
	var all []*state
	for _, s := range k.of {
		if !s.due.After(now) {
			all = append(all, s)
		}
	}
	slices.SortFunc(all, func(a, b *state) int { return cmp.Compare(a.order, b.order) })
	return all
}

// sent notes that the alerts were sent, and accepted or refused. What is refused is sent again with the others, because one of
// them may have been the reason; an alert that was never accepted is counted as lost, once.
func (k *states) sent(part []*state, now time.Time, every time.Duration, accepted bool) (lost int) {
	for _, s := range part {
		if !accepted && !s.sent {
			lost++
		}
		s.sent = true
		s.due = now.Add(every)
		if s.left > 0 {
			if s.left--; s.left == 0 {
				delete(k.of, s.key)
			}
		}
	}
	return lost
}

// giveUp removes what is over and could not be sent for so long.
func (k *states) giveUp(now time.Time, after time.Duration) (lost int) {
	for id, s := range k.of {
		if s.left > 0 && now.Sub(s.since) > after {
			if !s.sent {
				lost++
			}
			delete(k.of, id)
		}
	}
	return lost
}

// unsent is how many alerts are in a state that was never sent.
func (k *states) unsent() (n int) {
	for _, s := range k.of {
		if !s.sent {
			n++
		}
	}
	return n
}
