package session

import (
	"sipspan/decode/sip"
	"sipspan/session/evidence"
	"sipspan/session/value"
)

// keepClosing keeps the CANCEL or BYE that ends a call when it says why. A BYE follows a CANCEL that came too late.
func (u *CallUsage) keepClosing(c *call, v *view) {
	if u.Explainer != nil && evidence.Says(v.m) > 0 && (len(c.closing) == 0 || v.m.Method == sip.BYE && c.bye == 0) {
		u.Evidence.Release(c.closing)
		c.closing = u.Evidence.Header(v.m)
	}
}

// followCall gives the next attempt at a call what is kept of the one before.
func (u *CallUsage) followCall(c *call, r *request) {
	raw, e := c.attempted(r)
	if c.decided() {
		u.inherit(r, raw, e, c.hops[c.origin].final)
	}
}

// attempted returns what is kept of the present attempt at a call: with its INVITE, or with the call when that has been
// forgotten. except is the INVITE that is being handled.
func (c *call) attempted(except *request) (raw *[]byte, e *evidence.Refusal) {
	for _, r := range c.group.requests {
		if r != except && r.call == c && r.role == roleInvite && r.cseq == c.cseq {
			return &r.raw, r.evidence
		}
	}
	return &c.raw, c.evidence
}

// adopt takes over what is kept of the INVITE of the present attempt when that is forgotten before its call: of one that
// failed, and of one whose sender may stand behind a NAT.
func (u *CallUsage) adopt(r *request) {
	c := callOf(r)
	if c == nil || r.role != roleInvite || r.cseq != c.cseq || r.evidence == nil && !c.outside() {
		return
	}
	u.Evidence.Release(c.raw)
	c.raw, r.raw = r.raw, nil
	c.evidence, r.evidence = r.evidence, c.evidence
}

// outside reports whether the caller's address is a public one.
func (c *call) outside() bool { return value.Outside(c.src.Addr()) }
