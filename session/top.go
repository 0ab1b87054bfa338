package session

import (
	"strings"
	"unicode/utf8"

	"sipspan/decode/sip"
	"sipspan/record"
)

const (
	// maxName bounds a name that is counted, in bytes.
	maxName = 64
	// sketchPerName is how many candidates are watched for each name that may be shown.
	sketchPerName = 16
	// minAdmitted is how often a name has come at least before it is shown.
	minAdmitted = 16
)

// Top counts by names from the wire of which there may be any number, and shows the few that come most often. A sketch
// (Space-Saving, Metwally et al. 2005) of limited size watches for them. A name is shown once it certainly has more than
// a quarter of an even share, and from then on for good, as long as there is room: what came of it before stays with the
// others, so that every number only rises and all of them add up to what was counted. The zero value shows none and
// counts nothing.
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
	count uint64 // at most so often did it come,
	over  uint64 // and at least so often less that
}

// newTop returns a Top that shows so many names.
func newTop(limit int) Top { return Top{limit: limit} }

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
	if t.shown.Len() < t.limit && t.watch(name) >= max(minAdmitted, t.total/uint64(4*t.limit)) {
		t.leave(name)
		t.shown.Count(strings.Clone(name), name)
		return
	}
	t.others++
}

// All calls yield for every name that is shown, in the order in which they came to be, and Others tells of the rest.
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

// watch counts a candidate and returns how often it certainly came.
func (t *Top) watch(name string) uint64 {
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

// leave ends the watch over a candidate.
func (t *Top) leave(name string) {
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

// readable returns a name as it is shown: valid, printable and of limited length.
func readable(name string) string {
	if len(name) > maxName {
		name = name[:maxName]
		for i := 1; i < utf8.UTFMax && !utf8.ValidString(name[len(name)-i:]); i++ {
			if utf8.RuneStart(name[len(name)-i]) {
				name = name[:len(name)-i] // a character that was cut
				break
			}
		}
	}
	plain := true
	for i := range len(name) {
		plain = plain && ' ' <= name[i] && name[i] <= '~'
	}
	if plain {
		return name
	}
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == utf8.RuneError {
			return '?'
		}
		return r
	}, strings.ToValidUTF8(name, "?"))
}

// countDomain counts the domain of a URI.
func (c *Counters) countDomain(uri string) {
	if c.Domains.limit == 0 {
		return
	}
	if u, ok := sip.ParseURI([]byte(uri)); ok {
		c.Domains.Count(strings.ToLower(string(u.Host)))
	}
}

// countNames counts whom and what a call or registration names.
func (c *Counters) countNames(r record.Record) {
	switch r := r.(type) {
	case *record.Call:
		c.UserAgents.Count(r.Caller.UserAgent)
		c.countDomain(r.To.URI)
	case *record.Registration:
		c.UserAgents.Count(r.UserAgent)
		c.countDomain(r.AOR)
	}
}
