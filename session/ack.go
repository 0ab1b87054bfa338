package session

import (
	"sipspan/decode/sip"
	"sipspan/record"
)

// ack takes an ACK. It belongs to its INVITE by CSeq number and From, whatever its Request-URI and branch.
//
// It reports false when it came ahead of what it acknowledges.
func (t *Tracker) ack(g *group, v *view) bool {
	r := g.find(v)
	if r == nil {
		if !v.late && g.call == nil && !g.buried {
			return false
		}
		t.strayACK(g, v)
		return true
	}
	if r.match(v, sip.ACK) != nil {
		t.repeated(g, r, v)
		return true
	}
	if !v.late && !r.decidedFor(v) {
		return false
	}
	t.acknowledge(r, v)
	return true
}

// decidedFor reports whether the request of an ACK has the final response that it acknowledges, as far as the capture
// shows: on the same branch one other than 2xx (RFC 3261 section 17.1.1.3), else a 2xx on any.
func (r *request) decidedFor(v *view) bool {
	if x := r.match(v, sip.INVITE); x != nil && v.cookie {
		return x.final != 0
	}
	for i := range r.transactions {
		if x := &r.transactions[i]; x.method == sip.INVITE && x.final != 0 && (success(int(x.status)) || !v.cookie) {
			return true
		}
	}
	return false
}

// acknowledge takes an ACK to its INVITE.
func (t *Tracker) acknowledge(r *request, v *view) {
	ofFailure := v.cookie && t.acksFailure(r, v)
	r.addTransaction(v, sip.ACK)
	r.acked = true
	if r.progress == done {
		r.wait(v.at + int64(t.cfg.Linger))
	}
	c := r.call
	if c == nil {
		return
	}
	if r.behind {
		return
	}
	if r.role == roleInvite && !c.confirmed() && !ofFailure && len(v.toTag) > 0 && !c.decided() && !c.refusedBy(v.toTag) {
		c.established = v.at // the 2xx was missed
		c.proveAnswer(v)
		t.announceOutcome(c, v.at, 200)
		c.schedule(&t.cfg)
	}
	if c.confirmed() {
		c.acked = true
	}
	if r.role != roleInvite && !ofFailure {
		t.confirmStance(c, r, v)
		t.announceHolds(c, v)
	}
	if !r.offered {
		c.describe(v, true)
	}
}

// acksFailure reports whether an ACK has the branch of the INVITE: it acknowledges a final response other than 2xx (RFC
// 3261 section 17.1.1.3). When that response was not seen, the ACK tells that there was one.
func (t *Tracker) acksFailure(r *request, v *view) bool {
	x := r.match(v, sip.INVITE)
	if x == nil {
		return false
	}
	if c := r.call; c != nil {
		if h := c.hopOf(x); h != nil {
			h.settled = v.at
			if h.final == 0 {
				h.final, h.byACK, h.ackTag = v.at, true, hashTag(v.toTag)
				t.linger(r, v.at)
				c.schedule(&t.cfg)
			}
		}
	}
	return true
}

func (t *Tracker) strayACK(g *group, v *view) {
	switch {
	case g.call != nil:
		if g.call.confirmed() {
			g.call.acked = true
		}
	case !g.buried && len(v.toTag) > 0:
		c := t.openCall(g, v, v.meta.Flags|record.MidStream)
		c.established = v.at
		c.acked = true
		c.describe(v, true)
		c.schedule(&t.cfg)
	}
}
