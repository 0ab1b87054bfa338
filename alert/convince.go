package alert

import (
	"slices"

	"sipspan/record"
)

// What a share of failures has to be of, beside being unlikely: of several users. One device that tries again and again
// with what was refused is no spike, however many tries it makes.
const (
	severalUsers = 3
	manyTries    = 30 // calls to one number, or from it
)

// convinces says whether the numbers of a rule that holds are about what it seems, and whether no other rule has said it.
func (e *Engine) convinces(w *watch, p *series, at int64, v *verdict) bool {
	switch w.Type {
	case AnswerRatio:
		return !e.explained(w, p.peer, at, v) && !e.fewNumbers(w, p.peer, at, v) && (p.peer != "" || !e.strangers(w, at, v))
	case NoResponse:
		if len(w.Methods) == 0 && e.explained(w, p.peer, at, v) {
			return false
		}
		return p.peer != "" || e.several(w, p.peer, at, v) && !e.strangers(w, at, v)
	case StatusRatio, StatusCount:
		return w.source != "" || e.several(w, p.peer, at, v) && (p.peer != "" || !e.strangers(w, at, v))
	}
	return true
}

// strangers says whether a rule would not hold without those who try what they should not: they have alerts of their own,
// or will have one.
func (e *Engine) strangers(w *watch, at int64, v *verdict) bool {
	from := at - int64(v.span)*e.interval
	bad, theirs := 0, 0
	for s := range e.evidence.troubles.latest {
		if s.Time < from {
			break
		}
		if !s.First || !w.concerns(s, "") {
			continue
		}
		bad++
		if e.mostlyRefused(s) || slices.ContainsFunc(e.bySource, func(o *watch) bool { return o.sources.strange(s.Src.Addr(), at) }) {
			theirs++
		}
	}
	return 2*theirs > bad
}

// mostlyRefused says whether the address of a request, which is no peer, is refused much oftener than it is accepted.
func (e *Engine) mostlyRefused(s *record.Signal) bool {
	const enough, times = 8, 4
	spot := spotOf(s.Src.Addr())
	n := e.refused.of(spot)
	return s.From == "" && n >= enough && n >= times*e.accepted.of(spot)
}

// several says whether what a rule counted concerns several users, and would be there without the one who tried most.
func (e *Engine) several(w *watch, peer string, at int64, v *verdict) bool {
	if v.events >= manyTries && w.takesMethod("INVITE") {
		return true
	}
	from := at - int64(v.span)*e.interval
	users := map[uint64]int{}
	bad, most := 0, 0
	for s := range e.evidence.troubles.latest {
		if s.Time < from {
			break
		}
		if (peer != "" || s.First) && w.concerns(s, peer) {
			if len(users) > maxNumbers {
				return true
			}
			users[s.Target]++
			bad++
			most = max(most, users[s.Target])
		}
	}
	if v.of > 0 && float64(bad-most) < v.threshold*float64(v.of-min(v.of, uint64(most))) {
		return false
	}
	return len(users) >= severalUsers
}

// fewNumbers says whether the calls that were not answered went to few numbers, again and again.
func (e *Engine) fewNumbers(w *watch, peer string, at int64, v *verdict) bool {
	from := at - int64(v.span)*e.interval
	numbers := map[uint64]int{}
	n := 0
	for s := range e.evidence.troubles.latest {
		if s.Time < from || len(numbers) > maxNumbers {
			break
		}
		if (peer != "" || s.First) && w.concerns(s, peer) {
			numbers[s.Target]++
			n++
		}
	}
	return n > 2*len(numbers)
}

// maxNumbers bounds what is looked at: so many are not few.
const maxNumbers = 500

// explained says whether a rule about how calls fail holds for the same: that fewer are answered then, or that nobody
// responds to some kind of request, follows from it.
func (e *Engine) explained(w *watch, peer string, at int64, v *verdict) bool {
	for _, o := range e.watches {
		if o == w || o.Type != NoResponse && (o.Type != StatusRatio || w.Type != AnswerRatio) || len(o.Methods) == 0 || !o.takesMethod("INVITE") {
			continue
		}
		p := o.all
		if peer != "" {
			p = o.peers[peer]
		}
		if p != nil && (p.alarm.state != quiet || p.alarm.ended > at-int64(v.span)*e.interval) {
			return true
		}
	}
	return false
}
