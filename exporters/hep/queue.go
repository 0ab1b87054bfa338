package hep

import (
	"sync"

	"sipspan/decode/hep"
)

// chunkSize is the memory of one chunk of a queue: room for the largest packet.
const chunkSize = 128 << 10

// chunk is packets one after the other; each begins with its own length.
type chunk struct {
	buf     []byte
	packets int
}

// queue holds packets for one destination. The newest packet is always kept: where there is no room, the oldest chunk makes some.
type queue struct {
	ready chan struct{} // there is something to send

	mu     sync.Mutex
	most   int      // chunks
	chunks []*chunk // the oldest first; the last one is being filled
	spare  *chunk
	queued int
	lost   uint64
}

func newQueue(bytes int) *queue {
	q := &queue{ready: make(chan struct{}, 1)}
	q.limit(bytes)
	return q
}

// limit sets how many bytes are queued at most. What is queued beyond that is lost, the oldest first.
func (q *queue) limit(bytes int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.most = max(bytes/chunkSize, 2)
	for len(q.chunks) > q.most {
		q.dropOldest()
	}
}

// dropOldest makes the memory of the oldest chunk free for other packets.
func (q *queue) dropOldest() {
	oldest := q.chunks[0]
	q.chunks = q.chunks[:copy(q.chunks, q.chunks[1:])]
	q.lost += uint64(oldest.packets)
	q.queued -= oldest.packets
	q.spare = oldest
}

// put adds a packet.
func (q *queue) put(p *hep.Packet) {
	q.mu.Lock()
	defer q.mu.Unlock()
	c := q.room()
	buf, ok := hep.Append(c.buf, p)
	if !ok {
		q.lost++ // larger than a packet can be
		return
	}
	c.buf = buf
	c.packets++
	q.queued++
	select {
	case q.ready <- struct{}{}:
	default:
	}
}

// room returns a chunk in which the largest packet has room.
func (q *queue) room() *chunk {
	if n := len(q.chunks); n > 0 && len(q.chunks[n-1].buf)+hep.MaxLength <= chunkSize {
		return q.chunks[n-1]
	}
	if len(q.chunks) >= q.most {
		q.dropOldest()
	}
	c := q.spare
	if q.spare = nil; c == nil {
		c = &chunk{buf: make([]byte, 0, chunkSize)}
	}
	c.buf, c.packets = c.buf[:0], 0
	q.chunks = append(q.chunks, c)
	return c
}

// take takes the oldest chunk out of the queue, nil if there is none. Its packets count as queued until they are done.
func (q *queue) take() *chunk {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.chunks) == 0 {
		return nil
	}
	c := q.chunks[0]
	q.chunks = q.chunks[:copy(q.chunks, q.chunks[1:])]
	return c
}

// done notes that a packet that was taken was sent, or lost.
func (q *queue) done(lost bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.queued--
	if lost {
		q.lost++
	}
}

// giveBack returns a chunk that was taken for the next packets.
func (q *queue) giveBack(c *chunk) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.spare = c
}

func (q *queue) counts() (queued int, lost uint64) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.queued, q.lost
}

func (q *queue) empty() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.chunks) == 0
}
