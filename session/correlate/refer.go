package correlate

import (
	"slices"

	"sipspan/record"
	"sipspan/session/link"
)

// refer is a request that somebody call somebody.
type refer struct {
	link.Refer
	callID    string
	at        int64
	leg       *leg  // the call that it was sent in
	replaced  *leg  // the call that it names as the one to replace
	triggered *leg  // the call that came of it
	accepted  bool  // its 2xx was seen
	refused   bool  // or not answered
	notified  bool  // a NOTIFY reported what came of it
	answered  bool  // the call that it asked for was
	failedAt  int64 // when that had failed, 0 while nothing shows it
	service   record.Service
	known     bool // … which it is part of; of a conference it is part of none
	server    bool // it hands the call to a server that keeps it
}

const (
	maxRefers = 1 << 14
	// maxAwaited is how many requests wait for a call to one user, and how many under one Call-ID are looked at for what
	// became of them. Of more, the oldest are left out.
	maxAwaited = 64
	// referLife is how long a REFER waits for the INVITE that it asks for, in nanoseconds.
	referLife = int64(32e9)
)

// referTable holds the requests that a call may still come of.
type referTable struct {
	byTarget map[uint64][]*refer // by whom the call is to go to
	byCallID map[string][]*refer // of all in order, the latest of each Call-ID
	order    []*refer
}

func newReferTable() referTable {
	return referTable{byTarget: make(map[uint64][]*refer), byCallID: make(map[string][]*refer)}
}

func (t *referTable) add(f *refer) {
	for len(t.order) > 0 && (len(t.order) >= maxRefers || t.order[0].at < f.at-referLife) {
		oldest := t.order[0]
		t.remove(oldest)
		if list := t.byCallID[oldest.callID]; len(list) > 0 && list[0] == oldest {
			unlist(t.byCallID, oldest.callID, oldest)
		}
		t.order = t.order[1:]
	}
	t.order = append(t.order, f)
	enlist(t.byCallID, f.callID, f)
	t.await(f)
}

// await puts a request among those that a call may come of.
func (t *referTable) await(f *refer) {
	enlist(t.byTarget, f.Target.Key(), f)
}

func (t *referTable) remove(f *refer) { unlist(t.byTarget, f.Target.Key(), f) }

// enlist puts a request at the end of a list, which the oldest leaves when it is full.
func enlist[K comparable](table map[K][]*refer, key K, f *refer) {
	list := table[key]
	if len(list) >= maxAwaited {
		list = slices.Delete(list, 0, 1)
	}
	table[key] = append(list, f)
}

// unlist takes a request out of a list, if it is there.
func unlist[K comparable](table map[K][]*refer, key K, f *refer) {
	list := table[key]
	if i := slices.Index(list, f); i >= 0 {
		list = slices.Delete(list, i, i+1)
	}
	if len(list) == 0 {
		delete(table, key)
	} else {
		table[key] = list
	}
}

// find returns the request with a CSeq number and sender that an announcement is about, the latest under its Call-ID where
// the sender is unknown, nil if there is none.
func (r *relations) find(a *link.Announcement, also bool, cseq uint32, sender uint64) *refer {
	list := r.refers.byCallID[a.CallID]
	if l := r.about(a); l != nil && l.deals != nil && len(l.deals.refers) > 0 {
		list = l.deals.refers
	}
	for i := len(list) - 1; i >= 0; i-- {
		f := list[i]
		if f.callID == a.CallID && f.Also == also && (sender == 0 || f.CSeq == cseq && f.Sender == sender) {
			return f
		}
	}
	return nil
}

// observeReferJudged takes the final status of a request. Nobody follows one that was refused; but another server may still
// accept it.
func (r *relations) observeReferJudged(a *link.Announcement, judged *link.ReferJudged) {
	f := r.find(a, judged.Also, judged.CSeq, judged.Sender)
	switch {
	case f == nil:
	case success(judged.Status):
		f.accepted = true
		f.Ordinary = f.Ordinary || judged.Ordinary
		if f.refused {
			f.refused = false
			r.refers.await(f)
		}
	case f.refused, f.triggered != nil, judged.Status == 0 && f.notified: // it was accepted, though that was not seen
	default:
		f.refused = true
		r.refers.remove(f)
	}
}

