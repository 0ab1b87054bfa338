package transaction

import (
	"time"

	"github.com/cespare/xxhash/v2"

	"sipspan/decode/sip"
	"sipspan/session/value"
)

// BestRefusal reports whether no other top branch was refused with a response that would be passed on rather than that of x.
func (r *Request) BestRefusal(x *Transaction) bool {
	for i := range r.Transactions {
		y := &r.Transactions[i]
		if y != x && y.Method == r.Method && !y.Below && y.Final != 0 && Preference(true, int(y.Status)) < Preference(true, int(x.Status)) {
			return false
		}
	}
	return true
}

// BestKnown returns the transaction whose final response its sender received, or came nearest to it, nil if there was
// none.
func (r *Request) BestKnown() (best *Transaction) {
	for i := range r.Transactions {
		x := &r.Transactions[i]
		if x.Method != r.Method || x.Status == 0 {
			continue
		}
		if best == nil || x.nearer(best) {
			best = x
		}
	}
	return best
}

// WentOn reports whether the sender turned to another place after the refusal at a hop, so that this is not what it was
// told in the end.
func (r *Request) WentOn(refusal *Transaction) bool {
	n := r.Nearest()
	return n.Final == 0 && !value.Success(int(refusal.Status)) && n.Start >= refusal.Final
}

// nearer reports whether the final response of a hop shows more of what the sender received than that of another one.
func (x *Transaction) nearer(y *Transaction) bool {
	switch {
	case x.Below != y.Below:
		return !x.Below
	case x.Vias != y.Vias:
		return x.Vias < y.Vias
	}
	a, b := Preference(true, int(x.Status)), Preference(true, int(y.Status))
	return a < b || a == b && x.Final > y.Final
}

// Unanswered reports whether no response belongs to the request: none is awaited.
func (r *Request) Unanswered() bool { return r.Method == sip.BENOTIFY }

// Inside a dialog some refusals are the rule and no failure: a change of the session that met another one and is tried again
// a little later, and a request that was under way when the other side ended the dialog (RFC 5407).

const (
	// glareWait is how long a change of the session that was refused with 491 may take to be tried again: RFC 3261 section
	// 14.1 wants at most 4 s, and by then the other side's change may be in hand.
	glareWait = int64(10 * time.Second)
	// maxGlareAfter bounds the Retry-After of a 500 to a change that came too soon (RFC 3261 section 14.2).
	maxGlareAfter = 10
	// Flight is how long a final response may take to the caller, who sends requests in the early dialog up to then.
	Flight = int64(500 * time.Millisecond)
)

// Glare returns how long a change of the session that was refused with the response in hand may take to be tried again, 0
// when the refusal is no matter of time. A 491 shows it by itself; a 500 with Retry-After is one when the other change was seen.
func (r *Request) Glare(v *View) int64 {
	if !r.changesSession() || !r.Inside || !r.Captured() {
		return 0
	}
	switch r.Status {
	case 491:
		return glareWait
	case 500:
		if after := v.Seconds(sip.HeaderRetryAfter); 0 <= after && after <= maxGlareAfter && r.meetsChange() {
			return int64(after)*int64(time.Second) + glareWait
		}
	}
	return 0
}

// meetsChange reports whether another change of the session was open when the request was on its way.
func (r *Request) meetsChange() bool {
	for _, x := range r.Group.Requests {
		if x == r || x.Method != sip.INVITE && x.Method != sip.UPDATE && x.Method != sip.PRACK {
			continue
		}
		if x.Start <= r.Final && (x.Final == 0 || x.Final >= r.Start) {
			return true
		}
	}
	return false
}

// changesSession reports whether the request is a re-INVITE or an UPDATE.
func (r *Request) changesSession() bool {
	return r.Role == RoleOther && (r.Method == sip.INVITE || r.Method == sip.UPDATE)
}

// Captured reports whether the request itself was, and not only a response to it. An INVITE of a call has no text of its own.
func (r *Request) Captured() bool { return r.Content != nil && r.URI.Len > 0 }

// MayHaveCrossed reports whether a request of a dialog that was not captured was refused as one is that meets another of
// the other side. It is not known when it was sent, so that nothing shows that it failed.
func (r *Request) MayHaveCrossed() bool {
	return r.First == 0 && !r.Adopted && r.Inside && (r.Status == 481 || r.Status == 491)
}

// TargetOf returns a hash of what decides where a request goes: Request-URI and Route. A loop has the same again (RFC 3261
// section 16.3 step 4); in a spiral another Request-URI brings the request to the same place (section 6).
func TargetOf(v *View) uint64 {
	h := xxhash.Sum64(v.Message.RequestURI())
	for i := v.Message.First(sip.HeaderRoute); i >= 0; i = v.Message.Next(i) {
		h = h*0x9e3779b97f4a7c15 + xxhash.Sum64(v.Message.Value(i))
	}
	return h
}

// NoteLoop notices when a request that comes to a further hop went the same way there twice before, to the same target: it
// goes in circles. Twice alone may be two services of one server. Where a request was captured first its target is not noted,
// so that such a loop is noticed one round later.
func (r *Request) NoteLoop(x *Transaction) {
	same := 0
	for i := range r.Transactions {
		y := &r.Transactions[i]
		if y.Method == x.Method && y.Vias < x.Vias && y.Target == x.Target && y.Src.Addr() == x.Src.Addr() && y.Dst == x.Dst {
			same++
		}
	}
	r.Looped = r.Looped || same >= 2
}
