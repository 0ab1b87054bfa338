package correlate

import (
	"cmp"
	"strings"

	"sipspan/record"
	"sipspan/session/link"
)

// event is something that the correlator handles when the watermark has passed its time.
type event struct {
	at           int64
	rank         rank
	kind         record.Kind
	id           string
	record       record.Record
	announcement link.Announcement
	nonce        string         // of a challenge or of credentials
	challenge    *openChallenge // of rankForget
	seq          uint64         // in which one tracker sent them
	first        int64          // when the record of a call was handed to the correlator, if that holds it back
}

// rank orders events of the same time: what others depend on comes first.
type rank uint8

const (
	rankChallenge rank = iota
	rankCredentials
	rankSighting
	rankRecord
	rankForget
)

// eventQueue is a heap of events by time, rank, kind and ID. What is the same in all of them is of one tracker and stays
// in the order in which that sent it. Events that were handled are used again.
type eventQueue struct {
	heap []queued
	free []*event
	seq  uint64
}

// queued is an event with its time, which alone tells most of them apart.
type queued struct {
	at int64
	*event
}

func (e *queued) less(o *queued) bool {
	if e.at != o.at {
		return e.at < o.at
	}
	return e.event.less(o.event)
}

// less orders events of the same time.
func (e *event) less(o *event) bool {
	return cmp.Or(cmp.Compare(e.rank, o.rank), cmp.Compare(e.kind, o.kind), strings.Compare(e.id, o.id),
		strings.Compare(e.nonce, o.nonce), cmp.Compare(e.seq, o.seq)) < 0
}

// push adds an event for the caller to fill in, who calls settle then.
func (q *eventQueue) push(at int64, rank rank) *event {
	var e *event
	if n := len(q.free); n > 0 {
		e = q.free[n-1]
		q.free = q.free[:n-1]
	} else {
		e = new(event)
	}
	q.seq++
	e.at, e.rank, e.seq = at, rank, q.seq
	q.heap = append(q.heap, queued{at, e})
	return e
}

// settle moves the event that was pushed last to its place.
func (q *eventQueue) settle() {
	i := len(q.heap) - 1
	e := q.heap[i]
	for i > 0 {
		parent := (i - 1) / 2
		if !e.less(&q.heap[parent]) {
			break
		}
		q.heap[i] = q.heap[parent]
		i = parent
	}
	q.heap[i] = e
}

// before removes and returns the first event, if its time lies before the watermark; it is to be let go when it was
// handled.
func (q *eventQueue) before(watermark int64) (first *event, ok bool) {
	if len(q.heap) == 0 || q.heap[0].at >= watermark {
		return nil, false
	}
	first = q.heap[0].event
	last := len(q.heap) - 1
	e := q.heap[last]
	q.heap[last] = queued{}
	q.heap = q.heap[:last]
	if last == 0 {
		return first, true
	}
	i := 0
	for {
		least := 2*i + 1
		if least >= last {
			break
		}
		if least+1 < last && q.heap[least+1].less(&q.heap[least]) {
			least++
		}
		if !q.heap[least].less(&e) {
			break
		}
		q.heap[i] = q.heap[least]
		i = least
	}
	q.heap[i] = e
	return first, true
}

// let takes back an event that was handled.
func (q *eventQueue) let(e *event) {
	*e = event{}
	q.free = append(q.free, e)
}
