package record

import (
	"slices"
	"strconv"
	"time"
)

// The methods of this file read members with a value of their own. They leave the field as it is when the member is absent.

// raw returns the text of a value.
func (r *reader) raw(v value) []byte { return r.line[v.start:v.end] }

// string returns what a string of the record holds, with \xNN undone.
func (r *reader) string(v value) string { return unescape(unquote(r.raw(v))) }

func (r *reader) text(name string, s *string) {
	if v, ok := r.beginning(name, '"', "a text"); ok {
		*s = r.string(v)
	}
}

func (r *reader) texts(name string, list *[]string) {
	n := r.array(name)
	if n == 0 {
		return
	}
	*list = make([]string, 0, n)
	f, all := r.top()
	for _, v := range all {
		f.item++
		if r.line[v.start] != '"' {
			r.fail("", v.start, "expected a text")
			break
		}
		*list = append(*list, r.string(v))
	}
	r.shut()
}

// named returns which of the names a member holds.
func (r *reader) named(name string, names []string) (i int, ok bool) {
	v, ok := r.beginning(name, '"', "a text")
	if !ok {
		return 0, false
	}
	s := r.string(v)
	if i = slices.Index(names, s); i < 0 {
		r.fail(name, v.start, "unknown value "+strconv.Quote(s))
	}
	return i, i >= 0
}

func (r *reader) flags(name string, f *Flags) {
	var names []string
	v, _ := r.find(name)
	r.texts(name, &names)
	for _, s := range names {
		i := slices.Index(flagNames[:], s)
		if i < 0 {
			r.fail(name, v.start, "unknown value "+strconv.Quote(s))
			return
		}
		*f |= 1 << i
	}
}

func (r *reader) truth(name string, b *bool) {
	v, ok := r.find(name)
	switch {
	case !ok:
	case r.line[v.start] == 't':
		*b = true
	case r.line[v.start] == 'f':
		*b = false
	default:
		r.fail(name, v.start, "expected true or false")
	}
}

func (r *reader) number(name string, n *int) {
	if v, ok := r.find(name); ok {
		whole, err := strconv.Atoi(string(r.raw(v)))
		if err != nil {
			r.fail(name, v.start, "expected a whole number")
			return
		}
		*n = whole
	}
}

func (r *reader) unsigned(name string, n *uint64) {
	if v, ok := r.find(name); ok {
		*n = r.count(name, v)
	}
}

// count returns a number that is not negative.
func (r *reader) count(name string, v value) uint64 {
	n, err := strconv.ParseUint(string(r.raw(v)), 10, 64)
	if err != nil {
		r.fail(name, v.start, "expected a whole number, 0 or more")
	}
	return n
}

func (r *reader) float(name string, f *float64) {
	if v, ok := r.find(name); ok {
		number, err := strconv.ParseFloat(string(r.raw(v)), 64)
		if err != nil {
			r.fail(name, v.start, "expected a number")
			return
		}
		*f = number
	}
}

func (r *reader) elapsed(name string, e *Elapsed) {
	if v, ok := r.find(name); ok {
		d, ok := parseMilliseconds(string(r.raw(v)))
		if !ok {
			r.fail(name, v.start, "expected milliseconds")
			return
		}
		*e = Elapsed{D: d, Known: true}
	}
}

func (r *reader) time(name string, ns *int64) {
	if v, ok := r.beginning(name, '"', "a time"); ok {
		at, err := time.Parse(time.RFC3339Nano, unquote(r.raw(v)))
		if err != nil || !time.Unix(0, at.UnixNano()).Equal(at) {
			r.fail(name, v.start, "expected a time of RFC 3339 from 1678 to 2261")
			return
		}
		*ns = at.UnixNano()
	}
}

func (r *reader) counts(name string, list *[]Count) {
	if !r.open(name) {
		return
	}
	if _, all := r.top(); len(all) > 0 {
		*list = make([]Count, len(all))
		for i, v := range all {
			member := string(v.name)
			(*list)[i] = Count{Name: unescape(member), Value: r.count(member, v)}
		}
	}
	r.shut()
}

func (r *reader) labels(name string, list *[]Label) {
	if !r.open(name) {
		return
	}
	if _, all := r.top(); len(all) > 0 {
		*list = make([]Label, len(all))
		for i, v := range all {
			if r.line[v.start] != '"' {
				r.fail(string(v.name), v.start, "expected a text")
				break
			}
			(*list)[i] = Label{Name: unescape(string(v.name)), Value: r.string(v)}
		}
	}
	r.shut()
}
