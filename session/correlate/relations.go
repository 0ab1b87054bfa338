package correlate

import (
	"sipspan/record"
	"sipspan/session/link"
	"sipspan/session/store"
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
	legs      legs
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
		legs:    newLegs(),
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
		r.rest(l)
	}
}

// see takes an announcement.
func (r *relations) see(at int64, a *link.Announcement) {
	switch f := a.Fact.(type) {
	case link.Call:
		l := r.legs.blank()
		l.set(a, &f)
		r.observeLeg(l)
		if l.settled {
			r.rest(l)
		} else {
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
	return r.ask(r.legs.find(a.CallID, a.Call))
}

// finished returns the call that a record is about, nil if it was never announced.
func (r *relations) finished(f *link.FinishedCall) *leg {
	if f.Session == 0 {
		return nil
	}
	return r.unpack(r.legs.find(f.CallID, f.Session))
}

// observeLeg takes a new call. Its place among the calls is settled later, when all that may be like it have been seen.
func (r *relations) observeLeg(l *leg) {
	r.legs.add(l)
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

// leg returns the open call with a Call-ID that was announced last, nil if there is none.
func (r *relations) leg(callID string) *leg {
	return r.ask(r.legs.latest(callID))
}

// ask returns the leg of a Ref, nil if that is 0. Whoever asks may refer to it as long as it is open.
func (r *relations) ask(ref store.Ref) *leg {
	l := r.wake(ref)
	if l != nil {
		l.asked = true
	}
	return l
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
		r.legs.own(r.owned)
	}
	r.wakeOwners(f.Media)
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
	r.legs.remove(l)
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
	if l.rested && !l.asked && l.ties == &untied {
		r.legs.recycle(l)
	}
}

// rest packs a leg that nothing but the table of legs and that of numbers leads to.
func (r *relations) rest(l *leg) {
	if l.asked || !l.settled || l.closed || !l.single() || !l.ties.none() {
		return
	}
	t := &r.legs
	t.packer.Pack(t.packed[:0])
	l.pack(&t.packer)
	t.packed = t.packer.Packed()
	ref, ok := t.shelf.Add(t.packed, l.neighbours)
	if !ok {
		return
	}
	t.index.Replace(hashOf(l.callID), l.ref, ref)
	t.join(l.neighbours, ref)
	if l.pair != nil {
		t.pairs.Add(l.pair.key, ref)
		r.take(r.pairs, l.pair, l)
	}
	if t.owning && l.media != 0 {
		t.media.Add(l.media, ref)
	}
	r.owned.disown(l)
	t.unseat(l)
	t.recycle(l)
}

// wake returns the leg of a Ref, nil if that is 0. One that is packed becomes a leg again.
func (r *relations) wake(ref store.Ref) *leg {
	l := r.unpack(ref)
	if r.owned != nil && l != nil {
		r.owned.own(l)
	}
	return l
}

// unpack does so for a leg that is not looked up by its media any more.
func (r *relations) unpack(ref store.Ref) *leg {
	t := &r.legs
	switch {
	case ref == 0:
		return nil
	case !ref.Waits():
		return t.busy[ref.Place()]
	}
	l := t.blank()
	l.ties, l.rested = &untied, true
	t.packer.Unpack(t.shelf.Packed(ref))
	l.pack(&t.packer)
	l.neighbours = *t.shelf.Neighbours(ref)
	t.seat(l)
	t.index.Replace(hashOf(l.callID), ref, l.ref)
	t.join(l.neighbours, l.ref)
	if l.pairs() {
		key := pairOf(l.from(), l.to())
		t.pairs.Remove(key, ref)
		l.pair = r.put(r.pairs, key, l)
	}
	if t.owning && l.media != 0 {
		t.media.Remove(l.media, ref)
	}
	t.shelf.Remove(ref)
	return l
}

// between returns the legs between two numbers, nil if there is none. None of them is packed then.
func (r *relations) between(key uint64) *bucket {
	for s := r.legs.pairs.Seek(key); ; {
		ref := r.legs.pairs.Next(&s)
		if ref == 0 {
			return r.pairs[key]
		}
		if from, to := r.legs.numbers(ref); pairOf(from, to) == key {
			return r.wake(ref).pair // there was no other
		}
	}
}

// wakeOwners makes legs of those that are packed and whose caller wants media at an address.
func (r *relations) wakeOwners(media uint64) {
	t := &r.legs
	for s := t.media.Seek(media); ; {
		ref := t.media.Next(&s)
		if ref == 0 {
			return
		}
		if t.wanted(ref) == media {
			r.wake(ref)
			s = t.media.Seek(media) // the table has changed
		}
	}
}

// size returns how many values are kept of open calls: 0 when the records of all of them were handed on.
func (r *relations) size() int {
	n := r.legs.len() + r.legs.shelf.Len() + r.legs.pairs.Len() + r.legs.media.Len() + len(r.groups) + len(r.pairs) + len(r.origins) + len(r.holders) + len(r.focuses) + len(r.unsettled.list)
	if r.legs.first != 0 || r.legs.last != 0 {
		n++
	}
	return n
}
