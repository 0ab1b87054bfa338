package evidence

import (
	"time"

	"sipspan/decode/sip"
)

const (
	// RepeatTime is the time within which requests after a refusal repeat the refused one, in nanoseconds.
	RepeatTime = int64(10e9)
	// maxRounds bounds the challenges that are kept of one request.
	maxRounds = 8
)

// Refusal is what is kept of a request that was not simply answered with a 2xx.
type Refusal struct {
	status   int    // of the response that is kept
	says     int    // how many header fields of it say why
	below    bool   // it was seen at a hop after another one
	response []byte // of the store
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

// Says counts the header fields of a message with which an element says why.
func Says(m *sip.Message) (n int) {
	for _, id := range telling {
		if m.First(id) >= 0 {
			n++
		}
	}
	return n
}

// Status returns the status of the response that is kept, 0 for none.
func (r *Refusal) Status() int { return r.status }

// Failed reports whether the response that is kept is one other than 1xx and 2xx. A nil refusal has none.
func (r *Refusal) Failed() bool { return r != nil && r.status >= 300 }

// KeepResponse keeps a final response that is no 2xx, unless another hop has shown the same status with more to say.
// below is whether the hop comes after another one. passedOn is whether a proxy that has this response and the one that
// is kept passes this one on.
func (s *Store) KeepResponse(r *Refusal, m *sip.Message, below, passedOn bool) {
	n := Says(m)
	switch {
	case r.status == m.Status && n <= r.says:
		return
	case r.status != 0 && r.status != m.Status && (below || !r.below && !passedOn):
		return // of another fork: the response that the sender receives comes later, or came before
	}
	r.status, r.says, r.below = m.Status, n, below
	s.Release(r.response)
	r.response = s.Header(m)
}

// Inherit gives a request, whose refusal is r and which was sent at start, what is kept of the earlier try that it
// repeats. final is when that was refused, and request its message. What r takes over is no longer the earlier one's.
func (s *Store) Inherit(r *Refusal, start int64, earlier *Refusal, request *[]byte, final int64) {
	switch {
	case earlier.status == 401, earlier.status == 407:
		r.rounds = append(r.rounds, earlier.rounds...)
		earlier.rounds = earlier.rounds[:0]
		for len(r.rounds) >= maxRounds {
			s.releaseRound(&r.rounds[0])
			r.rounds = append(r.rounds[:0], r.rounds[1:]...)
		}
		r.rounds = append(r.rounds, Round{Request: *request, Response: earlier.response})
		*request, earlier.response, earlier.status, earlier.says = nil, nil, 0, 0
	case earlier.status >= 400:
		r.refused, r.next, r.repeats = earlier.refused, earlier.next, earlier.repeats+1
		if earlier.refused == 0 || start-earlier.refused > RepeatTime {
			r.refused, r.next, r.repeats = final, start-final, 1
		}
	}
}

// AddRefusal adds to a case what is kept of its request, whose Start and Request the case has already; nil is nothing.
// The last round is that of the request itself. The case borrows the messages.
func (c *Case) AddRefusal(r *Refusal) {
	if r == nil {
		return
	}
	c.Response = r.response
	c.Retry.Next, c.Retry.Requests = time.Duration(r.next), r.repeats
	if r.refused != 0 {
		c.Retry.Within = time.Duration(c.Start - r.refused)
	}
	if len(r.rounds) > 0 {
		c.Rounds = append(append(c.Rounds, r.rounds...), Round{Request: c.Request, Response: r.response})
	}
}
