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
	place        uint32 // in the queue
	id           string
	record       record.Record
	announcement link.Announcement
	nonce        string // of a challenge or of credentials
	seq          uint64 // in which one tracker sent them
	first        int64  // when the record of a call was handed to the correlator, if that holds it back
}

// rank orders events of the same time: what others depend on comes first.
type rank uint8

const (
	rankChallenge rank = iota
	rankCredentials
	rankSighting
	rankRecord
)

// eventQueue is a heap of events by time, rank, kind and ID, in which each has up to four below it. What is the same in all of
// them is of one tracker and stays in the order in which that sent it. The heap itself holds no pointers: at the end of a
// capture every open call has a record of the same time, and moving these costs the garbage collector nothing. The memory of
// events that were handled is used again.
type eventQueue struct {
	heap   []queued
	events [][]event // by place, eventChunk of them together
	free   []uint32  // places of events that were handled
	seq    uint64
}

const eventChunk = 256

// queued is an event with what tells most of them apart.
type queued struct {
	at    int64
	order uint64 // rank, kind, and the first bytes of the ID
	place uint32
}

func (q *eventQueue) event(place uint32) *event {
	return &q.events[place/eventChunk][place%eventChunk]
}

func (q *eventQueue) less(a, b *queued) bool {
	switch {
	case a.at != b.at:
		return a.at < b.at
	case a.order != b.order:
		return a.order < b.order
	}
	return q.event(a.place).less(q.event(b.place))
}

// less orders events of the same time.
func (e *event) less(o *event) bool {
	return cmp.Or(cmp.Compare(e.rank, o.rank), cmp.Compare(e.kind, o.kind), strings.Compare(e.id, o.id),
		strings.Compare(e.nonce, o.nonce), cmp.Compare(e.seq, o.seq)) < 0
}

// order returns a number that is smaller for one of two events of the same time where less is, or the same.
func (e *event) order() uint64 {
	order := uint64(e.rank)<<4 | uint64(e.kind)
	for i := range 7 {
		order <<= 8
		if i < len(e.id) {
			order |= uint64(e.id[i])
		}
	}
	return order
}

// order returns the order of events at the time of the mark that come after it.
func (m Mark) order() uint64 {
	if m.ID == "" {
		return 0
	}
	e := event{rank: rankRecord, kind: record.KindCall, id: m.ID}
	return e.order()
}

// push adds an event for the caller to fill in, who calls settle then.
func (q *eventQueue) push(at int64, rank rank) *event {
	if len(q.free) == 0 {
		q.widen()
	}
	n := len(q.free) - 1
	e := q.event(q.free[n])
	q.free = q.free[:n]
	q.seq++
	e.at, e.rank, e.seq = at, rank, q.seq
	q.heap = append(q.heap, queued{at: at, place: e.place})
	return e
}

// widen makes room for more events.
func (q *eventQueue) widen() {
	first := uint32(len(q.events) * eventChunk)
	chunk := make([]event, eventChunk)
	q.events = append(q.events, chunk)
	for i := range chunk {
		chunk[i].place = first + uint32(i)
		q.free = append(q.free, first+eventChunk-1-uint32(i))
	}
}

// settle moves the event that was pushed last to its place.
func (q *eventQueue) settle() {
	i := len(q.heap) - 1
	e := q.heap[i]
	e.order = q.event(e.place).order()
	for i > 0 {
		parent := (i - 1) / 4
		if !q.less(&e, &q.heap[parent]) {
			break
		}
		q.heap[i] = q.heap[parent]
		i = parent
	}
	q.heap[i] = e
}

// before removes and returns the first event, if its time lies before the watermark, or is that and its order lies before the
// given one; it is to be released when it was handled.
func (q *eventQueue) before(watermark int64, order uint64) (first *event, ok bool) {
	if len(q.heap) == 0 || q.heap[0].at > watermark || q.heap[0].at == watermark && q.heap[0].order >= order {
		return nil, false
	}
	first = q.event(q.heap[0].place)
	last := len(q.heap) - 1
	e := q.heap[last]
	q.heap = q.heap[:last]
	if last == 0 {
		return first, true
	}
	i := 0
	for {
		least := 4*i + 1
		if least >= last {
			break
		}
		for other := least + 1; other < min(4*i+5, last); other++ {
			if q.less(&q.heap[other], &q.heap[least]) {
				least = other
			}
		}
		if !q.less(&q.heap[least], &e) {
			break
		}
		q.heap[i] = q.heap[least]
		i = least
	}
	q.heap[i] = e
	return first, true
}

// release takes back an event that was handled.
func (q *eventQueue) release(e *event) {
	place := e.place
	*e = event{place: place}
	q.free = append(q.free, place)
}
