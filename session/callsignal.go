package session

import (
	"time"

	"sipspan/record"
)

// signalInviteFinal tells that a hop of an INVITE had its final response. The caller waited for the first sign of progress.
func (u *CallUsage) signalInviteFinal(r *request, x *transaction, v *view) {
	waited, retried := time.Duration(0), false
	if c := callOf(r); c != nil {
		answered := v.at
		if at := c.progressed(); at != 0 {
			answered = at
		}
		waited, retried = delay(c.start, answered), c.attempt > 1
	}
	u.signalFinal(r, x, v, waited, retried)
}

// signalGivenUp tells of the hops of an INVITE on which there was no response at all when its sender turned to another
// hop, well after it could have been answered.
func (u *CallUsage) signalGivenUp(r *request, next *transaction, at int64) {
	if !u.Watched || r.call == nil {
		return
	}
	for i := range r.transactions {
		x := &r.transactions[i]
		if x == next || x.method != r.method || x.wasAnswered() || x.src.Addr() != next.src.Addr() {
			continue
		}
		if h := callOf(r).hopOf(x); h != nil && !h.givenUp && at-h.start >= 2*int64(u.Config.T1) {
			h.givenUp = true
			s := u.Say(record.SignalUnanswered)
			s.Retried = callOf(r).attempt > 1
			u.signalHop(r, x, at, s)
		}
	}
}

// signalCallUnanswered tells of the hops on which the INVITE of a call that was not answered had no response at all.
func (u *CallUsage) signalCallUnanswered(c *call, rec *record.Call, at int64) {
	const notSeen = record.MidStream | record.OneWay
	if !u.Watched || rec.Confidence.Flags&notSeen != 0 || rec.Disposition == record.InProgress || rec.Disposition == record.Answered {
		return
	}
	r := c.invite()
	if r == nil {
		return
	}
	for i := range r.transactions {
		x := &r.transactions[i]
		if h := c.hopOf(x); x.method == r.method && !x.wasAnswered() && h != nil && !h.givenUp && h.cancel == 0 {
			s := u.Say(record.SignalUnanswered)
			s.Retried = c.attempt > 1
			u.signalHop(r, x, at, s)
		}
	}
}
