package pipeline

import (
	"slices"
	"sort"
	"sync"
	"sync/atomic"

	"sipspan/session"
)

// maxEpochs bounds the list of epochs. A capture that fills it has a clock of which nothing can be said: from then on no
// duration is known.
const maxEpochs = 1 << 16

// epoch says how the stamps of packets follow from the time of the pipeline, from a time on.
type epoch struct {
	from    int64
	offset  int64 // stamp less time
	unknown bool  // the packet had no stamp that can be read
	blind   bool  // nor had any packet before
}

// epochs is what all readers know of the clocks of their sources: nothing, as long as times are stamps. Readers add to it, and
// everybody may look at it at any time. The readers of a live capture share the clock of the machine; a capture from
// files has one reader.
type epochs struct {
	mu   sync.Mutex
	list atomic.Pointer[[]epoch] // by time; what is in it does not change
}

var _ session.Clock = (*epochs)(nil)

// all returns the list.
func (e *epochs) all() []epoch {
	if list := e.list.Load(); list != nil {
		return *list
	}
	return nil
}

// Differs reports whether times may differ from stamps.
func (e *epochs) Differs() bool { return e.list.Load() != nil }

// add adds epochs that follow one another.
func (e *epochs) add(more ...epoch) {
	e.mu.Lock()
	defer e.mu.Unlock()
	list := e.all()
	for _, x := range more {
		if len(list) >= maxEpochs {
			break
		}
		x.unknown = x.unknown || len(list) == maxEpochs-1
		if n := len(list); n == 0 || list[n-1].from < x.from {
			list = append(list, x) // beyond what others can see
			continue
		}
		i := sort.Search(len(list), func(i int) bool { return list[i].from > x.from })
		list = slices.Insert(slices.Clone(list), i, x)
	}
	e.list.Store(&list)
}

// at returns the epoch of a time.
func (e *epochs) at(t int64) epoch {
	list := e.all()
	i := sort.Search(len(list), func(i int) bool { return list[i].from > t })
	if i == 0 {
		return epoch{}
	}
	return list[i-1]
}

// Stamp implements record.Clock. It returns 0, which in a record is an unknown time, only where no packet had a stamp that
// can be read.
func (e *epochs) Stamp(t int64) int64 {
	x := e.at(t)
	stamp := t + x.offset
	switch {
	case x.blind:
		return 0
	case stamp == 0:
		return 1
	}
	return stamp
}

// Apart implements record.Clock.
func (e *epochs) Apart(a, b int64) bool {
	x, y := e.at(a), e.at(b)
	return x.offset != y.offset || x.unknown || y.unknown
}
