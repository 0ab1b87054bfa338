package call

import (
	"sipspan/decode/sip"
	"sipspan/record"
	"sipspan/session/transaction"
	"sipspan/session/value"
)

// ACK takes an ACK. It belongs to its INVITE by CSeq number and From, whatever its Request-URI and branch.
//
// It reports false when it came ahead of what it acknowledges.
func (u *Usage) ACK(g *transaction.Group, v *transaction.View) bool {
	r := g.Find(v)
	if r == nil {
		if !v.Late && g.Call == nil && !g.Buried {
			return false
		}
		u.strayACK(g, v)
		return true
	}
	if r.Match(v, sip.ACK) != nil {
		u.RepeatedIn(g, r, v)
		return true
	}
	if !v.Late && !r.DecidedFor(v) {
		return false
	}
	u.acknowledge(r, v)
	return true
}

// acknowledge takes an ACK to its INVITE.
func (u *Usage) acknowledge(r *transaction.Request, v *transaction.View) {
	ofFailure := v.Cookie && u.acksFailure(r, v)
	r.AddTransaction(v, sip.ACK)
	r.Acked = true
	if r.Progress == transaction.Done {
		r.Wait(v.At + int64(u.Config.Linger))
	}
	c := Of(r)
	if c == nil {
		return
	}
	if r.Behind {
		return
	}
	if r.Role == transaction.RoleInvite && !c.confirmed() && !ofFailure && len(v.ToTag) > 0 && !c.decided() && !c.refusedBy(v.ToTag) {
		c.established = v.At // the 2xx was missed
		c.proveAnswer(v)
		u.announceOutcome(c, v.At, 200)
		c.schedule(&u.Config)
	}
	if c.confirmed() {
		c.acked = true
	}
	if r.Role != transaction.RoleInvite && !ofFailure {
		u.confirmStance(c, r, v)
		u.announceHolds(c, v)
	}
	if !r.Offered {
		c.describe(v, true)
	}
}

// acksFailure reports whether an ACK has the branch of the INVITE: it acknowledges a final response other than 2xx (RFC
// 3261 section 17.1.1.3). When that response was not seen, the ACK shows that there was one.
func (u *Usage) acksFailure(r *transaction.Request, v *transaction.View) bool {
	x := r.Match(v, sip.INVITE)
	if x == nil {
		return false
	}
	if c := Of(r); c != nil {
		if h := c.hopOf(x); h != nil {
			h.settled = v.At
			if h.final == 0 {
				h.final, h.byACK, h.ackTag = v.At, true, value.HashTag(v.ToTag)
				u.Linger(r, v.At)
				c.schedule(&u.Config)
			}
		}
	}
	return true
}

func (u *Usage) strayACK(g *transaction.Group, v *transaction.View) {
	switch {
	case g.Call != nil:
		if In(g).confirmed() {
			In(g).acked = true
		}
	case !g.Buried && len(v.ToTag) > 0:
		c := u.openCall(g, v, v.Meta.Flags|record.MidStream)
		c.established = v.At
		c.acked = true
		c.describe(v, true)
		c.schedule(&u.Config)
	}
}

// Cancel takes a CANCEL. On the first hop it is the caller who gives up; on any other, a proxy cancels a branch.
//
// It reports false when it came ahead of its INVITE.
func (u *Usage) Cancel(g *transaction.Group, v *transaction.View) bool {
	r := g.Find(v)
	if r == nil {
		if !v.Late && g.Call == nil && !g.Buried {
			return false
		}
		u.strayCancel(g, v)
		return true
	}
	if r.Match(v, sip.CANCEL) != nil {
		u.RepeatedIn(g, r, v)
		return true
	}
	x := r.Match(v, sip.INVITE)
	if x == nil {
		x = r.OnFlow(v)
	}
	var h *hop
	if x != nil && r.Call != nil {
		h = Of(r).hopOf(x)
	}
	r.AddTransaction(v, sip.CANCEL)
	if h == nil {
		return true
	}
	if h.cancel == 0 {
		h.cancel = v.At
	}
	if c := Of(r); c.atTop(h) && !c.decided() && c.allCancelled() {
		u.keepClosing(c, v) // why a proxy cancels one branch does not explain the call
		c.cancel = v.At
		c.schedule(&u.Config)
	}
	return true
}

// strayCancel takes a CANCEL whose INVITE was not seen.
func (u *Usage) strayCancel(g *transaction.Group, v *transaction.View) {
	c := In(g)
	if c == nil {
		if g.Buried {
			return
		}
		c = u.openCall(g, v, v.Meta.Flags|record.MidStream)
		c.cancel = v.At
		c.schedule(&u.Config)
	}
	if c.strayCancel == v.Via {
		u.Counters.Retransmissions[v.Message.Method]++
		c.retransmissions++
	}
	c.strayCancel = v.Via
}
