package session

import (
	"cmp"
	"container/heap"
	"strings"

	"sipspan/decode/sip"
	"sipspan/record"
)

// The relations between two calls of which the second is the retry of the first after a challenge.
const (
	RelationChallengedRetry = "challenged_retry" // on the challenged call: the call that tried again
	RelationChallengedTry   = "challenged_try"   // on the call that tried again: the challenged one
)

// maxPairs bounds the calls that are known to be a second try and whose record is still to come.
const maxPairs = 1 << 16

// Correlator takes what all trackers emit and announce and hands on the records in one order: by the packet time of
// their end, the same for any number of trackers. It holds back auth_failed calls until it is sure that no other Call-ID
// tried again with the same nonce. It has one owner and no locks.
type Correlator struct {
	cfg      Config
	out      func(record.Record)
	counters Counters

	events    eventQueue
	held      map[string]*heldCall // by Call-ID
	byNonce   map[string][]*heldCall
	announced map[string][]Announcement // by nonce
	pairs     map[string]string         // Call-ID of the second try → that of the challenged call
	pairOrder []string
}

// NewCorrelator returns a correlator that hands finished records to out.
func NewCorrelator(cfg Config, out func(record.Record)) *Correlator {
	return &Correlator{
		cfg:       cfg,
		out:       out,
		held:      make(map[string]*heldCall),
		byNonce:   make(map[string][]*heldCall),
		announced: make(map[string][]Announcement),
		pairs:     make(map[string]string),
	}
}

var _ Sink = (*Correlator)(nil)

// Counters returns what was counted of the records handed on. It belongs to the owner of the correlator.
func (c *Correlator) Counters() *Counters { return &c.counters }

// Emit implements Sink. The time must not lie before the last watermark.
func (c *Correlator) Emit(at int64, r record.Record) {
	e := &event{at: at, rank: rankRecord, kind: r.Kind(), id: r.Head().ID, record: r}
	if call, ok := r.(*record.Call); ok && call.Disposition == record.AuthFailed {
		e.rank = rankChallenged
	}
	heap.Push(&c.events, e)
}

// Announce implements Sink.
func (c *Correlator) Announce(at int64, a Announcement) {
	heap.Push(&c.events, &event{at: at, rank: rankAnnouncement, id: a.CallID, announcement: &a})
}

// Advance handles everything from before the watermark: every tracker has been handed all messages up to that time.
func (c *Correlator) Advance(watermark int64) {
	for len(c.events) > 0 && c.events[0].at < watermark {
		c.handle(heap.Pop(&c.events).(*event))
	}
}

// Close handles all that is left.
func (c *Correlator) Close() {
	for len(c.events) > 0 {
		c.handle(heap.Pop(&c.events).(*event))
	}
}

func (c *Correlator) handle(e *event) {
	switch {
	case e.announcement != nil:
		c.announce(e)
	case e.rank == rankForget:
		c.forget(e.id, e.callID)
	case e.rank == rankRelease:
		if h := c.held[e.callID]; h != nil && h.call.ID == e.id {
			c.release(h)
		}
	case e.rank == rankChallenged:
		c.challenge(e)
	default:
		c.pass(e.record)
	}
}

// announce looks whether an announced call is the second try of one that is held, and else remembers it.
func (c *Correlator) announce(e *event) {
	a := *e.announcement
	for _, h := range c.byNonce[a.Nonce] {
		if h.answeredBy(a, int64(c.cfg.ChallengeWindow)) {
			c.join(h, a)
			c.release(h)
			return
		}
	}
	c.announced[a.Nonce] = append(c.announced[a.Nonce], a)
	// The challenged call is emitted when its linger is over, or when the capture ends.
	keep := a.Time + int64(c.cfg.Linger+c.cfg.ChallengeWindow)
	heap.Push(&c.events, &event{at: keep, rank: rankForget, id: a.Nonce, callID: a.CallID})
}

func (c *Correlator) forget(nonce, callID string) {
	list := c.announced[nonce]
	for i := range list {
		if list[i].CallID == callID {
			list = append(list[:i], list[i+1:]...)
			break
		}
	}
	if len(list) == 0 {
		delete(c.announced, nonce)
	} else {
		c.announced[nonce] = list
	}
}

