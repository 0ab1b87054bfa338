package session

import (
	"sipspan/decode/sip"
	"sipspan/record"
)

// cancel takes a CANCEL. On the first hop it is the caller who gives up; on any other, a proxy cancels a branch.
//
// It reports false when it came ahead of its INVITE.
func (u *CallUsage) cancel(g *group, v *view) bool {
	r := g.find(v)
	if r == nil {
		if !v.late && g.call == nil && !g.buried {
			return false
		}
		u.strayCancel(g, v)
		return true
	}
	if r.match(v, sip.CANCEL) != nil {
		u.repeatedIn(g, r, v)
		return true
	}
	x := r.match(v, sip.INVITE)
	if x == nil {
		x = r.onFlow(v)
	}
	var h *hop
	if x != nil && r.call != nil {
		h = callOf(r).hopOf(x)
	}
	r.addTransaction(v, sip.CANCEL)
	if h == nil {
		return true
	}
	if h.cancel == 0 {
		h.cancel = v.at
	}
	if c := callOf(r); c.atTop(h) && !c.decided() && c.allCancelled() {
		u.keepClosing(c, v) // why a proxy cancels one branch says nothing of the call
		c.cancel = v.at
		c.schedule(&u.Config)
	}
	return true
}

// strayCancel takes a CANCEL whose INVITE was not seen.
func (u *CallUsage) strayCancel(g *group, v *view) {
	c := callIn(g)
	if c == nil {
		if g.buried {
			return
		}
		c = u.openCall(g, v, v.meta.Flags|record.MidStream)
		c.cancel = v.at
		c.schedule(&u.Config)
	}
	if c.strayCancel == v.via {
		u.Counters.Retransmissions[v.m.Method]++
		c.retransmissions++
	}
	c.strayCancel = v.via
}
