package session

import (
	"sipspan/decode/sip"
	"sipspan/record"
	"sipspan/session/value"
)

// ack takes an ACK. It belongs to its INVITE by CSeq number and From, whatever its Request-URI and branch.
//
// It reports false when it came ahead of what it acknowledges.
func (u *CallUsage) ack(g *group, v *view) bool {
	r := g.find(v)
	if r == nil {
		if !v.late && g.call == nil && !g.buried {
			return false
		}
		u.strayACK(g, v)
		return true
	}
	if r.match(v, sip.ACK) != nil {
		u.repeatedIn(g, r, v)
		return true
	}
	if !v.late && !r.decidedFor(v) {
		return false
	}
	u.acknowledge(r, v)
	return true
}

// acknowledge takes an ACK to its INVITE.
func (u *CallUsage) acknowledge(r *request, v *view) {
	ofFailure := v.cookie && u.acksFailure(r, v)
	r.addTransaction(v, sip.ACK)
	r.acked = true
	if r.progress == done {
		r.wait(v.at + int64(u.Config.Linger))
	}
	c := callOf(r)
	if c == nil {
		return
	}
	if r.behind {
		return
	}
	if r.role == roleInvite && !c.confirmed() && !ofFailure && len(v.toTag) > 0 && !c.decided() && !c.refusedBy(v.toTag) {
		c.established = v.at // the 2xx was missed
		c.proveAnswer(v)
		u.announceOutcome(c, v.at, 200)
		c.schedule(&u.Config)
	}
	if c.confirmed() {
		c.acked = true
	}
	if r.role != roleInvite && !ofFailure {
		u.confirmStance(c, r, v)
		u.announceHolds(c, v)
	}
	if !r.offered {
		c.describe(v, true)
	}
}

// acksFailure reports whether an ACK has the branch of the INVITE: it acknowledges a final response other than 2xx (RFC
// 3261 section 17.1.1.3). When that response was not seen, the ACK tells that there was one.
func (u *CallUsage) acksFailure(r *request, v *view) bool {
	x := r.match(v, sip.INVITE)
	if x == nil {
		return false
	}
	if c := callOf(r); c != nil {
		if h := c.hopOf(x); h != nil {
			h.settled = v.at
			if h.final == 0 {
				h.final, h.byACK, h.ackTag = v.at, true, value.HashTag(v.toTag)
				u.linger(r, v.at)
				c.schedule(&u.Config)
			}
		}
	}
	return true
}

func (u *CallUsage) strayACK(g *group, v *view) {
	switch {
	case g.call != nil:
		if callIn(g).confirmed() {
			callIn(g).acked = true
		}
	case !g.buried && len(v.toTag) > 0:
		c := u.openCall(g, v, v.meta.Flags|record.MidStream)
		c.established = v.at
		c.acked = true
		c.describe(v, true)
		c.schedule(&u.Config)
	}
}