// challenge looks whether a call that ended in a challenge was tried again, and else holds it.
func (c *Correlator) challenge(e *event) {
	h := &heldCall{call: e.record.(*record.Call)}
	if old := c.held[h.call.CallID]; old != nil {
		c.release(old)
	}
	for _, nonce := range h.call.ChallengeNonces {
		for _, a := range c.announced[nonce] {
			if h.answeredBy(a, int64(c.cfg.ChallengeWindow)) {
				c.join(h, a)
				// Held all the same, for an instant: its failure record follows and must find it.
				break
			}
		}
	}
	c.held[h.call.CallID] = h
	until := h.call.End + int64(c.cfg.ChallengeWindow)
	if h.joined || until < e.at {
		until = e.at
	}
	for _, nonce := range h.call.ChallengeNonces {
		c.byNonce[nonce] = append(c.byNonce[nonce], h)
	}
	heap.Push(&c.events, &event{at: until, rank: rankRelease, id: h.call.ID, callID: h.call.CallID})
}

// join makes a held call a challenged one.
func (c *Correlator) join(h *heldCall, a Announcement) {
	if h.joined {
		return
	}
	h.joined = true
	h.call.Disposition = record.Challenged
	h.call.Challenged = true
	h.call.Cause = nil
	h.call.Related = append(h.call.Related, record.Related{Relation: RelationChallengedRetry, CallID: a.CallID})
	if _, known := c.pairs[a.CallID]; !known {
		if len(c.pairOrder) >= maxPairs {
			delete(c.pairs, c.pairOrder[0])
			c.pairOrder = c.pairOrder[1:]
		}
		c.pairOrder = append(c.pairOrder, a.CallID)
	}
	c.pairs[a.CallID] = h.call.CallID
}

// release hands on a held call and, unless it was tried again, its failure.
func (c *Correlator) release(h *heldCall) {
	delete(c.held, h.call.CallID)
	for _, nonce := range h.call.ChallengeNonces {
		list := c.byNonce[nonce]
		for i := range list {
			if list[i] == h {
				list = append(list[:i], list[i+1:]...)
				break
			}
		}
		if len(list) == 0 {
			delete(c.byNonce, nonce)
		} else {
			c.byNonce[nonce] = list
		}
	}
	c.write(h.call)
	if h.failure != nil && !h.joined {
		c.write(h.failure)
	}
}

// pass hands on any other record, or keeps the failure of a held call with it.
func (c *Correlator) pass(r record.Record) {
	switch r := r.(type) {
	case *record.Failure:
		if h := c.held[r.CallID]; h != nil && h.failure == nil && challengedInvite(r) {
			h.failure = r
			return
		}
	case *record.Call:
		if challenged, ok := c.pairs[r.CallID]; ok {
			delete(c.pairs, r.CallID)
			r.Challenged = true
			r.Related = append(r.Related, record.Related{Relation: RelationChallengedTry, CallID: challenged})
		}
	}
	c.write(r)
}

func (c *Correlator) write(r record.Record) {
	c.counters.Count(r)
	c.out(r)
}

func challengedInvite(f *record.Failure) bool {
	return (f.Status == 401 || f.Status == 407) && f.Method == sip.INVITE.String()
}

// heldCall is an auth_failed call that may still turn out to have been tried again.
type heldCall struct {
	call    *record.Call
	failure *record.Failure
	joined  bool
}

// answeredBy reports whether an announced call is the second try of h.
func (h *heldCall) answeredBy(a Announcement, window int64) bool {
	return a.CallID != h.call.CallID && a.From == h.call.From.URI && a.Time >= h.call.End && a.Time <= h.call.End+window
}

// event is something that the correlator handles when the watermark has passed its time.
type event struct {
	at           int64
	rank         rank
	kind         record.Kind
	id           string
	callID       string
	record       record.Record
	announcement *Announcement
}

// rank orders events of the same time: what others depend on comes first.
type rank uint8

const (
	rankAnnouncement rank = iota
	rankChallenged
	rankRecord
	rankRelease
	rankForget
)

// eventQueue is a heap of events by time, rank, kind and ID.
type eventQueue []*event

func (q eventQueue) Len() int { return len(q) }
func (q eventQueue) Less(i, j int) bool {
	a, b := q[i], q[j]
	return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.rank, b.rank), cmp.Compare(a.kind, b.kind),
		strings.Compare(a.id, b.id), strings.Compare(a.callID, b.callID)) < 0
}
func (q eventQueue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *eventQueue) Push(x any)   { *q = append(*q, x.(*event)) }
func (q *eventQueue) Pop() any {
	old := *q
	e := old[len(old)-1]
	old[len(old)-1] = nil
	*q = old[:len(old)-1]
	return e
}
