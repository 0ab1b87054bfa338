package timeline

import (
	"slices"
	"sort"
	"sync"
	"sync/atomic"
)

// maxEpochs bounds the list of epochs. After a capture has filled it, nothing is known of its clock, and so no duration is.
const maxEpochs = 1 << 16

// epoch holds how timestamps follow from packet time, from a time on.
type epoch struct {
	from    int64
	offset  int64 // timestamp minus time
	unknown bool  // the frame had no timestamp that can be read
	blind   bool  // timestamps are not to be shown: there are none that can be read, or they count from an unknown beginning
}

// Epochs holds what the timelines of all sources know about their clocks: nothing, as long as times are timestamps. The zero
// value is empty. Timelines add to it, and any goroutine may read it at any time. The sources of a live capture share the
// clock of the machine; a capture from files has one source.
type Epochs struct {
	mu   sync.Mutex
	list atomic.Pointer[[]epoch] // by time; its elements do not change
}

// all returns the list.
func (e *Epochs) all() []epoch {
	if list := e.list.Load(); list != nil {
		return *list
	}
	return nil
}

// Differs reports whether times may differ from timestamps.
func (e *Epochs) Differs() bool { return e.list.Load() != nil }

// add adds epochs that follow one another.
func (e *Epochs) add(more ...epoch) {
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
func (e *Epochs) at(t int64) epoch {
	list := e.all()
	i := sort.Search(len(list), func(i int) bool { return list[i].from > t })
	if i == 0 {
		return epoch{}
	}
	return list[i-1]
}

// Stamp returns the timestamp of a time. It returns 0, which in a record is an unknown time, only where the frames have no
// timestamps, or none that say when that was.
func (e *Epochs) Stamp(t int64) int64 {
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

// Apart reports whether the clock was set between two times, so that the duration between them is not known.
func (e *Epochs) Apart(a, b int64) bool {
	x, y := e.at(a), e.at(b)
	return x.offset != y.offset || x.unknown || y.unknown
}
