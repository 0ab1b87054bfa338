package session

import (
	"time"

	"sipspan/decode/sip"
	"sipspan/internal/wire"
	"sipspan/session/link"
	"sipspan/session/value"
)

// maxWaited bounds what a Retry-After is believed.
const maxWaited = int64(time.Hour)

// announceRefusal tells the correlator of a 503, or of a 500 with Retry-After, as its sender was told it: who tries the
// same again should wait.
func (u *CallUsage) announceRefusal(r *request, x *transaction, v *view) {
	status := v.m.Status
	if u.Explainer == nil || status != 503 && status != 500 || x.below || x.final != 0 || r.start == 0 {
		return
	}
	after := v.m.Header(sip.HeaderRetryAfter)
	if status == 500 && len(after) == 0 {
		return
	}
	o := link.Refusal{Method: r.method, Start: r.start, End: v.at}
	o.Wait = min(int64(max(value.Seconds(after), 0))*int64(time.Second), maxWaited)
	o.Same = link.Mix(uint64(r.method), link.HashAddr(x.src.Addr()), link.HashAddr(x.dst.Addr())+uint64(x.dst.Port()),
		wire.HashCallID(v.m.From().URI), wire.HashCallID(v.m.To().URI))
	u.Report(r.group.callID, 0, v.at, o)
}
