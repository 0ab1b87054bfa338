package hep

import (
	"encoding/binary"
	"sync"
)

// queue holds packets between those who receive them and the one who reads them. Its memory is two buffers: one is filled while the
// other one is read. Beside put and wait, which many goroutines call, its methods are for the reader.
type queue struct {
	limit int
	ready chan struct{} // there is something to read

	mu     sync.Mutex
	room   *sync.Cond // the buffer was taken, or the queue was closed
	fill   []byte
	closed bool

	reading []byte // the buffer in hand
	done    int    // how much of it was read
}

// mark is what stands before each packet in the buffers: when it came and its length.
const mark = 8 + 4

func newQueue(limit int) *queue {
	q := &queue{limit: limit / 2, ready: make(chan struct{}, 1)}
	q.room = sync.NewCond(&q.mu)
	return q
}

// put copies a packet into the queue, with the time that now returns. Where there is no room, it waits, or returns false. It also returns false
// after close.
func (q *queue) put(data []byte, wait bool, now func() int64) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	for !q.closed && len(q.fill) > 0 && len(q.fill)+mark+len(data) > q.limit {
		if !wait {
			return false
		}
		q.room.Wait()
	}
	if q.closed {
		return false
	}
	q.fill = binary.NativeEndian.AppendUint64(q.fill, uint64(now()))
	q.fill = binary.NativeEndian.AppendUint32(q.fill, uint32(len(data)))
	q.fill = append(q.fill, data...)
	select {
	case q.ready <- struct{}{}:
	default:
	}
	return true
}

// next returns the next packet and when it came. The bytes are borrowed until the next call.
func (q *queue) next() (data []byte, at int64, ok bool) {
	if q.done == len(q.reading) && !q.swap() {
		return nil, 0, false
	}
	b := q.reading[q.done:]
	at = int64(binary.NativeEndian.Uint64(b))
	end := mark + int(binary.NativeEndian.Uint32(b[8:]))
	q.done += end
	return b[mark:end:end], at, true
}

// swap takes the buffer that was filled. It returns false if that is empty.
func (q *queue) swap() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.fill) == 0 {
		return false
	}
	q.reading, q.fill = q.fill, q.reading[:0]
	q.done = 0
	q.room.Broadcast()
	return true
}

// close ends the waiting of put.
func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.room.Broadcast()
}
