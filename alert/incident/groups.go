package incident

import (
	"slices"
	"time"

	"sipspan/record"
)

// Groups puts symptoms into groups and hands each group on as one alert: when it begins, when it becomes more severe, and when all
// its symptoms are over. It belongs to one goroutine.
type Groups struct {
	raise func(*record.Alert)
	open  []*group
	began []*member // since the last Turn
	ended bool
	turns uint64 // in which something changed
}

// New returns groups whose alerts are given to raise, which keeps them.
func New(raise func(*record.Alert)) *Groups { return &Groups{raise: raise} }

// Begin takes a symptom. It is handed on by the next Turn, unless it belongs to a group that was handed on before.
func (g *Groups) Begin(s Symptom) { g.began = append(g.began, &member{Symptom: s}) }

// End takes a symptom that is over: the alert as the rule ended it, with the ID of its beginning.
func (g *Groups) End(a *record.Alert) {
	g.ended = true
	for _, o := range g.open {
		for _, m := range o.members {
			if m.Alert.ID == a.ID {
				m.Alert, m.over = a, true
				return
			}
		}
	}
}

// traceFor is how long after its beginning a fault may still turn out to be that of another element: an element that does not respond
// is known later than the one that reports it.
const traceFor = 2 * time.Minute

// Turn ends a slice of time: it puts what began in it into groups and hands on what has changed. trace looks anew at the requests
// that a symptom counted.
func (g *Groups) Turn(trace func(s *Symptom) Traced) {
	if len(g.began) > 0 || g.ended {
		g.turns++
	}
	if len(g.began) > 0 {
		g.retrace(trace)
		g.place()
	}
	for _, o := range g.open {
		if !o.shown && !o.over() || o.worse {
			o.shown, o.worse = true, false
			g.raise(o.alert("firing"))
		}
	}
	if g.ended {
		g.ended = false
		g.open = slices.DeleteFunc(g.open, func(o *group) bool {
			if !o.over() {
				return false
			}
			if o.shown {
				g.raise(o.alert("resolved"))
			}
			return true
		})
	}
}

// Version changes whenever Faults may.
func (g *Groups) Version() uint64 { return g.turns }

// retrace looks anew at who generated the failures of the groups that began a short time ago.
func (g *Groups) retrace(trace func(s *Symptom) Traced) {
	latest := g.began[len(g.began)-1].Alert.Start
	for _, o := range g.open {
		lead := o.lead()
		if lead.Class != Failing || lead.over || !within(o.start, latest, traceFor) {
			continue
		}
		lead.Traced = trace(&lead.Symptom)
		if origin := lead.Traced.origin(); origin != "" {
			o.origin = origin
		}
	}
}

// place puts what began into the groups that it belongs to.
func (g *Groups) place() {
	slices.SortStableFunc(g.began, func(a, b *member) int { return a.before(b, "") })
	for _, m := range g.began {
		var best *group
		sure := 0
		for _, o := range g.open {
			if s := o.takes(m); s > sure {
				best, sure = o, s
			}
		}
		if best == nil {
			g.open = append(g.open, newGroup(m))
			continue
		}
		best.add(m)
	}
	clear(g.began)
	g.began = g.began[:0]
}