// observeReferNotified takes the final status of the call that was asked for.
func (r *relations) observeReferNotified(a *link.Announcement, n *link.ReferNotified) {
	f := r.find(a, false, n.CSeq, n.Sender)
	if f == nil {
		if l := r.about(a); l != nil && len(l.dealings().refers) < maxConsult { // it was not seen
			f = &refer{Refer: link.Refer{CSeq: n.CSeq, Sender: n.Sender}, callID: a.CallID, at: a.Time, leg: l, refused: true}
			l.deals.refers = append(l.deals.refers, f)
		}
		return
	}
	f.notified = true
	f.settle(a.Time, n.Status)
}

// settle takes the final status of the call that was asked for.
func (f *refer) settle(at int64, status int) {
	switch {
	case success(status):
		f.answered = true
	case f.failedAt == 0:
		f.failedAt = at
	}
}

// observeOutcome takes the final status of a call that names another one, or that somebody asked for.
func (r *relations) observeOutcome(l *leg, at int64, status int) {
	if l == nil {
		return
	}
	if l.deals != nil && l.deals.refer != nil && !isChallenge(status) {
		l.deals.refer.settle(at, status)
	}
	if success(status) && l.answered == 0 {
		l.tied().answered = at
		r.accept(l)
	}
}

// concluded takes the record of the call that came of the request.
func (f *refer) concluded(l *leg, rec *record.Call) {
	switch {
	case f == nil:
	case l.confirmed:
		f.answered = true
	case rec.Disposition != record.InProgress && f.failedAt == 0:
		f.failedAt = rec.End
	}
}

func (r *relations) observeRefer(a *link.Announcement, fact link.Refer) {
	f := &refer{Refer: fact, callID: a.CallID, at: a.Time, leg: r.about(a)}
	if f.leg == nil && f.Dialog != "" && !f.Replaces {
		f.leg = r.leg(f.Dialog) // Target-Dialog (RFC 4538)
		f.Inside = true
	}
	if l := f.leg; l != nil {
		d := l.dealings()
		if len(d.refers) >= maxConsult || slices.ContainsFunc(d.refers, func(o *refer) bool { return o.Target == f.Target && o.Dialog == f.Dialog && !o.refused }) {
			return // seen twice
		}
		d.refers = append(d.refers, f)
	}
	r.refers.add(f)
	if !f.Replaces {
		return
	}
	if f.replaced = r.leg(f.Dialog); f.replaced != nil && f.replaced != f.leg {
		if d := f.replaced.dealings(); len(d.named) < maxConsult {
			d.named = append(d.named, f)
		}
	}
}

// fits says how well a call fits as the one that was asked for: 0 if it does not.
func (f *refer) fits(l *leg) (points int) {
	if f.refused || f.triggered != nil || f.callID == l.callID || l.start < f.at || l.start > f.at+referLife {
		return 0
	}
	if f.Replaces {
		if l.first(link.KeyReplaces) != f.Dialog {
			return 0
		}
		points += 8
	}
	if f.namedBy(l) {
		points += 4
	}
	if l.from().SameUser(f.To) {
		points += 2
	}
	if points > 0 && l.src.Addr() == f.Dst.Addr() {
		points++
	}
	return points
}

// namedBy reports whether the call says who asked for it.
func (f *refer) namedBy(l *leg) bool {
	for _, k := range l.keys {
		if k.Kind == link.KeyReferredBy || k.Kind == link.KeyRequestedBy {
			if by := link.Identify([]byte(k.Value)); by.SameUser(f.By) || by == f.ReferredBy && by != (link.Identity{}) {
				return true
			}
		}
	}
	return false
}

