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
	alert *record.Alert
	order uint64    // of its arrival
	since time.Time // when it arrived
	due   time.Time // when it is to be sent
	sent  bool
	left  int // of what is over: how often it is still to be sent
}

// states are the alerts that are firing, and those that are over and not yet sent often enough.
type states struct {
	of    map[string]*state // by identity
	count uint64
}

// put takes a newer state, due at once. It returns how many alerts were lost to make room.
func (k *states) put(a *record.Alert, now time.Time) (lost int) {
	if k.of == nil {
		k.of = map[string]*state{}
	}
	id := delivery.Identity(a)
	if k.of[id] == nil && len(k.of) >= maxKnown {
		lost = k.makeRoom()
	}
	k.count++
	s := &state{alert: a, order: k.count, since: now, due: now}
	if a.State == delivery.Resolved {
		s.left = resolvedSends
	}
	k.of[id] = s
	return lost
}

// makeRoom removes the oldest alert, preferably one that is over and was sent.
func (k *states) makeRoom() (lost int) {
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
				delete(k.of, delivery.Identity(s.alert))
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
