package session

import (
	"sipspan/decode/sip"
	"sipspan/session/evidence"
)

// keepRequest keeps of a request what its refusal may be about. Of most requests their own strings are enough, see sketch.
func (t *Tracker) keepRequest(m *sip.Message) []byte {
	if t.Explainer == nil {
		return nil
	}
	return t.kept.Request(m)
}

// keepResponse keeps a final response that is no 2xx.
func (t *Tracker) keepResponse(r *request, x *transaction, v *view) {
	if t.Explainer == nil || x.method != r.method {
		return
	}
	if r.evidence == nil {
		r.evidence = t.kept.NewRefusal()
	}
	passedOn := preference(true, v.m.Status) <= preference(true, r.evidence.Status())
	t.kept.KeepResponse(r.evidence, v.m, x.below, passedOn)
}

// keepClosing keeps the CANCEL or BYE that ends a call when it says why. A BYE follows a CANCEL that came too late.
func (t *Tracker) keepClosing(c *call, v *view) {
	if t.Explainer != nil && evidence.Says(v.m) > 0 && (len(c.closing) == 0 || v.m.Method == sip.BYE && c.bye == 0) {
		t.kept.Release(c.closing)
		c.closing = t.kept.Header(v.m)
	}
}

// inherit hands what is kept of an earlier try on to the next one of the same request.
func (t *Tracker) inherit(r *request, raw *[]byte, e *evidence.Refusal, final int64) {
	if !e.Failed() {
		return
	}
	if r.evidence == nil {
		r.evidence = t.kept.NewRefusal()
	}
	t.kept.Inherit(r.evidence, r.start, e, raw, final)
}

// follow gives a request what is kept of the earlier ones that it repeats.
func (t *Tracker) follow(r, earlier *request) {
	if earlier.method == r.method && earlier.role == r.role && earlier.cseq < r.cseq && earlier.final != 0 {
		t.inherit(r, &earlier.raw, earlier.evidence, earlier.final)
	}
}

// followCall gives the next attempt at a call what is kept of the one before.
func (t *Tracker) followCall(c *call, r *request) {
	raw, e := c.attempted(r)
	if c.decided() {
		t.inherit(r, raw, e, c.hops[c.origin].final)
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
func (t *Tracker) adopt(r *request) {
	c := r.call
	if c == nil || r.role != roleInvite || r.cseq != c.cseq || r.evidence == nil && !c.outside() {
		return
	}
	t.kept.Release(c.raw)
	c.raw, r.raw = r.raw, nil
	c.evidence, r.evidence = r.evidence, c.evidence
}

// outside reports whether the caller's address is a public one.
func (c *call) outside() bool { return outside(c.src.Addr()) }