// observeTriggered finds the request that a call came of. Where several fit alike, nobody knows which.
func (r *relations) observeTriggered(l *leg) {
	var best *refer
	most, alike := 0, false
	for _, f := range r.refers.byTarget[l.to().Key()] {
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
	r.classify(best)
}

func (r *relations) relateReferred(f *refer, l *leg) {
	there, back, header := RelationReferredBy, RelationRefers, "Referred-By"
	if f.Also {
		there, back, header = RelationRequestedBy, RelationRequests, "Requested-By"
	}
	reason, score := f.What, 0.8
	if f.namedBy(l) {
		reason, score = f.What+"; INVITE with "+header, 0.95
	}
	l.relate(related{there, f.callID, reason, score})
	if f.leg != nil {
		f.leg.relate(related{back, l.callID, reason, score})
	}
}

// classify says which service a request is part of, when it is followed or the first of its calls has ended.
func (r *relations) classify(f *refer) {
	if f.known {
		return
	}
	f.known = true
	replaced := f.replaced
	switch {
	case f.ToFocus, f.leg != nil && f.leg.focus != 0 && f.leg.focusSide != f.Side:
		f.service = noService // it asks a conference to invite somebody, or somebody to join one
		return
	case f.Inside && (f.Replaces || f.Also && f.consulted()):
		f.service = record.TransferAttended
	case f.Inside:
		f.service = record.TransferUnattended
	case f.Replaces && heldBy(replaced, f.By):
		f.service, f.server = record.MusicOnHold, true
	case f.Replaces:
		f.service, f.server = record.CallPark, true
	default:
		f.service = record.ClickToDial
	}
	if f.leg != nil && replaced != nil && f.leg != replaced {
		f.leg.relate(related{RelationConsultation, replaced.callID, f.What, 1})
		replaced.relate(related{RelationConsultation, f.leg.callID, f.What, 1})
	}
}

// noService stands for a request that is part of no service.
const noService = record.Service(record.NumServices)

// happened reports whether what was asked for took place, as far as the capture shows. A call that somebody was sent away
// to has been transferred even if it failed then; but where the two went on, or were to be joined with a third, nothing
// has changed.
func (f *refer) happened() bool {
	switch {
	case f.refused, f.service == noService, f.triggered != nil && f.triggered.focus != 0,
		!f.accepted && !f.notified && f.triggered == nil:
		return false
	case f.answered, f.service == record.ClickToDial:
		return true
	case f.server:
		return f.failedAt == 0 && f.replaced != nil && f.replaced.over() != 0
	case f.leg == nil || f.leg.over() == 0, f.leg.over() > f.at+referLife, !f.Ordinary && f.triggered == nil:
		return false // both are still there, or who was asked may be a conference
	case f.failedAt == 0:
		return true
	}
	return f.service == record.TransferUnattended && !f.leg.stepped && f.leg.over() <= f.failedAt+handling
}

// over returns when a call ended, 0 while it goes on or that is not known.
func (l *leg) over() int64 {
	if l.released != 0 {
		return l.released
	}
	return l.end
}

// mark marks a call that takes part in what was asked for.
func (f *refer) mark(l *leg) {
	if !f.happened() {
		return
	}
	l.mark(f.service, observation(f.at, f.What))
	if t := f.triggered; t != nil {
		l.mark(f.service, observation(t.start, t.invite()))
	}
}

// consulted reports whether who sent the request had called the target while the call was on hold.
func (f *refer) consulted() bool {
	if f.leg == nil {
		return false
	}
	return slices.ContainsFunc(f.leg.deals.consults, func(l *leg) bool {
		return l.to().SameUser(f.Target) && l.from().SameUser(f.By)
	})
}

// invite describes the INVITE of a call as evidence.
func (l *leg) invite() string {
	what, with := "INVITE", " with "
	for _, k := range l.keys {
		var name string
		switch k.Kind {
		case link.KeyReplaces:
			name = "Replaces"
		case link.KeyJoin:
			name = "Join"
		case link.KeyReferredBy:
			name = "Referred-By"
		case link.KeyRequestedBy:
			name = "Requested-By"
		default:
			continue
		}
		what += with + name
		with = " and "
	}
	return what + " from " + l.src.String() + " to " + l.dst.String()
}

// refersWait reports whether a request in the call may still be followed, or the call that it was followed by may still be
// refused by whom it was to be joined with.
func (r *relations) refersWait(l *leg) bool {
	return slices.ContainsFunc(l.deals.refers, (*refer).open) || slices.ContainsFunc(l.deals.named, (*refer).open)
}

func (f *refer) open() bool {
	if f.refused || f.answered || f.failedAt != 0 {
		return false
	}
	return f.triggered == nil || f.Replaces && !f.triggered.closed
}

// judgeRefers marks what was asked for and happened, even if the call that came of it was not seen.
func (r *relations) judgeRefers(l *leg) {
	for _, f := range l.deals.refers {
		if !f.refused {
			r.classify(f)
			f.mark(l)
		}
	}
	if f := l.deals.refer; f != nil {
		f.mark(l)
	}
	for _, f := range l.deals.named {
		if !f.refused {
			r.classify(f)
			f.mark(l)
		}
	}
}

func success(status int) bool { return status >= 200 && status < 300 }

func isChallenge(status int) bool { return status == 401 || status == 407 }
