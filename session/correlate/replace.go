package correlate

import (
	"slices"

	"sipspan/record"
	"sipspan/session/link"
)

const (
	withReplaces = "INVITE with Replaces"
	withJoin     = "INVITE with Join"
)

// observeReplaces takes a call whose INVITE names the dialog that it replaces or joins. It does so when it is answered.
func (r *relations) observeReplaces(l *leg) {
	if callID := l.first(link.KeyReplaces); callID != "" && callID != l.callID {
		o := r.leg(callID)
		l.relate(related{RelationReplaces, callID, withReplaces, known(o)})
		if o != nil {
			r.observeReplacing(l, o)
		}
	}
	if callID := l.first(link.KeyJoin); callID != "" && callID != l.callID {
		o := r.leg(callID)
		l.relate(related{RelationJoins, callID, withJoin, known(o)})
		if o != nil {
			l.dealings().joined = o
		}
	}
}

// accept takes the answer to a call that names another one: until then, and if it is refused, that other one is as it was.
func (r *relations) accept(l *leg) {
	if o := r.leg(l.first(link.KeyReplaces)); o != nil {
		o.relate(related{RelationReplacedBy, l.callID, withReplaces, 1})
	}
	d := l.deals
	if d == nil {
		return
	}
	if d.retrieved != nil {
		r.retrieve(l, d.retrieved, d.retrieved.deals.parkedBy())
	}
	if o := d.joined; o != nil && !o.closed && o.released == 0 {
		o.relate(related{RelationJoinedBy, l.callID, withJoin, 1})
		l.mark(record.ThreeWayCall, observation(l.start, l.invite()))
		o.mark(record.ThreeWayCall, observation(l.start, l.invite()))
	}
}

// relateRefused says of the relations of a call that was not answered that nothing came of them.
func (l *leg) relateRefused() {
	for i := range l.links {
		if k := &l.links[i]; k.relation == RelationReplaces || k.relation == RelationJoins {
			k.reason += ", which was not accepted"
		}
	}
}

// replaceLife is how long after the answer to an INVITE with Replaces the call that was replaced has ended, in
// nanoseconds: its BYE may be repeated for that long.
const replaceLife = int64(32e9)

// known is the score of a link to a dialog that is named: less if it was not seen.
func known(l *leg) float64 {
	if l == nil {
		return 0.9
	}
	return 1
}

// observeReplacing takes a call that replaces another one. If no REFER asked for it, what it is depends on whether the other
// was answered, which its record will tell.
func (r *relations) observeReplacing(l, o *leg) {
	if o.deals.parkedBy() != nil {
		l.dealings().retrieved = o
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
	if f.service == record.MusicOnHold && !l.from().SameUser(f.By) {
		f.service = record.CallPark
		for _, o := range []*leg{server, f.leg, r.leg(f.Dialog)} {
			o.rename(record.MusicOnHold, record.CallPark)
		}
	}
	e := observation(l.start, l.invite())
	server.mark(f.service, e)
	r.leg(f.Dialog).mark(f.service, e)
	l.mark(f.service, observation(f.at, f.What), e)
	r.evidenceOfWatch(l, server, f.service)
}

// replacesWaits reports whether the call has replaced another one whose end was not announced, or may still be replaced.
func (r *relations) replacesWaits(l *leg) bool {
	if o := l.deals.replaced; o != nil && !o.closed && l.answered != 0 {
		return true
	}
	return slices.ContainsFunc(l.deals.replacing, func(o *leg) bool { return !o.closed && o.answered == 0 })
}

// judgeReplaced marks the calls that replaced this one, which has ended: a call that was ringing was picked up, one that
// was answered was transferred.
func (r *relations) judgeReplaced(l *leg) {
	for _, o := range l.deals.replacing {
		if o.closed || o.answered == 0 || l.end == 0 || l.end > o.answered+replaceLife {
			continue // refused; or this one went on, so that the other knew nothing of Replaces
		}
		o.deals.replaced = nil
		list := []record.ServiceEvidence{observation(o.start, o.invite())}
		service := record.TransferAttended
		if !l.confirmed {
			service = record.CallPickup
		} else if m := r.messages.between(l, o); m != nil {
			service = record.TransferUnattended
			list = append(list, *m)
		} else if o.first(link.KeyReferredBy) == "" && o.first(link.KeyRequestedBy) == "" && r.watched(o, l) != nil {
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
		e := observation(w.at, w.what)
		l.mark(service, e)
		o.mark(service, e)
	}
}

// watched returns the subscription of who placed the call l to the calls of one of the two sides of o, before l.
func (r *relations) watched(l, o *leg) *watch {
	for _, side := range []link.Identity{o.to(), o.from()} {
		if w, ok := r.redials.watches.get(link.Mix(0, l.from().AOR, side.AOR)); ok && w.at <= l.start && w.at >= l.start-watchLife {
			return &w
		}
	}
	return nil
}
