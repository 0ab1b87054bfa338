package list

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"sipspan/record"
)

// maxEntries is how many entries a list holds.
const maxEntries = 200_000

// Options say what is listed and how.
type Options struct {
	Kind    record.Kind    // KindCall, KindRegistration, KindSubscription or KindFailure
	Columns []string       // of the table, see Columns; none: those that are usual
	Sort    string         // the name of a column, with - before it for the highest first; "": by time
	Limit   int            // entries at most; 0: as many as a list can hold
	Zone    *time.Location // of the times in a table; nil is UTC
	// Lines makes the text that a list of whole records holds of one; nil: the list is a table.
	Lines func(record.Record) []byte
}

// List gathers records.
type List struct {
	options    Options
	columns    []*column
	sort       *column
	descending bool
	limit      int
	matched    int
	sorted     bool
	entries    []entry
}

// entry is one record as it is listed.
type entry struct {
	key   key
	start int64
	id    string
	flags record.Flags
	cells []string
	line  []byte
}

// New returns an empty list. It refuses columns that the kind does not have.
func New(o Options) (*List, error) {
	l := &List{options: o, limit: maxEntries}
	if o.Limit > 0 {
		l.limit = min(o.Limit, maxEntries)
	}
	if o.Zone == nil {
		l.options.Zone = time.UTC
	}
	by, descending := strings.CutPrefix(o.Sort, "-")
	if o.Sort == "" {
		by = timeColumn
	}
	var err error
	if l.sort, err = columnNamed(o.Kind, by); err != nil {
		return nil, fmt.Errorf("flag --sort: %w", err)
	}
	l.descending = descending
	if l.columns, err = columnsOf(o); err != nil {
		return nil, fmt.Errorf("flag --columns: %w", err)
	}
	return l, nil
}

func columnsOf(o Options) (columns []*column, err error) {
	for _, name := range o.Columns {
		c, err := columnNamed(o.Kind, name)
		if err != nil {
			return nil, err
		}
		columns = append(columns, c)
	}
	if len(columns) > 0 {
		return columns, nil
	}
	all := tables[o.Kind]
	for i := range all {
		if !all[i].hidden {
			columns = append(columns, &all[i])
		}
	}
	return columns, nil
}

// Add adds a record, unless it is of another kind.
func (l *List) Add(r record.Record) {
	if r.Kind() != l.options.Kind {
		return
	}
	l.matched++
	l.sorted = false
	h := r.Head()
	e := entry{start: h.Start, id: h.ID, flags: h.Confidence.Flags}
	if l.sort.key != nil {
		e.key = l.sort.key(r)
	} else {
		text := l.sort.text(r)
		e.key = key{known: text != "", text: text}
	}
	if l.options.Lines != nil {
		e.line = l.options.Lines(r)
	} else {
		for _, c := range l.columns {
			e.cells = append(e.cells, c.text(r))
		}
	}
	l.entries = append(l.entries, e)
	if len(l.entries) >= 2*l.limit && len(l.entries) > 64 {
		l.order()
	}
}

// Matched returns how many records were added, whether they are still in the list or not.
func (l *List) Matched() int { return l.matched }

// Shown returns how many records the list shows.
func (l *List) Shown() int { return min(len(l.entries), l.limit) }

// order sorts the entries and drops those beyond the limit. What is equal is sorted by time and then by id, so that the same records always
// give the same list.
func (l *List) order() {
	if l.sorted {
		return
	}
	slices.SortStableFunc(l.entries, func(a, b entry) int {
		return cmp.Or(l.compare(a.key, b.key), cmp.Compare(a.start, b.start), cmp.Compare(a.id, b.id))
	})
	for i := l.limit; i < len(l.entries); i++ {
		l.entries[i] = entry{}
	}
	l.entries = l.entries[:l.Shown()]
	l.sorted = true
}

func (l *List) compare(a, b key) int {
	switch {
	case a.known != b.known && a.known:
		return -1
	case a.known != b.known:
		return 1
	}
	order := cmp.Or(cmp.Compare(a.number, b.number), cmp.Compare(a.text, b.text))
	if l.descending {
		return -order
	}
	return order
}

// Each calls f with the text that Lines made of every record, in the order of the list, up to its first error.
func (l *List) Each(f func(line []byte) error) error {
	l.order()
	for i := range l.entries {
		if err := f(l.entries[i].line); err != nil {
			return err
		}
	}
	return nil
}
