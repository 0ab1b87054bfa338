package session

import (
	"time"

	"sipspan/decode/sip"
)

// Inside a dialog some refusals are the rule and no failure: a change of the session that met another one and is tried again
// a little later, and a request that was under way when the other side ended the dialog (RFC 5407).

const (
	// glareWait is how long a change of the session that was refused with 491 may take to be tried again: RFC 3261 section
	// 14.1 wants at most 4 s, and by then the other side's change may be in hand.
	glareWait = int64(10 * time.Second)
	// maxGlareAfter bounds the Retry-After of a 500 to a change that came too soon (RFC 3261 section 14.2).
	maxGlareAfter = 10
	// flight is how long a final response may take to the caller, who sends requests in the early dialog up to then.
	flight = int64(500 * time.Millisecond)
)

// glare returns how long a change of the session that was refused with the response in hand may take to be tried again, 0
// when the refusal is no matter of time. A 491 says so itself; a 500 with Retry-After is one when the other change was seen.
func (r *request) glare(v *view) int64 {
	if !r.changesSession() || !r.inside || !r.captured() {
		return 0
	}
	switch r.status {
	case 491:
		return glareWait
	case 500:
		if after := v.seconds(sip.HeaderRetryAfter); 0 <= after && after <= maxGlareAfter && r.meetsChange() {
			return int64(after)*int64(time.Second) + glareWait
		}
	}
	return 0
}

// meetsChange reports whether another change of the session was open when the request was on its way.
func (r *request) meetsChange() bool {
	for _, x := range r.group.requests {
		if x == r || x.method != sip.INVITE && x.method != sip.UPDATE && x.method != sip.PRACK {
			continue
		}
		if x.start <= r.final && (x.final == 0 || x.final >= r.start) {
			return true
		}
	}
	return false
}

// changesSession reports whether the request is a re-INVITE or an UPDATE.
func (r *request) changesSession() bool {
	return r.role == roleOther && (r.method == sip.INVITE || r.method == sip.UPDATE)
}

// captured reports whether the request itself was, and not only a response to it. An INVITE of a call has no text of its own.
func (r *request) captured() bool { return r.content != nil && r.uri.Len > 0 }

// settleGlare ends the wait of changes that met another: the sender of r tries one again. Without r the dialog ends before it
// came to that.
func (t *Table) settleGlare(g *group, r *request, at int64) {
	for _, x := range g.requests {
		if x.glared && x.progress == declined && (r == nil || r.changesSession() && r.sender == x.sender && r.cseq > x.cseq) {
			t.writeGlare(x, at)
			t.linger(x, at)
			x.glared = false
		}
	}
}

// writeGlare writes the transaction of a change that met another, where all are written.
func (t *Table) writeGlare(r *request, at int64) {
	if t.Config.AllTransactions {
		t.writeTransaction(r, at)
	}
}

// mayHaveCrossed reports whether a request of a dialog that was not captured was refused as one is that meets another of
// the other side. Nobody knows when it was sent, so that nothing says that it failed.
func (r *request) mayHaveCrossed() bool {
	return r.first == 0 && !r.adopted && r.inside && (r.status == 481 || r.status == 491)
}
