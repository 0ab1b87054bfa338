package session

import (
	"sipspan/decode/sip"
)

const (
	// maxKept bounds what is kept of one message, in bytes.
	maxKept = 8 << 10
	// repeatTime is within which time requests that follow a refusal are repetitions of the same, nanoseconds.
	repeatTime = int64(10e9)
	// maxRounds bounds the challenges that are kept of one request.
	maxRounds = 8
)

// evidence is what is kept of a request that was not simply answered with a 2xx. It is rare and therefore apart.
type evidence struct {
	status   int    // of the response that is kept
	says     int    // how many header fields of it say why
	below    bool   // it was heard at a hop behind another one
	response []byte // owned
	rounds   []Round

	refused int64 // when the sender was first refused and tried again soon, 0 when it was not
	next    int64 // how soon it did, nanoseconds
	repeats int   // how often, up to now
}

// telling are the header fields with which an element says why.
var telling = [...]sip.HeaderID{
	sip.HeaderMSDiagnostics, sip.HeaderMSDiagnosticsPublic, sip.HeaderMSClientDiagnostics, sip.HeaderReason, sip.HeaderWarning,
	sip.HeaderRetryAfter,
}

// says counts the header fields of a message with which an element says why.
func says(m *sip.Message) (n int) {
	for _, id := range telling {
		if m.First(id) >= 0 {
			n++
		}
	}
	return n
}

// keep copies the header of a message into buf, if there is room.
func (t *Tracker) keep(buf []byte, m *sip.Message) []byte {
	if t.Explainer == nil {
		return buf[:0]
	}
	raw := m.Raw()
	raw = raw[:min(len(raw)-len(m.Body()), maxKept)]
	return t.account(append(t.buffer(buf, len(raw)), raw...))
}

// buffer returns an empty buffer: that one, or where that is none one that was kept before, or a new one of a size.
func (t *Tracker) buffer(buf []byte, size int) []byte {
	if cap(buf) > 0 {
		return buf[:0]
	}
	if n := len(t.spare); n > 0 {
		buf = t.spare[n-1]
		t.spare = t.spare[:n-1]
		return buf[:0]
	}
	return make([]byte, 0, size)
}

// account counts what is kept in buf, and returns it empty when that is too much.
func (t *Tracker) account(buf []byte) []byte {
	if t.kept+len(buf) > t.cfg.MaxEvidence {
		return buf[:0]
	}
	t.kept += len(buf)
	return buf
}

// let gives back what keep returned and returns it empty.
func (t *Tracker) let(buf []byte) []byte {
	t.kept -= len(buf)
	if cap(buf) > maxKept/2 {
		return nil
	}
	return buf[:0]
}

// keepResponse keeps a final response that is no 2xx, unless another hop has shown the same status with more to say.
func (t *Tracker) keepResponse(r *request, x *transaction, v *view) {
	if t.Explainer == nil || x.method != r.method {
		return
	}
	n := says(v.m)
	e := r.evidence
	if e == nil {
		e = t.newEvidence()
		r.evidence = e
	} else if e.status == v.m.Status && n <= e.says {
		return
	} else if e.status != 0 && e.status != v.m.Status && (x.below || !e.below && preference(true, v.m.Status) > preference(true, e.status)) {
		return // of another fork; what the sender is told comes later, or came before
	}
	e.status, e.says, e.below = v.m.Status, n, x.below
	e.response = t.keep(t.let(e.response), v.m)
}

// keepClosing keeps the CANCEL or BYE that ends a call when it says why. A BYE follows a CANCEL that came too late.
func (t *Tracker) keepClosing(c *call, v *view) {
	if t.Explainer != nil && says(v.m) > 0 && (len(c.closing) == 0 || v.m.Method == sip.BYE && c.bye == 0) {
		c.closing = t.keep(t.let(c.closing), v.m)
	}
}

// letBuffer gives back what keep returned for whoever keeps a message next.
func (t *Tracker) letBuffer(buf []byte) {
	if buf = t.let(buf); cap(buf) > 0 {
		t.spare = append(t.spare, buf)
	}
}

// letRound gives back the messages of a round.
func (t *Tracker) letRound(r *Round) {
	t.letBuffer(r.Request)
	t.letBuffer(r.Response)
	*r = Round{}
}

func (t *Tracker) newEvidence() *evidence {
	if n := len(t.freeEvidence); n > 0 {
		e := t.freeEvidence[n-1]
		t.freeEvidence = t.freeEvidence[:n-1]
		return e
	}
	return new(evidence)
}

// letEvidence gives back evidence, which may be nil.
func (t *Tracker) letEvidence(e *evidence) {
	if e == nil {
		return
	}
	response := t.let(e.response)
	for i := range e.rounds {
		t.letRound(&e.rounds[i])
	}
	*e = evidence{response: response, rounds: e.rounds[:0]}
	t.freeEvidence = append(t.freeEvidence, e)
}

// inherit hands what is kept of an earlier try on to the next one of the same request.
func (t *Tracker) inherit(r *request, raw *[]byte, e *evidence, final int64) {
	if e == nil || e.status < 300 {
		return
	}
	if r.evidence == nil {
		r.evidence = t.newEvidence()
	}
	own := r.evidence
	switch {
	case isChallenge(e.status):
		own.rounds = append(own.rounds, e.rounds...)
		e.rounds = e.rounds[:0]
		if len(own.rounds) == maxRounds {
			t.letRound(&own.rounds[0])
			own.rounds = append(own.rounds[:0], own.rounds[1:]...)
		}
		own.rounds = append(own.rounds, Round{Request: *raw, Response: e.response})
		*raw, e.response, e.status, e.says = nil, nil, 0, 0
	case e.status >= 400:
		own.refused, own.next, own.repeats = e.refused, e.next, e.repeats+1
		if e.refused == 0 || r.start-e.refused > repeatTime {
			own.refused, own.next, own.repeats = final, r.start-final, 1
		}
	}
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
// forgotten. except is the INVITE in hand.
func (c *call) attempted(except *request) (raw *[]byte, e *evidence) {
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
	c.raw, r.raw = r.raw, t.let(c.raw)
	c.evidence, r.evidence = r.evidence, c.evidence
}

// outside reports whether the caller's address is a public one.
func (c *call) outside() bool { return outside(c.src.Addr()) }
