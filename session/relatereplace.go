package session

import (
	"slices"

	"sipspan/record"
)

// seeReplaces takes a call whose INVITE names the dialog that it replaces or joins.
func (r *relations) seeReplaces(l *leg) {
	if callID := l.first(linkReplaces); callID != "" && callID != l.callID {
		o := r.leg(callID)
		l.relate(link{RelationReplaces, callID, "INVITE with Replaces", known(o)})
		if o != nil {
			o.relate(link{RelationReplacedBy, l.callID, "INVITE with Replaces", 1})
			r.seeReplacing(l, o)
		}
	}
	if callID := l.first(linkJoin); callID != "" && callID != l.callID {
		o := r.leg(callID)
		l.relate(link{RelationJoins, callID, "INVITE with Join", known(o)})
		l.mark(record.ThreeWayCall, heard(l.start, l.invite()))
		if o != nil {
			o.relate(link{RelationJoinedBy, l.callID, "INVITE with Join", 1})
			o.mark(record.ThreeWayCall, heard(l.start, l.invite()))
		}
	}
}

// known is the score of a link to a dialog that is named: less if it was not seen.
func known(l *leg) float64 {
	if l == nil {
		return 0.9
	}
	return 1
}

// seeReplacing takes a call that replaces another one. If no REFER asked for it, what it is depends on whether the other
// was answered, which its record will tell.
func (r *relations) seeReplacing(l, o *leg) {
	if server := o.deals.parkedBy(); server != nil {
		r.retrieve(l, o, server)
		return
	}
	if l.deals != nil && l.deals.refer != nil {
		return
	}
	l.dealings().replaced = o
	if d := o.dealings(); len(d.replacing) < maxConsult {
		d.replacing = append(d.replacing, l)
	}
}

// parkedBy returns the request by which a call went to a server that keeps it.
func (d *deals) parkedBy() *refer {
	if d == nil || d.refer == nil || !d.refer.server {
		return nil
	}
	return d.refer
}

// retrieve takes the call that takes another one back from the server. Who gave it there gets back what was on hold;
// for anybody else it was parked.
func (r *relations) retrieve(l, server *leg, f *refer) {
	if f.service == record.MusicOnHold && !l.from.sameUser(f.by) {
		f.service = record.CallPark
		for _, o := range []*leg{server, f.leg, r.leg(f.dialog)} {
			o.rename(record.MusicOnHold, record.CallPark)
		}
	}
	e := heard(l.start, l.invite())
	server.mark(f.service, e)
	r.leg(f.dialog).mark(f.service, e)
	l.mark(f.service, heard(f.at, f.what), e)
	r.evidenceOfWatch(l, server, f.service)
}

// replacesWaits reports whether the call has replaced another one whose end has not been told.
func (r *relations) replacesWaits(l *leg) bool {
	o := l.deals.replaced
	return o != nil && !o.closed
}

// judgeReplaced marks the calls that replaced this one, which has ended: a call that was ringing was picked up, one that
// was answered was transferred.
func (r *relations) judgeReplaced(l *leg) {
	for _, o := range l.deals.replacing {
		if o.closed {
			continue
		}
		o.deals.replaced = nil
		list := []record.ServiceEvidence{heard(o.start, o.invite())}
		service := record.TransferAttended
		if !l.confirmed {
			service = record.CallPickup
		} else if m := r.messages.between(l, o); m != nil {
			service = record.TransferUnattended
			list = append(list, *m)
		} else if o.first(linkReferredBy) == "" && o.first(linkRequestedBy) == "" && r.watched(o, l) != nil {
			service = record.CallPickup
		}
		l.mark(service, list...)
		o.mark(service, list...)
		if service == record.CallPickup {
			r.evidenceOfWatch(o, l, service)
		}
	}
}

// evidenceOfWatch adds the subscription by which who placed the call l learned of the call o.
func (r *relations) evidenceOfWatch(l, o *leg, service record.Service) {
	if w := r.watched(l, o); w != nil {
		e := heard(w.at, w.what)
		l.mark(service, e)
		o.mark(service, e)
	}
}

// watched returns the subscription of who placed the call l to the calls of one of the two sides of o, before l.
func (r *relations) watched(l, o *leg) *watch {
	for _, side := range []identity{o.to, o.from} {
		if w, ok := r.watches.get(mix(0, l.from.aor, side.aor)); ok && w.at <= l.start && w.at >= l.start-watchLife {
			return &w
		}
	}
	return nil
}

// focusCall is the calls that a conference focus mixes.
type focusCall struct {
	legs     []*leg
	upgraded record.ServiceEvidence // the request by which a call became one of a conference
	many     bool                   // they were more than a telephone mixes
}

// maxMixed is how many calls a telephone mixes; more are a conference server's.
const maxMixed = 3

func (r *relations) seeFocus(a *Announcement) {
	l := a.open()
	if l == nil {
		return
	}
	if l.focus != a.notice.focus {
		r.part(l)
		l.focus = a.notice.focus
	}
	g := r.join(l, a.notice.focus)
	if g.upgraded.Time == 0 {
		g.upgraded = heard(a.Time, "INVITE with a Contact that is a focus from "+a.notice.src.String())
	}
	g.mark()
}

// join puts a call among those of a focus.
func (r *relations) join(l *leg, focus uint64) *focusCall {
	g := r.focuses[focus]
	if g == nil {
		g = new(focusCall)
		r.focuses[focus] = g
	}
	if !slices.Contains(g.legs, l) {
		g.legs = append(g.legs, l)
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
	}
	if g.upgraded.Time == 0 || len(g.legs) < 2 || g.many {
		return
	}
	list := []record.ServiceEvidence{g.upgraded}
	for _, l := range g.legs {
		if l.start > g.upgraded.Time {
			list = append(list, heard(l.start, l.invite()+", its Contact is the same focus"))
		}
	}
	for _, l := range g.legs {
		l.mark(record.ThreeWayCall, list...)
		for _, o := range g.legs {
			l.relate(link{RelationConference, o.callID, "the same conference focus in Contact", 0.9})
		}
	}
}

// part takes a call out of those of its focus.
func (r *relations) part(l *leg) {
	g := r.focuses[l.focus]
	if l.focus == 0 || g == nil {
		return
	}
	if i := slices.Index(g.legs, l); i >= 0 {
		g.legs = slices.Delete(g.legs, i, i+1)
	}
	if len(g.legs) == 0 {
		delete(r.focuses, l.focus)
	}
}
