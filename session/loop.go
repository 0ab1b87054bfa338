package session

import (
	"github.com/cespare/xxhash/v2"

	"sipspan/decode/sip"
)

// targetOf returns a hash of what decides where a request goes: Request-URI and Route. A loop has the same again (RFC 3261
// section 16.3 step 4); in a spiral another Request-URI brings the request to the same place (section 6).
func targetOf(v *view) uint64 {
	h := xxhash.Sum64(v.m.RequestURI())
	for i := v.m.First(sip.HeaderRoute); i >= 0; i = v.m.Next(i) {
		h = h*0x9e3779b97f4a7c15 + xxhash.Sum64(v.m.Value(i))
	}
	return h
}

// noteLoop notices when a request that comes to a further hop went the same way there twice before, to the same target: it
// goes in circles. Twice alone may be two services of one server. Where a request was captured first its target is not noted,
// so that such a loop is noticed one round later.
func (r *request) noteLoop(x *transaction) {
	same := 0
	for i := range r.transactions {
		y := &r.transactions[i]
		if y.method == x.method && y.vias < x.vias && y.target == x.target && y.src.Addr() == x.src.Addr() && y.dst == x.dst {
			same++
		}
	}
	r.looped = r.looped || same >= 2
}
