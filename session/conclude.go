package session

import (
	"sipspan/decode/sip"
	"sipspan/internal/wire"
	"sipspan/record"
)

// conclude takes a final response at a top branch. A 2xx ends the request. After any other it may go to the next place,
// or be tried again, so that its end waits.
func (t *Tracker) conclude(r *request, x *transaction, v *view) {
	if r.bestRefusal(x) {
		r.text.put(&r.reason, v.m.ReasonPhrase())
	}
	r.lead()
	n := r.nearest()
	if n.final == 0 {
		return // another branch decides
	}
	r.status, r.final = int(n.status), n.final
	if success(r.status) {
		t.complete(r, v, v.at)
		t.linger(r, v.at)
		if r.method == sip.REFER {
			t.referDone(r)
			if c := r.group.call; c != nil {
				t.observeFeatures(c, r.side.Other(), v)
			}
		}
		t.announceJudged(r, v.at)
		return
	}
	first := r.progress == waiting
	r.progress = declined
	r.judge()
	wait := t.cfg.wait(r.status)
	if after := r.glare(v); after > 0 {
		r.glared, wait = true, after
	}
	r.wait(v.at + wait)
	switch {
	case !first:
	case r.role == roleBye && !invitesRetry(r.status):
		t.byeDone(r, v, v.at)
	case r.method == sip.REFER:
		t.referDone(r)
	}
	if first {
		t.announceJudged(r, v.at)
	}
}

// bestRefusal reports whether no other top branch was refused with a response that would be passed on rather than that of x.
func (r *request) bestRefusal(x *transaction) bool {
	for i := range r.transactions {
		y := &r.transactions[i]
		if y != x && y.method == r.method && !y.below && y.final != 0 && preference(true, int(y.status)) < preference(true, int(x.status)) {
			return false
		}
	}
	return true
}

// expireRequest does what is due for a request.
func (t *Tracker) expireRequest(r *request, at int64) {
	switch r.progress {
	case waiting:
		if x := r.bestKnown(); x != nil && !r.wentOn(x) {
			r.status, r.final = int(x.status), x.final
		}
		if r.status == 0 && r.gaveUp == 0 {
			t.giveUp(r, at)
			return
		}
		if r.gaveUp != 0 {
			at = r.gaveUp
		}
		t.complete(r, nil, at)
		t.linger(r, at)
		t.announceJudged(r, at)
	case declined:
		r.glared = false // it was not tried again
		t.complete(r, nil, at)
		t.linger(r, at)
	case done:
		t.removeRequest(r)
	}
}

// giveUp takes the time at which the sender of a request stops waiting. It may turn to the next server then (RFC 3263 section
// 4.3), and an answer may be late, so that the end of the request waits.
func (t *Tracker) giveUp(r *request, at int64) {
	if r.lost = t.unseen(r, at); !r.lost {
		t.signalUnanswered(r, at)
	}
	r.gaveUp = at
	r.wait(at + int64(t.cfg.Linger))
}

// bestKnown returns the transaction whose final response its sender was told, or came nearest to it, nil if there was
// none.
func (r *request) bestKnown() (best *transaction) {
	for i := range r.transactions {
		x := &r.transactions[i]
		if x.method != r.method || x.status == 0 {
			continue
		}
		if best == nil || x.nearer(best) {
			best = x
		}
	}
	return best
}

// wentOn reports whether the sender turned to another place after the refusal at a hop, so that this is not what it was
// told in the end.
func (r *request) wentOn(refusal *transaction) bool {
	n := r.nearest()
	return n.final == 0 && !success(int(refusal.status)) && n.start >= refusal.final
}

// nearer reports whether the final response of a hop tells more of what the sender was told than that of another one.
func (x *transaction) nearer(y *transaction) bool {
	switch {
	case x.below != y.below:
		return !x.below
	case x.vias != y.vias:
		return x.vias < y.vias
	}
	a, b := preference(true, int(x.status)), preference(true, int(y.status))
	return a < b || a == b && x.final > y.final
}

// complete writes what became of a request. v is the response that ended it, nil when a timer did; r.status is 0 when
// there was none.
func (t *Tracker) complete(r *request, v *view, at int64) {
	ended := at
	if r.status != 0 {
		ended = r.final
	}
	if r.lost {
		r.flags |= record.OneWay
	}
	switch r.role {
	case roleInvite:
		return // the call does
	case roleBye:
		if r.progress != declined || invitesRetry(r.status) { // else it was done at once
			t.byeDone(r, v, at)
		}
	case roleRegister:
		t.writeRegistration(r, v, at, t.registrationOutcome(r))
	case roleSubscribe:
		t.subscribeDone(r, v, ended)
		if r.subscription != nil && r.status == 0 && r.subscription.notifies > 0 {
			return // the NOTIFY says that it was accepted
		}
	case rolePublish:
		t.writePublication(r, v, at, publicationOutcome(r))
	case roleMessage:
		t.writeMessage(r, at)
	case roleOther:
		if r.lost {
			break
		}
		if t.notifyDone(r, ended) {
			if t.cfg.AllTransactions {
				t.writeTransaction(r, at)
			}
			return
		}
	}
	if (r.status == 0 && (r.proved || r.lost && r.inside) || r.mayHaveCrossed()) && !t.cfg.AllTransactions {
		return // nothing says that it failed
	}
	if r.progress == waiting {
		r.judge()
	}
	if r.role == roleBye || r.role == roleOther {
		if t.cfg.AllTransactions || !r.crossed && (r.status == 0 && !r.unanswered() || r.status >= 300) {
			t.writeTransaction(r, at)
		}
	}
	if r.crossed {
		return
	}
	if r.status >= 400 && !(r.method == sip.INVITE && r.status == 487) || r.status == 0 && !r.unanswered() {
		t.writeFailure(r, at)
	}
}

// unseen reports whether a request without any response may have had one that was not captured: over UDP its sender
// repeats what is not answered (RFC 3261 section 17.1.2.2, Timer E), and it did not, though the network did not tell it
// to give up.
func (t *Tracker) unseen(r *request, at int64) bool {
	n := r.nearest()
	return r.status == 0 && r.repeats == 0 && n.transport == wire.UDP && !n.wasAnswered() && at-r.start >= 2*int64(t.cfg.T1) &&
		r.first != 0 && !r.unanswered() && len(t.eventsAbout(nil, r, r.start, at)) == 0
}

// unanswered reports whether no response belongs to the request: nobody waits for one.
func (r *request) unanswered() bool { return r.method == sip.BENOTIFY }
