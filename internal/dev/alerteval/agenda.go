package alerteval

import "sipspan/record"

// item is something that the engine will be told.
type item struct {
	signal record.Signal
	record record.Record // instead of the signal
}

// agenda holds what lies ahead, by time and, at the same time, in the order in which it was put in.
type agenda struct {
	heap  []entry
	items []item
	free  []uint32
	order uint64
}

type entry struct {
	at    int64
	order uint64
	slot  uint32
}

func (e *entry) before(o *entry) bool { return e.at < o.at || e.at == o.at && e.order < o.order }

// put returns a place for something that will be told at a time.
func (a *agenda) put(at int64) *item {
	slot := uint32(len(a.items))
	if n := len(a.free); n > 0 {
		slot, a.free = a.free[n-1], a.free[:n-1]
		a.items[slot] = item{}
	} else {
		a.items = append(a.items, item{})
	}
	a.order++
	a.heap = append(a.heap, entry{at, a.order, slot})
	h := a.heap
	for i := len(h) - 1; i > 0; {
		up := (i - 1) / 2
		if !h[i].before(&h[up]) {
			break
		}
		h[i], h[up] = h[up], h[i]
		i = up
	}
	return &a.items[slot]
}

// take returns the next thing that is told up to a time. It is valid until the next call.
func (a *agenda) take(upTo int64) (at int64, it *item, ok bool) {
	if len(a.heap) == 0 || a.heap[0].at > upTo {
		return 0, nil, false
	}
	h := a.heap
	first := h[0]
	h[0] = h[len(h)-1]
	h = h[:len(h)-1]
	a.heap = h
	for i := 0; ; {
		down := 2*i + 1
		if down >= len(h) {
			break
		}
		if down+1 < len(h) && h[down+1].before(&h[down]) {
			down++
		}
		if !h[down].before(&h[i]) {
			break
		}
		h[i], h[down] = h[down], h[i]
		i = down
	}
	a.free = append(a.free, first.slot)
	return first.at, &a.items[first.slot], true
}
