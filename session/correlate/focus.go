package correlate

import (
	"slices"

	"sipspan/record"
	"sipspan/session/link"
)

// focuses holds the calls of conferences by the hash of the Contact of the focus.
type focuses map[uint64]*focusCall

// focusCall is the calls that a conference focus mixes.
type focusCall struct {
	legs     []*leg                 // as long as a telephone may mix them
	count    int                    // of all
	upgraded record.ServiceEvidence // the request by which a call became one of a conference
	many     bool                   // they were more than a telephone mixes
}

// maxMixed is how many calls a telephone mixes; more are a conference server's.
const maxMixed = 3

// see takes a side of a call that is the focus of a conference, from the first that is known of it or as it becomes
// one. A conference server is one from the beginning.
func (t focuses) see(l *leg, at int64, f *link.Focus) {
	if l == nil {
		return
	}
	if l.focus != f.Contact {
		t.part(l)
		l.tied().focus = f.Contact
	}
	l.tied().focusSide = f.Side
	g := t.join(l, f.Contact)
	if f.Ordinary && g.upgraded.Time == 0 {
		g.upgraded = observation(at, "INVITE with a Contact that is a focus from "+f.Src.String())
	}
	g.mark()
}

// join puts a call among those of a focus.
func (t focuses) join(l *leg, focus uint64) *focusCall {
	g := t[focus]
	if g == nil {
		g = new(focusCall)
		t[focus] = g
	}
	if l.mixedBy != g {
		l.tied().mixedBy = g
		g.count++
		if !g.many {
			g.legs = append(g.legs, l)
		}
	}
	g.mark()
	return g
}

// mark marks the calls of a focus as one of three: two or three of them, one of which was there before it was a
// conference.
func (g *focusCall) mark() {
	if len(g.legs) > maxMixed && !g.many {
		g.many = true
		for _, l := range g.legs {
			l.unmark(record.ThreeWayCall)
		}
		g.legs = nil
	}
	if g.upgraded.Time == 0 || len(g.legs) < 2 || g.many {
		return
	}
	list := []record.ServiceEvidence{g.upgraded}
	for _, l := range g.legs {
		if l.start > g.upgraded.Time {
			list = append(list, observation(l.start, l.invite()+", its Contact is the same focus"))
		}
	}
	for _, l := range g.legs {
		l.mark(record.ThreeWayCall, list...)
		for _, o := range g.legs {
			l.relate(related{RelationConference, o.callID, "the same conference focus in Contact", 0.9})
		}
	}
}

// part takes a call out of those of its focus.
func (t focuses) part(l *leg) {
	g := l.mixedBy
	if g == nil {
		return
	}
	l.tied().mixedBy = nil
	if i := slices.Index(g.legs, l); i >= 0 {
		g.legs = slices.Delete(g.legs, i, i+1)
	}
	if g.count--; g.count == 0 {
		delete(t, l.focus)
	}
}
