package correlate

import (
	"sipspan/record"
	"sipspan/session/link"
)

// The relations between two calls with different Call-IDs. Those that have no direction stand on both; of the others,
// the one on the earlier call is named behind the one on the later.
const (
	RelationSessionID    = "session_id"         // the same Session-ID (RFC 7989)
	RelationICID         = "icid"               // the same charging vector (RFC 7315)
	RelationConversation = "ms_conversation_id" // the same Ms-Conversation-ID
	RelationCallID       = "x_call_id"          // a header field or a capture agent names the other Call-ID, or gives both the same value
	RelationMedia        = "media"              // the same session description, or the same numbers through the same element
	RelationDiversion    = "diversion"          // Diversion names whom the other was for (RFC 5806)
	RelationHistory      = "history_info"       // History-Info does (RFC 7044)
	RelationReplaces     = "replaces"           // RFC 3891
	RelationReplacedBy   = "replaced_by"
	RelationJoins        = "joins" // RFC 3911
	RelationJoinedBy     = "joined_by"
	RelationReferredBy   = "referred_by" // it came of a REFER (RFC 3515) under the other Call-ID
	RelationRefers       = "refers"
	RelationRequestedBy  = "requested_by" // it came of a BYE with Also
	RelationRequests     = "requests"
	RelationConsultation = "consultation" // placed while the other was on hold
	RelationConference   = "conference"   // both are mixed
	RelationRedial       = "redial"       // placed when the other, which had failed, had become possible
)

// relations finds what joins calls with different Call-IDs. It works on what trackers announce and on finished records,
// in the order of packet time, so that what it finds does not depend on who tracked what. Whatever it keeps is bounded
// by the calls that are tracked, or has a limit and an age.
type relations struct {
	cfg       *Config
	open      legList
	legs      map[sessionKey]*leg
	byCallID  map[uint64]*leg    // by hash of the Call-ID, from the first time that one is asked for on
	groups    keyGroups          // by shared value
	pairs     map[uint64]*bucket // by numbers
	origins   map[uint64]*bucket // by numbers and SDP origin, where numbers do not tell enough
	spare     []*bucket
	unsettled queue[*leg]
	holders   map[uint64][]*leg  // by who holds them
	focuses   focuses            // by Contact of the focus
	resumes   recent[resumption] // by who took a call off hold
	owned     owners
	refers    referTable
	redials   redials
	messages  messageRing
}

func newRelations(cfg *Config) *relations {
	return &relations{
		cfg:     cfg,
		legs:    make(map[sessionKey]*leg),
		groups:  make(keyGroups),
		pairs:   make(map[uint64]*bucket),
		origins: make(map[uint64]*bucket),
		holders: make(map[uint64][]*leg),
		focuses: make(focuses),
		refers:  newReferTable(),
	}
}

// advance settles the calls whose window is over at a time.
func (r *relations) advance(at int64) {
	for l, ok := r.unsettled.before(at); ok; l, ok = r.unsettled.before(at) {
		r.settle(l)
	}
}

// see takes an announcement.
func (r *relations) see(at int64, a *link.Announcement) {
	switch f := a.Fact.(type) {
	case link.Call:
		l := newLeg(a, &f)
		r.observeLeg(l)
		if !l.settled {
			r.unsettled.push(l, at+2*int64(r.cfg.RelatedWindow))
		}
	case link.Key:
		if l := r.about(a); l != nil && len(l.keys) < 2*link.MaxKeys {
			t := l.tied()
			t.keys = append(t.keys, f)
			r.groups.tie(l, f, r.named(f))
		}
	case link.Hold:
		r.observeHold(r.about(a), a.Time, &f)
	case link.Resume:
		r.observeResume(r.about(a), a.Time, &f)
	case link.OfferMissed:
		if l := r.about(a); l != nil {
			l.flawed = true
		}
	case link.Move:
		r.observeMove(r.about(a), &f)
	case link.Focus:
		r.focuses.see(r.about(a), a.Time, &f)
	case link.Music:
		if l := r.about(a); l != nil {
			l.music = true
		}
	case link.Refer:
		r.observeRefer(a, f)
	case link.ReferJudged:
		r.observeReferJudged(a, &f)
	case link.ReferNotified:
		r.observeReferNotified(a, &f)
	case link.Outcome:
		r.observeOutcome(r.about(a), a.Time, f.Status)
	case link.End:
		if l := r.about(a); l != nil && l.released == 0 {
			l.tied().released = a.Time
		}
	case link.Watch:
		r.redials.observeWatch(a, &f)
	}
}

// about returns the call that an announcement is about, nil if its record was handed on.
func (r *relations) about(a *link.Announcement) *leg {
	if a.Call == 0 {
		return nil
	}
	return r.legs[keyOf(a)]
}

// finished returns the call that a record is about, nil if it was never announced.
func (r *relations) finished(f *link.FinishedCall) *leg {
	if f.Session == 0 {
		return nil
	}
	return r.legs[sessionKey{hashOf(f.CallID), f.Session}]
}

