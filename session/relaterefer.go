package session

import (
	"slices"

	"sipspan/record"
)

// refer is a request that somebody call somebody.
type refer struct {
	*notice
	callID    string
	at        int64
	leg       *leg // the call that it was sent in
	triggered *leg // the call that came of it
	failed    bool // refused, or not answered
	service   record.Service
	server    bool // it hands the call to a server that keeps it
}

const (
	maxRefers = 1 << 14
	// referLife is how long a REFER waits for the INVITE that it asks for, in nanoseconds.
	referLife = int64(32e9)
)

// referTable holds the requests that a call may still come of, by whom it is to go to.
type referTable struct {
	byTarget map[uint64][]*refer
	order    []*refer
}

func (i identity) key() uint64 {
	if i.number != 0 {
		return i.number
	}
	return i.aor
}

func (t *referTable) add(f *refer) {
	for len(t.order) > 0 && (len(t.order) >= maxRefers || t.order[0].at < f.at-referLife) {
		t.remove(t.order[0])
		t.order = t.order[1:]
	}
	t.order = append(t.order, f)
	t.byTarget[f.target.key()] = append(t.byTarget[f.target.key()], f)
}

func (t *referTable) remove(f *refer) {
	key := f.target.key()
	list := t.byTarget[key]
	if i := slices.Index(list, f); i >= 0 {
		list = slices.Delete(list, i, i+1)
	}
	if len(list) == 0 {
		delete(t.byTarget, key)
	} else {
		t.byTarget[key] = list
	}
}

// failed marks a REFER as one that nobody follows.
func (t *referTable) failed(callID string, cseq uint32) {
	for _, f := range t.order {
		if f.callID == callID && f.cseq == cseq {
			f.failed = true
			t.remove(f)
		}
	}
}

func (r *relations) seeRefer(a *Announcement) {
	f := &refer{notice: a.notice, callID: a.CallID, at: a.Time, leg: a.open()}
	if f.leg == nil && f.dialog != "" && !f.replaces {
		f.leg = r.leg(f.dialog) // Target-Dialog (RFC 4538)
		f.inside = true
	}
	if l := f.leg; l != nil {
		d := l.dealings()
		if len(d.refers) >= maxConsult || slices.ContainsFunc(d.refers, func(o *refer) bool { return o.target == f.target && o.dialog == f.dialog && !o.failed }) {
			return // tried again after a challenge, or seen twice
		}
		d.refers = append(d.refers, f)
	}
	r.refers.add(f)
}

// fits says how well a call fits as the one that was asked for: 0 if it does not.
func (f *refer) fits(l *leg) (points int) {
	if f.failed || f.triggered != nil || f.callID == l.callID || l.start < f.at || l.start > f.at+referLife {
		return 0
	}
	if f.replaces {
		if l.first(linkReplaces) != f.dialog {
			return 0
		}
		points += 8
	}
	if f.namedBy(l) {
		points += 4
	}
	if l.from.sameUser(f.to) {
		points += 2
	}
	if points > 0 && l.src.Addr() == f.dst.Addr() {
		points++
	}
	return points
}

// namedBy reports whether the call says who asked for it.
func (f *refer) namedBy(l *leg) bool {
	for _, k := range l.keys {
		if k.kind == linkReferredBy || k.kind == linkRequestedBy {
			if by := identify([]byte(k.value)); by.sameUser(f.by) || by == f.referredBy && by != (identity{}) {
				return true
			}
		}
	}
	return false
}

// seeTriggered finds the request that a call came of. Where several fit alike, nobody knows which.
func (r *relations) seeTriggered(l *leg) {
	var best *refer
	most, alike := 0, false
	for _, f := range r.refers.byTarget[l.to.key()] {
		switch points := f.fits(l); {
		case points > most:
			best, most, alike = f, points, false
		case points == most:
			alike = true
		}
	}
	if most == 0 || alike {
		return
	}
	best.triggered = l
	r.refers.remove(best)
	l.dealings().refer = best
	r.relateReferred(best, l)
	r.serve(best)
}

func (r *relations) relateReferred(f *refer, l *leg) {
	there, back, header := RelationReferredBy, RelationRefers, "Referred-By"
	if f.also {
		there, back, header = RelationRequestedBy, RelationRequests, "Requested-By"
	}
	reason, score := f.what, 0.8
	if f.namedBy(l) {
		reason, score = f.what+"; INVITE with "+header, 0.95
	}
	l.relate(link{there, f.callID, reason, score})
	if f.leg != nil {
		f.leg.relate(link{back, l.callID, reason, score})
	}
}

// serve says which service a REFER is part of, and marks it on all calls that are.
func (r *relations) serve(f *refer) {
	var replaced *leg
	if f.replaces {
		replaced = r.leg(f.dialog)
	}
	switch {
	case f.leg != nil && f.leg.focus != 0:
		return // it asks a conference to invite somebody
	case f.inside && (f.replaces || f.also && f.consulted()):
		f.service = record.TransferAttended
	case f.inside:
		f.service = record.TransferUnattended
	case f.replaces && heldBy(replaced, f.by):
		f.service, f.server = record.MusicOnHold, true
	case f.replaces:
		f.service, f.server = record.CallPark, true
	default:
		f.service = record.ClickToDial
	}
	list := []record.ServiceEvidence{heard(f.at, f.what)}
	if l := f.triggered; l != nil {
		list = append(list, heard(l.start, l.invite()))
	}
	if f.replaces && f.leg != nil && replaced != nil && f.leg != replaced {
		f.leg.relate(link{RelationConsultation, replaced.callID, f.what, 1})
		replaced.relate(link{RelationConsultation, f.leg.callID, f.what, 1})
	}
	for _, l := range []*leg{f.leg, f.triggered, replaced} {
		l.mark(f.service, list...)
	}
}

// consulted reports whether who sent the request had called the target while the call was on hold.
func (f *refer) consulted() bool {
	if f.leg == nil {
		return false
	}
	return slices.ContainsFunc(f.leg.deals.consults, func(l *leg) bool {
		return l.to.sameUser(f.target) && l.from.sameUser(f.by)
	})
}

// invite describes the INVITE of a call as evidence.
func (l *leg) invite() string {
	what, with := "INVITE", " with "
	for _, k := range l.keys {
		name := ""
		switch k.kind {
		case linkReplaces:
			name = "Replaces"
		case linkJoin:
			name = "Join"
		case linkReferredBy:
			name = "Referred-By"
		case linkRequestedBy:
			name = "Requested-By"
		default:
			continue
		}
		what += with + name
		with = " and "
	}
	return what + " from " + l.src.String() + " to " + l.dst.String()
}

// refersWait reports whether a request in the call may still be followed.
func (r *relations) refersWait(l *leg) bool {
	return slices.ContainsFunc(l.deals.refers, func(f *refer) bool { return f.triggered == nil && !f.failed })
}

// judgeRefers marks what was asked for in the call and was not refused, even if the call that came of it was not seen.
func (r *relations) judgeRefers(l *leg) {
	for _, f := range l.deals.refers {
		if f.triggered == nil && !f.failed {
			r.serve(f)
		}
	}
}
