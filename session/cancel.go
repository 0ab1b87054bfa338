package session

import (
	"sipspan/decode/sip"
	"sipspan/record"
)

// cancel takes a CANCEL. On the first hop it is the caller who gives up; on any other, a proxy cancels a branch.
//
// It reports false when it came ahead of its INVITE.
func (t *Tracker) cancel(g *group, v *view) bool {
	r := g.find(v)
	if r == nil {
		if !v.late && g.call == nil && !g.buried {
			return false
		}
		t.strayCancel(g, v)
		return true
	}
	if r.match(v, sip.CANCEL) != nil {
		t.repeated(g, r, v)
		return true
	}
	x := r.match(v, sip.INVITE)
	if x == nil {
		x = r.onFlow(v)
	}
	var h *hop
	if x != nil && r.call != nil {
		h = r.call.hopOf(x)
	}
	r.addTransaction(v, sip.CANCEL)
	if h == nil {
		return true
	}
	if h.cancel == 0 {
		h.cancel = v.at
	}
	if c := r.call; c.atTop(h) && !c.decided() && c.allCancelled() {
		t.keepClosing(c, v) // why a proxy cancels one branch says nothing of the call
		c.cancel = v.at
		c.schedule(&t.cfg)
	}
	return true
}

// strayCancel takes a CANCEL whose INVITE was not seen.
func (t *Tracker) strayCancel(g *group, v *view) {
	c := g.call
	if c == nil {
		if g.buried {
			return
		}
		c = t.openCall(g, v, v.meta.Flags|record.MidStream)
		c.cancel = v.at
		c.schedule(&t.cfg)
	}
	if c.strayCancel == v.via {
		t.counters.Retransmissions[v.m.Method]++
		c.retransmissions++
	}
	c.strayCancel = v.via
}

// onFlow returns the latest INVITE transaction that went the way of the message.
func (r *request) onFlow(v *view) *transaction {
	for i := len(r.transactions) - 1; i >= 0; i-- {
		if x := &r.transactions[i]; x.method == sip.INVITE && sameWay(x.src, x.dst, v.meta.Src, v.meta.Dst) {
			return x
		}
	}
	return nil
}