func keyOf(a *link.Announcement) sessionKey { return sessionKey{hashOf(a.CallID), a.Call} }

// observeLeg takes a new call. Its place among the calls is settled later, when all that may be like it have been seen.
func (r *relations) observeLeg(l *leg) {
	hash := hashOf(l.callID)
	r.legs[sessionKey{hash, l.id}] = l
	r.open.push(l)
	if r.byCallID != nil {
		r.byCallID[hash] = l
	}
	for _, k := range l.keys {
		r.groups.tie(l, k, r.named(k))
	}
	if len(r.groups) > 0 {
		r.groups.tieNamed(l)
	}
	r.place(l)
	if r.owned != nil {
		r.owned.own(l)
	}
	if len(r.holders) > 0 && l.begun {
		r.observeConsultation(l)
	}
	if l.focus != 0 {
		r.focuses.join(l, l.focus)
	}
	if len(r.refers.byTarget) > 0 && l.begun {
		r.observeTriggered(l)
	}
	r.observeReplaces(l)
}

// leg returns the open call with a Call-ID, nil if there is none.
func (r *relations) leg(callID string) *leg {
	if r.byCallID == nil {
		r.byCallID = make(map[uint64]*leg)
		for l := r.open.first; l != nil; l = l.next {
			r.byCallID[hashOf(l.callID)] = l
		}
	}
	if l := r.byCallID[hashOf(callID)]; l != nil && l.callID == callID {
		return l
	}
	return nil
}

// named returns the open call whose Call-ID a key is, nil if there is none.
func (r *relations) named(k link.Key) *leg {
	if !k.Kind.MayBeCallID() {
		return nil
	}
	return r.leg(k.Value)
}

// observeMove takes a side of a call that wants its media at another address than before.
func (r *relations) observeMove(l *leg, f *link.Move) {
	if l == nil {
		return
	}
	noteMusic(l, f)
	if !r.cfg.RelatedMedia {
		return
	}
	if r.owned == nil {
		r.owned = make(owners)
		for o := r.open.first; o != nil; o = o.next {
			r.owned.own(o)
		}
	}
	r.owned.relate(l, f)
}

// waits reports whether the record of a call should be held back for a while, because what it takes part in is not over.
// It says so once for each call.
func (r *relations) waits(l *leg) bool {
	if l == nil || l.deals == nil || l.deals.waited {
		return false
	}
	if r.refersWait(l) || r.replacesWaits(l) || consultationWaits(l) {
		l.deals.waited = true
		return true
	}
	return false
}

// finish adds to the record of a call what was found, and forgets the call.
func (r *relations) finish(l *leg, rec *record.Call, at int64) {
	if l == nil {
		return
	}
	r.redials.see(l, rec)
	if rec.Disposition != record.InProgress {
		l.end = rec.End
		if d := rec.Duration; d.Known && d.From != 0 && rec.End > d.From+int64(d.D)+handling {
			l.end = d.From + int64(d.D) // its BYE was not answered for long
		}
	}
	l.confirmed = rec.Status >= 200 && rec.Status < 300 || rec.Disposition == record.Answered || rec.Duration.Known
	l.oneWay = oneWay(rec.Media)
	l.flawed = l.flawed || !rec.Confidence.Complete()
	r.settle(l)
	relateShared(l)
	if !l.confirmed && rec.Disposition != record.InProgress {
		l.relateRefused()
	}
	if l.deals != nil {
		l.deals.refer.concluded(l, rec)
		r.judgeRefers(l)
		r.judgeReplaced(l)
		r.judgeConsultations(l, at)
		r.judgeMixed(l, at)
	}
	l.fill(rec)
	r.forget(l)
}

// forget drops a call whose record was handed on.
func (r *relations) forget(l *leg) {
	l.closed = true
	r.open.remove(l)
	hash := hashOf(l.callID)
	delete(r.legs, sessionKey{hash, l.id})
	if r.byCallID[hash] == l {
		delete(r.byCallID, hash)
	}
	r.groups.untie(l)
	r.unplace(l)
	r.owned.disown(l)
	r.unhold(l)
	r.focuses.part(l)
	if d := l.deals; d != nil {
		// Others may still ask when it was on hold and for whom, but through nothing else do they keep each other alive.
		d.consultedBy, d.replaced, d.replacing, d.retrieved, d.joined, d.mixed = nil, nil, nil, nil, nil, nil
		d.refer, d.refers, d.named = nil, nil, nil
	}
}

// size returns how many values are kept of open calls: 0 when the records of all of them were handed on.
func (r *relations) size() int {
	n := len(r.legs) + len(r.byCallID) + len(r.groups) + len(r.pairs) + len(r.origins) + len(r.holders) + len(r.focuses) + len(r.unsettled.list)
	if r.open != (legList{}) {
		n++
	}
	return n
}
