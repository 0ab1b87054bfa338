package store

// Arrivals holds sessions in the order of their arrival, for finding the oldest. A session leaves without a look at those
// beside it: it leaves a hole in the ring.
type Arrivals struct {
	ring       []Ref  // arrival n is at n modulo the length, a power of two
	begin, end uint64 // arrivals before begin have left, end is the next one; they count from 1
	size       int
}

// Add enters a session as the latest and returns the number of its arrival, which is never 0. It calls moved for sessions that
// get another number because holes were closed.
func (q *Arrivals) Add(ref Ref, moved func(ref Ref, from, to uint64)) uint64 {
	if q.end == 0 {
		q.begin, q.end = 1, 1
	}
	if q.end-q.begin == uint64(len(q.ring)) {
		q.widen(moved)
	}
	arrival := q.end
	q.ring[arrival&uint64(len(q.ring)-1)] = ref
	q.end++
	q.size++
	return arrival
}

// Renew makes a session the latest and returns its new number, as Add does.
func (q *Arrivals) Renew(arrival uint64, ref Ref, moved func(ref Ref, from, to uint64)) uint64 {
	if arrival == q.end-1 {
		return arrival
	}
	q.Remove(arrival)
	return q.Add(ref, moved)
}

// Replace gives a session another Ref.
func (q *Arrivals) Replace(arrival uint64, ref Ref) { q.ring[arrival&uint64(len(q.ring)-1)] = ref }

// Remove takes out a session.
func (q *Arrivals) Remove(arrival uint64) {
	mask := uint64(len(q.ring) - 1)
	q.ring[arrival&mask] = 0
	q.size--
	if arrival != q.begin {
		return
	}
	for q.begin < q.end && q.ring[q.begin&mask] == 0 {
		q.begin++
	}
}

// First returns the oldest session and the number of its arrival, 0 if there is none.
func (q *Arrivals) First() (ref Ref, arrival uint64) {
	if q.size == 0 {
		return 0, 0
	}
	return q.ring[q.begin&uint64(len(q.ring)-1)], q.begin
}

// Each calls f with every session, the oldest first. f may replace its Ref, and nothing else.
func (q *Arrivals) Each(f func(Ref)) {
	for n := q.begin; n < q.end; n++ {
		if ref := q.ring[n&uint64(len(q.ring)-1)]; ref != 0 {
			f(ref)
		}
	}
}

// Len returns how many sessions there are.
func (q *Arrivals) Len() int { return q.size }

// Bytes returns the memory that the ring occupies.
func (q *Arrivals) Bytes() int { return 4 * len(q.ring) }

// widen makes room in a ring that is full: by closing the holes where they are many, else by doubling it.
func (q *Arrivals) widen(moved func(ref Ref, from, to uint64)) {
	mask := uint64(len(q.ring) - 1)
	if q.size > 0 && len(q.ring) > 2*q.size {
		to := q.begin
		for from := q.begin; from < q.end; from++ {
			ref := q.ring[from&mask]
			q.ring[from&mask] = 0
			if ref == 0 {
				continue
			}
			q.ring[to&mask] = ref
			if to != from {
				moved(ref, from, to)
			}
			to++
		}
		q.end = to
		return
	}
	ring := make([]Ref, max(16, 2*len(q.ring)))
	for i := q.begin; i < q.end; i++ {
		ring[i&uint64(len(ring)-1)] = q.ring[i&mask]
	}
	q.ring = ring
}
