package session

import (
	"github.com/cespare/xxhash/v2"

	"sipspan/decode/sip"
)

// crossesEnd reports whether a request was answered 481 because it was under way when the other side ended the dialog: by
// a BYE that had not been answered when the request was sent, or, in an early dialog, by the final response to the INVITE.
func crossesEnd(r *request) bool {
	if r.status != 481 || !r.inside || !r.captured() {
		return false
	}
	other := xxhash.Sum64(r.text.Of(r.toTag))
	for _, x := range r.group.requests {
		if x.method == sip.BYE && x != r && x.sender == other && x.start <= r.final && (x.final == 0 || r.start <= x.final) {
			return true
		}
	}
	if c := callIn(r.group); c != nil && c.decided() {
		h := &c.hops[c.origin]
		return h.status >= 300 && r.start <= h.final+flight && h.final <= r.final
	}
	return false
}

// judge looks at what else goes on in the dialog when a request is refused: by the time its record is written that may be
// forgotten.
func judge(r *request) {
	r.crossed = crossesEnd(r)
	c := callIn(r.group)
	r.outlived = r.status == 481 && r.inside && !r.crossed && r.method != sip.BYE && c != nil && c.byeDone != 0 && c.byeDone < r.start
}
