package prometheus

import (
	"maps"
	"slices"
	"sync"

	dto "github.com/prometheus/client_model/go"

	"sipspan/record"
	"sipspan/session/stats"
)

// budget bounds the series of the families whose label sets depend on the traffic. A label set that got a series keeps it, and one
// that got none is counted under "other" from then on, so that every counter only rises. Several scrapes may use it at a time.
type budget struct {
	mu       sync.Mutex
	room     int
	admitted map[string][]*dto.LabelPair
	key      []byte
}

func newBudget(room int) *budget {
	return &budget{room: room, admitted: make(map[string][]*dto.LabelPair)}
}

// series returns the labels of the series that a label set of a family has, nil if it has none. They are shared.
func (b *budget) series(m *metric, labels []string) []*dto.LabelPair {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.key = append(b.key[:0], m.name...)
	for _, l := range labels {
		b.key = append(append(b.key, 0xff), l...) // no byte of valid UTF-8
	}
	pairs, ok := b.admitted[string(b.key)]
	if !ok && len(b.admitted) < b.room {
		pairs = m.pairs(labels)
		b.admitted[string(b.key)] = pairs
	}
	return pairs
}

// resize sets how many series there may be. Those that there are stay.
func (b *budget) resize(room int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.room = room
}

// folded is what a family has under "other".
type folded struct {
	count, sets uint64
	any         bool
}

// open writes one counter of a family that is under the budget.
func (o *output) open(m *metric, n stats.Counted, labels ...string) {
	if labels[len(labels)-1] != other {
		if pairs := o.budget.series(m, labels); pairs != nil {
			o.counter(m, n, pairs)
			return
		}
	}
	o.fold(m, n.N, 1)
}

// fold counts what so many label sets of a family count under "other".
func (o *output) fold(m *metric, n, sets uint64) {
	f := o.folded[m.name]
	f.count += n
	f.sets += sets
	f.any = true
	o.folded[m.name] = f
}

// closeBudget writes what families have under "other", and how many label sets that are.
func (o *output) closeBudget() {
	for _, m := range openFamilies {
		f := o.folded[m.name]
		if f.any {
			o.count(*m, f.count, slices.Repeat([]string{other}, len(m.labels))...)
		}
		o.count(seriesFolded, f.sets, m.name)
	}
}

// openFamilies are the families that share the budget.
var openFamilies []*metric

// openCounter is a counter whose label sets depend on the traffic. The last of its labels is "other" only in the label set of
// everything that has no series.
func openCounter(name, help string, labels ...string) *metric {
	m := counter(name, help, labels...)
	openFamilies = append(openFamilies, &m)
	return &m
}

// names writes counters by a name that may be hidden. Names with the same shown form are counted together.
func (o *output) names(m *metric, t *stats.Top, show func(string) string) {
	if t.Limit() == 0 {
		return
	}
	counts := map[string]uint64{}
	for name, n := range t.All {
		if show != nil {
			name = show(name)
		}
		name = record.Visible(name) // the format of the page escapes no control characters
		if name == "" {
			name = other
		}
		counts[name] += n
	}
	if t.Others() > 0 {
		counts[other] += t.Others()
	}
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		if name == other {
			o.fold(m, counts[name], 0) // hidden, not for lack of room
		} else {
			o.open(m, stats.Counted{N: counts[name]}, name)
		}
	}
}
