package report

import (
	"cmp"
	"slices"

	"sipspan/record"
)

// maxNames bounds the different names of a tally, because names come from the wire.
const maxNames = 256

// tally counts by name.
type tally[K cmp.Ordered] struct {
	counts map[K]uint64
	total  uint64
	other  uint64 // of names beyond maxNames
}

func (t *tally[K]) add(k K, n uint64) {
	if t.counts == nil {
		t.counts = map[K]uint64{}
	}
	t.total += n
	if _, known := t.counts[k]; !known && len(t.counts) >= maxNames {
		t.other += n
		return
	}
	t.counts[k] += n
}

// top returns the names with the highest counts, the highest first, and how many names are left.
func (t *tally[K]) top(n int) (names []K, left int) {
	for k := range t.counts {
		names = append(names, k)
	}
	slices.SortFunc(names, func(a, b K) int {
		return cmp.Or(cmp.Compare(t.counts[b], t.counts[a]), cmp.Compare(a, b))
	})
	if len(names) <= n {
		return names, 0
	}
	return names[:n], len(names) - n
}

// tallyOf returns a list of counts as a tally.
func tallyOf(list []record.Count) *tally[string] {
	t := &tally[string]{}
	for _, c := range list {
		t.add(c.Name, c.Value)
	}
	return t
}
