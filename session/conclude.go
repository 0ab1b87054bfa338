package session

import (
	"sipspan/decode/sip"
	"sipspan/record"
	"sipspan/session/value"
)

// conclude takes a final response at a top branch. A 2xx ends the request. After any other it may go to the next place,
// or be tried again, so that its end waits.
func (t *Tracker) conclude(r *request, x *transaction, v *view) {
	if r.bestRefusal(x) {
		r.text.Put(&r.reason, v.m.ReasonPhrase())
	}
	r.lead()
	n := r.nearest()
	if n.final == 0 {
		return // another branch decides
	}
	r.status, r.final = int(n.status), n.final
	if value.Success(r.status) {
		t.complete(r, v, v.at)
		t.linger(r, v.at)
		if r.method == sip.REFER {
			t.subscriptions.referDone(r)
			if c := callIn(r.group); c != nil {
				t.calls.observeFeatures(c, r.side.Other(), v)
			}
		}
		t.calls.announceJudged(r, v.at)
		return
	}
	first := r.progress == waiting
	r.progress = declined
	judge(r)
	wait := t.Config.Wait(r.status)
	if after := r.glare(v); after > 0 {
		r.glared, wait = true, after
	}
	r.wait(v.at + wait)
	switch {
	case !first:
	case r.role == roleBye && !invitesRetry(r.status):
		t.calls.byeDone(r, v, v.at)
	case r.method == sip.REFER:
		t.subscriptions.referDone(r)
	}
	if first {
		t.calls.announceJudged(r, v.at)
	}
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
		t.calls.announceJudged(r, at)
	case declined:
		r.glared = false // it was not tried again
		again := r.proved && r.flags&record.Restart != 0 && t.mayTryAgain(r.status, 0, r.retried, r.challenge, r.formerChallenge)
		switch {
		case again && r.role == roleRegister:
			t.writeOpen(r, at) // or it was, while the program was not running
		case again && r.role == roleSubscribe: // likewise
		default:
			t.complete(r, nil, at)
		}
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
	r.wait(at + int64(t.Config.Linger))
}

// complete writes what became of a request. v is the response that ended it, nil when a timer did; r.status is 0 when
// there was none.
func (t *Tracker) complete(r *request, v *view, at int64) {
	ended := at
	if r.status != 0 {
		ended = r.final
	}
	if r.lost && r.flags&record.Restart == 0 {
		r.flags |= record.OneWay
	}
	switch r.role {
	case roleInvite:
		return // the call does
	case roleBye:
		if r.progress != declined || invitesRetry(r.status) { // else it was done at once
			t.calls.byeDone(r, v, at)
		}
	case roleRegister:
		t.bindings.writeRegistration(r, v, at, t.bindings.registrationOutcome(r))
	case roleSubscribe:
		t.subscriptions.subscribeDone(r, v, ended)
		if r.subscription != nil && r.status == 0 && subscriptionOf(r).notifies > 0 {
			return // the NOTIFY says that it was accepted
		}
	case rolePublish:
		t.bindings.writePublication(r, v, at, publicationOutcome(r))
	case roleMessage:
		t.writeMessage(r, at)
	case roleOther:
		if r.lost {
			break
		}
		if t.subscriptions.notifyDone(r, ended) {
			if t.Config.AllTransactions {
				t.writeTransaction(r, at)
			}
			return
		}
	}
	if (r.status == 0 && (r.proved || r.lost && r.inside) || r.mayHaveCrossed()) && !t.Config.AllTransactions {
		return // nothing says that it failed
	}
	if r.progress == waiting {
		judge(r)
	}
	if r.role == roleBye || r.role == roleOther {
		if t.Config.AllTransactions || !r.crossed && (r.status == 0 && !r.unanswered() || r.status >= 300) {
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

// removeRequest forgets a request. Its call may keep what explains it.
func (t *Tracker) removeRequest(r *request) {
	t.calls.adopt(r)
	t.dropRequest(r)
}
