package session

import (
	"sipspan/decode/sip"
	"sipspan/session/evidence"
	"sipspan/session/value"
)

// unreliable is what a call shows of a reliable provisional response that is sent again (RFC 3262 section 3).
type unreliable struct {
	cseq, rseq uint32
	repeats    int
	rack       uint32 // response number of the last PRACK
}

// observeAgain takes a response that was seen before at the hop of x: a 2xx to an acknowledged INVITE, or a reliable
// provisional response.
func observeAgain(r *request, x *transaction, v *view) {
	c := callOf(r)
	if c == nil || v.m.Method != sip.INVITE {
		return
	}
	if value.Success(v.m.Status) {
		observeAnswerAgain(r)
		return
	}
	if v.m.Status >= 200 || x != r.nearest() {
		return
	}
	n := v.seconds(sip.HeaderRSeq)
	if n < 0 {
		return
	}
	u := &c.unreliable
	if u.cseq != r.cseq || u.rseq != uint32(n) {
		u.cseq, u.rseq, u.repeats = r.cseq, uint32(n), 0
	}
	u.repeats++
}

// observePRACK notes which response a PRACK acknowledges.
func (c *call) observePRACK(v *view) { c.unreliable.rack = uint32(max(v.seconds(sip.HeaderRAck), 0)) }

// tellUnreliable adds to a case what became of the reliable provisional responses to the INVITE that is tried.
func (c *call) tellUnreliable(k *evidence.Case) {
	if u := &c.unreliable; u.cseq == c.cseq && u.repeats > 0 {
		k.Unreliable = evidence.Unreliable{Repeats: u.repeats, PRACK: u.rack >= u.rseq}
	}
}
