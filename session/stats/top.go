package stats

import "strings"

const (
	// sketchPerName is how many candidates the sketch holds for each name that may be shown.
	sketchPerName = 16
	// minAdmitted is how often a name has come at least before it is shown.
	minAdmitted = 16
)

// Top counts names from the wire, of which there may be any number, and shows the few that come most often. A sketch of
// limited size (Space-Saving, Metwally et al. 2005) finds them. A name is shown as soon as it certainly has more than a
// quarter of an even share and there is room, and it stays. What was counted of it before remains with the others, so
// every number only rises and their sum is what was counted. The zero value shows none and counts nothing.
type Top struct {
	limit  int
	total  uint64
	others uint64
	shown  Tally[string]

	heap []candidate    // the least frequent first
	at   map[string]int // place in the heap
}

type candidate struct {
	name  string
	count uint64 // an upper bound of how often it came
	over  uint64 // by how much that may be too high
}

// NewTop returns a Top that shows at most limit names.
func NewTop(limit int) Top { return Top{limit: limit} }

// Count counts a name.
func (t *Top) Count(name string) {
	if t.limit == 0 || name == "" {
		return
	}
	name = readable(name)
	t.total++
	if i, known := t.shown.index[name]; known {
		t.shown.counts[i]++
		return
	}
	if t.shown.Len() < t.limit && t.observe(name) >= max(minAdmitted, t.total/uint64(4*t.limit)) {
		t.remove(name)
		t.shown.Count(strings.Clone(name), name)
		return
	}
	t.others++
}

// All calls yield for every name that is shown, in the order in which they were added. Others is the count of the rest.
func (t *Top) All(yield func(name string, n uint64) bool) {
	for name, n := range t.shown.All {
		if !yield(name, n.N) {
			return
		}
	}
}

// Others returns how often other names came.
func (t *Top) Others() uint64 { return t.others }

// Limit returns how many names are shown at most; 0 is that nothing is counted.
func (t *Top) Limit() int { return t.limit }

// observe counts a candidate and returns how often it certainly came.
func (t *Top) observe(name string) uint64 {
	if t.at == nil {
		t.at = make(map[string]int)
	}
	i, known := t.at[name]
	switch {
	case known:
	case len(t.heap) < t.limit*sketchPerName:
		i = len(t.heap)
		t.heap = append(t.heap, candidate{name: strings.Clone(name)})
		t.at[t.heap[i].name] = i
		i = t.up(i)
	default:
		i = 0
		least := &t.heap[0]
		delete(t.at, least.name)
		*least = candidate{strings.Clone(name), least.count, least.count}
		t.at[least.name] = 0
	}
	t.heap[i].count++
	c := t.heap[i]
	t.down(i)
	return c.count - c.over
}

// remove takes a candidate out of the sketch.
func (t *Top) remove(name string) {
	i := t.at[name]
	last := len(t.heap) - 1
	t.swap(i, last)
	t.heap = t.heap[:last]
	delete(t.at, name)
	if i < last {
		t.down(t.up(i))
	}
	if t.shown.Len()+1 == t.limit {
		t.heap, t.at = nil, nil // there is no room for another
	}
}

func (t *Top) swap(i, j int) {
	t.heap[i], t.heap[j] = t.heap[j], t.heap[i]
	t.at[t.heap[i].name], t.at[t.heap[j].name] = i, j
}

func (t *Top) up(i int) int {
	for i > 0 && t.heap[i].count < t.heap[(i-1)/2].count {
		t.swap(i, (i-1)/2)
		i = (i - 1) / 2
	}
	return i
}

func (t *Top) down(i int) {
	for {
		least := i
		for _, j := range [...]int{2*i + 1, 2*i + 2} {
			if j < len(t.heap) && t.heap[j].count < t.heap[least].count {
				least = j
			}
		}
		if least == i {
			return
		}
		t.swap(i, least)
		i = least
	}
}

// copy returns what All and Others show now.
func (t *Top) copy() Top { return Top{limit: t.limit, others: t.others, shown: t.shown.copy()} }

// add adds what o shows.
func (t *Top) add(o *Top) {
	t.limit = max(t.limit, o.limit)
	t.others += o.others
	t.shown.Add(&o.shown, CauseOther)
}
