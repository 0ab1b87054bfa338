package session

import (
	"sipspan/decode/sip"
	"sipspan/internal/wire"
	"sipspan/session/value"
)

// bestRefusal reports whether no other top branch was refused with a response that would be passed on rather than that of x.
func (r *request) bestRefusal(x *transaction) bool {
	for i := range r.transactions {
		y := &r.transactions[i]
		if y != x && y.method == r.method && !y.below && y.final != 0 && preference(true, int(y.status)) < preference(true, int(x.status)) {
			return false
		}
	}
	return true
}

// bestKnown returns the transaction whose final response its sender was told, or came nearest to it, nil if there was
// none.
func (r *request) bestKnown() (best *transaction) {
	for i := range r.transactions {
		x := &r.transactions[i]
		if x.method != r.method || x.status == 0 {
			continue
		}
		if best == nil || x.nearer(best) {
			best = x
		}
	}
	return best
}

// wentOn reports whether the sender turned to another place after the refusal at a hop, so that this is not what it was
// told in the end.
func (r *request) wentOn(refusal *transaction) bool {
	n := r.nearest()
	return n.final == 0 && !value.Success(int(refusal.status)) && n.start >= refusal.final
}

// nearer reports whether the final response of a hop tells more of what the sender was told than that of another one.
func (x *transaction) nearer(y *transaction) bool {
	switch {
	case x.below != y.below:
		return !x.below
	case x.vias != y.vias:
		return x.vias < y.vias
	}
	a, b := preference(true, int(x.status)), preference(true, int(y.status))
	return a < b || a == b && x.final > y.final
}

// unseen reports whether a request without any response may have had one that was not captured: over UDP its sender
// repeats what is not answered (RFC 3261 section 17.1.2.2, Timer E), and it did not, though the network did not tell it
// to give up.
func (t *Table) unseen(r *request, at int64) bool {
	n := r.nearest()
	return r.status == 0 && r.repeats == 0 && n.transport == wire.UDP && !n.wasAnswered() && at-r.start >= 2*int64(t.Config.T1) &&
		r.first != 0 && !r.unanswered() && len(t.eventsAbout(nil, r, r.start, at)) == 0
}

// unanswered reports whether no response belongs to the request: nobody waits for one.
func (r *request) unanswered() bool { return r.method == sip.BENOTIFY }
