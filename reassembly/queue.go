package reassembly

import "sipspan/internal/invariants"

// queue is what is held back in one direction: bytes the handler left (kept),
// and segments that came before those they follow (held).
type queue struct {
	way *direction

	buf     []byte // the buffer of kept
	kept    []byte // a tail of buf
	partial link[queue]

	held    []segment // ascending by sequence number, apart from each other
	memory  int       // capacity of their buffers
	gap     link[queue]
	gapAt   uint32 // the place the stream waits at
	gapFrom int64  // since when
}

// segment is a copy of bytes that came too early.
type segment struct {
	seq  uint32
	data []byte
}

// end returns the sequence number after the segment.
func (g *segment) end() uint32 { return g.seq + uint32(len(g.data)) }

// maxSegments bounds the work a sender of tiny segments can make.
const maxSegments = 1024

// queueOf returns the queue of d, a new one if it has none.
func (s *Streams) queueOf(d *direction) *queue {
	if d.queue != nil {
		return d.queue
	}
	var q *queue
	if n := len(s.freeQueues); n > 0 {
		q, s.freeQueues = s.freeQueues[n-1], s.freeQueues[:n-1]
	} else {
		q = new(queue)
		q.partial.owner, q.gap.owner = q, q
	}
	q.way = d
	d.queue = q
	return q
}

// maxFreeQueues bounds the queues that wait for use.
const maxFreeQueues = 1024

// release gives the queue of d and all it holds back.
func (s *Streams) release(d *direction) {
	q := d.queue
	if q == nil {
		return
	}
	s.dropKept(q)
	for i := range q.held {
		s.buffers.put(q.held[i].data)
	}
	clear(q.held)
	q.held, q.memory = q.held[:0], 0
	q.gap.leave()
	q.way, d.queue = nil, nil
	if len(s.freeQueues) < maxFreeQueues {
		s.freeQueues = append(s.freeQueues, q)
	}
}

// keep appends data to the bytes that are kept.
func (s *Streams) keep(q *queue, data []byte) {
	if len(q.buf)+len(data) > cap(q.buf) {
		if n := len(q.kept) + len(data); n > cap(q.buf) {
			larger := append(s.buffers.get(n), q.kept...)
			s.buffers.put(q.buf)
			q.buf = larger
		} else { // there is room in front
			q.buf = q.buf[:copy(q.buf[:cap(q.buf)], q.kept)]
		}
		q.kept = q.buf
	}
	front := len(q.buf) - len(q.kept)
	q.buf = append(q.buf, data...)
	q.kept = q.buf[front:]
	s.partials.push(&q.partial)
}

// take strips n bytes that the handler is done with. Checking builds move the
// rest, as what was shown is borrowed no longer.
func (s *Streams) take(q *queue, n int) {
	if n == len(q.kept) {
		s.dropKept(q)
		return
	}
	q.kept = q.kept[n:]
	if invariants.Enabled {
		moved := append(s.buffers.get(len(q.kept)), q.kept...)
		s.buffers.put(q.buf)
		q.buf, q.kept = moved, moved
	}
}

// dropKept gives the buffer of the kept bytes back.
func (s *Streams) dropKept(q *queue) {
	s.buffers.put(q.buf)
	q.buf, q.kept = nil, nil
	q.partial.leave()
}

// insert copies those bytes of data that are not held yet: of bytes that came
// twice the first stay. It returns whether there were any.
func (s *Streams) insert(q *queue, seq uint32, data []byte) (fresh bool) {
	i := len(q.held)
	for i > 0 && int32(q.held[i-1].seq-seq) > 0 {
		i--
	}
	if i > 0 { // what the segment before covers
		if over := int32(q.held[i-1].end() - seq); over > 0 {
			if int(over) >= len(data) {
				return false
			}
			seq, data = seq+uint32(over), data[over:]
		}
	}
	for len(data) > 0 {
		part := data
		if i < len(q.held) {
			if room := int(int32(q.held[i].seq - seq)); room < len(part) {
				part = part[:room]
			}
		}
		if len(part) > 0 {
			i = s.insertAt(q, i, seq, part)
			fresh = true
		}
		seq, data = seq+uint32(len(part)), data[len(part):]
		if len(data) == 0 || i == len(q.held) {
			break
		}
		n := min(len(q.held[i].data), len(data)) // covered by the next segment
		seq, data = seq+uint32(n), data[n:]
		i++
	}
	return fresh
}

// insertAt holds part before held[i], joined to the segment before it when that
// ends here and has room. It returns the index of the next segment.
func (s *Streams) insertAt(q *queue, i int, seq uint32, part []byte) int {
	if i > 0 {
		if b := &q.held[i-1]; b.end() == seq && len(b.data)+len(part) <= cap(b.data) {
			b.data = append(b.data, part...)
			return i
		}
	}
	buf := append(s.buffers.get(len(part)), part...)
	q.memory += cap(buf)
	q.held = append(q.held, segment{})
	copy(q.held[i+1:], q.held[i:])
	q.held[i] = segment{seq: seq, data: buf}
	return i + 1
}

// pop takes the first segment out. The caller gives its buffer back.
func (q *queue) pop() segment {
	g := q.held[0]
	n := copy(q.held, q.held[1:])
	q.held[n] = segment{}
	q.held = q.held[:n]
	q.memory -= cap(g.data)
	return g
}
