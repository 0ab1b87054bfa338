package session

import (
	"sipspan/decode/sip"
	"sipspan/session/evidence"
)

// keepRequest keeps of a request what its refusal may be about. Of most requests their own strings are enough, see sketch.
func (t *Table) keepRequest(m *sip.Message) []byte {
	if t.Explainer == nil {
		return nil
	}
	return t.Evidence.Request(m)
}

// keepResponse keeps a final response that is no 2xx.
func (t *Table) keepResponse(r *request, x *transaction, v *view) {
	if t.Explainer == nil || x.method != r.method {
		return
	}
	if r.evidence == nil {
		r.evidence = t.Evidence.NewRefusal()
	}
	passedOn := preference(true, v.m.Status) <= preference(true, r.evidence.Status())
	t.Evidence.KeepResponse(r.evidence, v.m, x.below, passedOn)
}

// inherit hands what is kept of an earlier try on to the next one of the same request.
func (t *Table) inherit(r *request, raw *[]byte, e *evidence.Refusal, final int64) {
	if !e.Failed() {
		return
	}
	if r.evidence == nil {
		r.evidence = t.Evidence.NewRefusal()
	}
	t.Evidence.Inherit(r.evidence, r.start, e, raw, final)
}

// follow gives a request what is kept of the earlier ones that it repeats.
func (t *Table) follow(r, earlier *request) {
	if earlier.method == r.method && earlier.role == r.role && earlier.cseq < r.cseq && earlier.final != 0 {
		t.inherit(r, &earlier.raw, earlier.evidence, earlier.final)
	}
}
