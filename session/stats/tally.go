package stats

import (
	"slices"

	"sipspan/record"
)

// maxLabelSets bounds the label sets of one Tally.
const maxLabelSets = 1 << 14

// Exemplar is a session of which a number or a delay was counted. The zero value is none.
type Exemplar struct {
	CallID string
	Value  float64 // of a delay, seconds
	Time   int64   // Unix nanoseconds, when the session ended
}

// exemplar returns the session of a record as the exemplar of a value.
func exemplar(h *record.Header, value float64) Exemplar { return Exemplar{h.CallID, value, h.End} }

// Tally counts by label sets of which there may be many. A new one is counted under a common label set when there are
// maxLabelSets already. Label sets are never removed, so every number only rises. The zero value is empty and ready.
type Tally[K comparable] struct {
	keys      []K // only ever appended to
	counts    []uint64
	exemplars []Exemplar // empty, or the last of each key
	index     map[K]int32
}

// Count counts one under k, or under rest where there is no room for k.
func (t *Tally[K]) Count(k, rest K) { t.add(k, rest, 1) }

// CountOf is Count with an exemplar.
func (t *Tally[K]) CountOf(k, rest K, of Exemplar) {
	i := t.add(k, rest, 1)
	if missing := len(t.keys) - len(t.exemplars); missing > 0 {
		t.exemplars = append(t.exemplars, make([]Exemplar, missing)...)
	}
	t.exemplars[i] = of
}

func (t *Tally[K]) add(k, rest K, n uint64) (at int32) {
	at, known := t.index[k]
	if !known {
		if len(t.keys) >= maxLabelSets && k != rest {
			return t.add(rest, rest, n)
		}
		if t.index == nil {
			t.index = make(map[K]int32)
		}
		at = int32(len(t.keys))
		t.index[k] = at
		t.keys = append(t.keys, k)
		t.counts = append(t.counts, 0)
	}
	t.counts[at] += n
	return at
}

// Of returns the count of k.
func (t *Tally[K]) Of(k K) uint64 {
	if i, known := t.index[k]; known {
		return t.counts[i]
	}
	return 0
}

// Len returns how many label sets there are.
func (t *Tally[K]) Len() int { return len(t.keys) }

// Counted is the count of one label set, and its last session.
type Counted struct {
	N    uint64
	Last Exemplar
}

// All calls yield for every label set, in the order in which they were added.
func (t *Tally[K]) All(yield func(k K, n Counted) bool) {
	for i, k := range t.keys {
		n := Counted{N: t.counts[i]}
		if i < len(t.exemplars) {
			n.Last = t.exemplars[i]
		}
		if !yield(k, n) {
			return
		}
	}
}

// copy returns a tally whose All shows what t shows now. The two share their keys, which never change.
func (t *Tally[K]) copy() Tally[K] {
	return Tally[K]{keys: t.keys[:len(t.keys):len(t.keys)], counts: slices.Clone(t.counts), exemplars: slices.Clone(t.exemplars)}
}

// Add adds the counts of o.
func (t *Tally[K]) Add(o *Tally[K], rest K) {
	for k, n := range o.All {
		i := t.add(k, rest, n.N)
		if n.Last.CallID == "" {
			continue
		}
		if missing := len(t.keys) - len(t.exemplars); missing > 0 {
			t.exemplars = append(t.exemplars, make([]Exemplar, missing)...)
		}
		t.exemplars[i].later(&n.Last)
	}
}

// later takes the exemplar that ended later.
func (e *Exemplar) later(o *Exemplar) {
	if o.Time > e.Time {
		*e = *o
	}
}
