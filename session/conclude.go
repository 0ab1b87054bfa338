package session

import (
	"sipspan/decode/sip"
	"sipspan/record"
	"sipspan/session/call"
	"sipspan/session/transaction"
	"sipspan/session/value"
)

// conclude takes a final response at a top branch. A 2xx ends the request. After any other it may go to the next place,
// or be tried again, so that its end waits.
func (t *Tracker) conclude(r *transaction.Request, x *transaction.Transaction, v *transaction.View) {
	if r.BestRefusal(x) {
		r.Text.Put(&r.Reason, v.Message.ReasonPhrase())
	}
	r.Lead()
	n := r.Nearest()
	if n.Final == 0 {
		return // another branch decides
	}
	r.Status, r.Final = int(n.Status), n.Final
	if value.Success(r.Status) {
		t.complete(r, v, v.At)
		t.Linger(r, v.At)
		if r.Method == sip.REFER {
			t.subscriptions.ReferDone(r)
			t.calls.ReferAccepted(r, v)
		}
		t.calls.AnnounceJudged(r, v.At)
		return
	}
	first := r.Progress == transaction.Waiting
	r.Progress = transaction.Declined
	call.Judge(r)
	wait := t.Config.Wait(r.Status)
	if after := r.Glare(v); after > 0 {
		r.Glared, wait = true, after
	}
	r.Wait(v.At + wait)
	switch {
	case !first:
	case r.Role == transaction.RoleBye && !transaction.InvitesRetry(r.Status):
		t.calls.ByeDone(r, v, v.At)
	case r.Method == sip.REFER:
		t.subscriptions.ReferDone(r)
	}
	if first {
		t.calls.AnnounceJudged(r, v.At)
	}
}

// expireRequest does what is due for a request.
func (t *Tracker) expireRequest(r *transaction.Request, at int64) {
	switch r.Progress {
	case transaction.Waiting:
		if x := r.BestKnown(); x != nil && !r.WentOn(x) {
			r.Status, r.Final = int(x.Status), x.Final
		}
		if r.Status == 0 && r.GaveUp == 0 {
			t.giveUp(r, at)
			return
		}
		if r.GaveUp != 0 {
			at = r.GaveUp
		}
		t.complete(r, nil, at)
		t.Linger(r, at)
		t.calls.AnnounceJudged(r, at)
	case transaction.Declined:
		r.Glared = false // it was not tried again
		again := r.Proved && r.Flags&record.Restart != 0 && t.MayTryAgain(r.Status, 0, r.Retried, r.Challenge, r.FormerChallenge)
		switch {
		case again && r.Role == transaction.RoleRegister:
			t.writeOpen(r, at) // or it was, while the program was not running
		case again && r.Role == transaction.RoleSubscribe: // likewise
		default:
			t.complete(r, nil, at)
		}
		t.Linger(r, at)
	case transaction.Done:
		t.removeRequest(r)
	}
}

// giveUp takes the time at which the sender of a request stops waiting. It may turn to the next server then (RFC 3263 section
// 4.3), and an answer may be late, so that the end of the request waits.
func (t *Tracker) giveUp(r *transaction.Request, at int64) {
	if r.Lost = t.Unseen(r, at); !r.Lost {
		t.SignalUnanswered(r, at)
	}
	r.GaveUp = at
	r.Wait(at + int64(t.Config.Linger))
}

// complete writes what became of a request. v is the response that ended it, nil when a timer did; r.status is 0 when
// there was none.
func (t *Tracker) complete(r *transaction.Request, v *transaction.View, at int64) {
	if r.Lost && r.Flags&record.Restart == 0 {
		r.Flags |= record.OneWay
	}
	if t.usage(r.Method).Complete(r, v, at) {
		return
	}
	if (r.Status == 0 && (r.Proved || r.Lost && r.Inside) || r.MayHaveCrossed()) && !t.Config.AllTransactions {
		return // nothing says that it failed
	}
	if r.Progress == transaction.Waiting {
		call.Judge(r)
	}
	if r.Role == transaction.RoleBye || r.Role == transaction.RoleOther {
		if t.Config.AllTransactions || !r.Crossed && (r.Status == 0 && !r.Unanswered() || r.Status >= 300) {
			t.WriteTransaction(r, at)
		}
	}
	if r.Crossed {
		return
	}
	if r.Status >= 400 && !(r.Method == sip.INVITE && r.Status == 487) || r.Status == 0 && !r.Unanswered() {
		t.WriteFailure(r, at)
	}
}

// removeRequest forgets a request. Its call may keep what explains it.
func (t *Tracker) removeRequest(r *transaction.Request) {
	t.calls.Adopt(r)
	t.DropRequest(r)
}

// closeRequest writes a request that is open when the capture ends, if it is one that is written at all.
func (t *Tracker) closeRequest(r *transaction.Request, at int64) {
	switch {
	case r.Progress == transaction.Declined && r.Glared:
		t.WriteGlare(r, at)
	case r.Progress == transaction.Declined && t.MayTryAgain(r.Status, at-r.Final, r.Retried, r.Challenge, r.FormerChallenge):
		t.writeOpen(r, at)
	case r.Progress == transaction.Declined:
		t.complete(r, nil, at)
	case r.Progress == transaction.Waiting:
		x := r.BestKnown()
		if x == nil || r.WentOn(x) || at-x.Final < int64(t.Config.Linger) {
			t.writeOpen(r, at)
			return
		}
		r.Status, r.Final = int(x.Status), x.Final
		t.complete(r, nil, at)
	}
}

// writeOpen writes a request whose end the capture does not show. Nothing is said of a cause.
func (t *Tracker) writeOpen(r *transaction.Request, at int64) {
	r.Open = true
	if r.Role != transaction.RoleOther {
		t.usage(r.Method).Close(r, at)
	} else if t.Config.AllTransactions {
		t.WriteTransaction(r, at)
	}
}
