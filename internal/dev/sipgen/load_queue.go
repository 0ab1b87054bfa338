package sipgen

import "net/netip"

// queued is a message that lies ahead, or a frame that is ready; order breaks ties of time.
type queued struct {
	at       int64 // Unix nanoseconds
	order    uint64
	from, to netip.AddrPort // not valid: data is a whole frame
	id       uint16         // of the IP header
	data     []byte
	change   int // in the number of open calls
}

// queue is a heap by time, for container/heap.
type queue []queued

func (q queue) Len() int { return len(q) }
func (q queue) Less(i, j int) bool {
	if q[i].at != q[j].at {
		return q[i].at < q[j].at
	}
	return q[i].order < q[j].order
}
func (q queue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *queue) Push(x any)   { *q = append(*q, x.(queued)) }
func (q *queue) Pop() any {
	old := *q
	last := old[len(old)-1]
	old[len(old)-1] = queued{}
	*q = old[:len(old)-1]
	return last
}
