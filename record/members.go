package record

import (
	"math"
	"strconv"
)

// members carries one record into or out of its outside form. Each record describes itself once, through the methods of
// this type, which are given the addresses of its fields. Out of that description comes what form asks for: the JSON object,
// the cells of one flat row, or the fields themselves, filled from JSON. The three cannot drift apart.
//
// What is unknown leaves no trace in JSON and an empty cell in a row, so that the columns of a kind are always the same. A
// member that is absent from JSON leaves its field unknown.
type members struct {
	form form
	json []byte  // what toJSON has written
	row  *row    // of toRow
	read *reader // of fromJSON
}

// form is what members do.
type form uint8

const (
	toJSON form = iota
	toRow
	fromJSON
)

// key begins a member of the JSON object that is open.
func (m *members) key(name string) { m.json = appendKey(m.json, name) }

func appendKey(dst []byte, name string) []byte {
	if last := dst[len(dst)-1]; last != '{' && last != '[' {
		dst = append(dst, ',')
	}
	dst = append(dst, '"')
	dst = append(dst, name...)
	return append(dst, '"', ':')
}

// comma separates what comes from what is before it in the object or array that is open.
func (m *members) comma() {
	if last := m.json[len(m.json)-1]; last != '{' && last != '[' {
		m.json = append(m.json, ',')
	}
}

// text is a string; "" is unknown.
func (m *members) text(name string, s *string) {
	switch m.form {
	case toJSON:
		if *s != "" {
			m.json = appendString(appendKey(m.json, name), *s)
		}
	case toRow:
		m.row.add(name, cell(*s))
	case fromJSON:
		m.read.text(name, s)
	}
}

// texts is a list of strings, absent when it is empty.
func (m *members) texts(name string, list *[]string) {
	switch m.form {
	case toJSON:
		if len(*list) > 0 {
			m.key(name)
			m.json = appendStrings(m.json, *list)
		}
	case toRow:
		m.row.add(name, words(*list))
	case fromJSON:
		m.read.texts(name, list)
	}
}

// unsigned is a count, which is known even when it is 0.
func (m *members) unsigned(name string, n *uint64) {
	switch m.form {
	case toJSON:
		m.key(name)
		m.json = strconv.AppendUint(m.json, *n, 10)
	case toRow:
		m.row.add(name, strconv.FormatUint(*n, 10))
	case fromJSON:
		m.read.unsigned(name, n)
	}
}

// counter is a number of which 0 is unknown.
func (m *members) counter(name string, n *uint64) {
	switch {
	case *n != 0 || m.form == fromJSON:
		m.unsigned(name, n)
	case m.form == toRow:
		m.row.add(name, "")
	}
}

// count is a count, which is known even when it is 0.
func (m *members) count(name string, n *int) { m.number(name, n, true) }

// code is a status code, or a count that is remarkable; 0 is unknown.
func (m *members) code(name string, n *int) { m.number(name, n, *n != 0) }

// natural is a number of which what is below 0 is unknown.
func (m *members) natural(name string, n *int) {
	if m.form == fromJSON {
		*n = -1
	}
	m.number(name, n, *n >= 0)
}

// number is a number that is written when it is known.
func (m *members) number(name string, n *int, known bool) {
	switch m.form {
	case toJSON:
		if known {
			m.key(name)
			m.json = strconv.AppendInt(m.json, int64(*n), 10)
		}
	case toRow:
		text := ""
		if known {
			text = strconv.Itoa(*n)
		}
		m.row.add(name, text)
	case fromJSON:
		m.read.number(name, n)
	}
}

// float is a measured value; what is not finite is unknown.
func (m *members) float(name string, f *float64) {
	switch m.form {
	case toJSON:
		if finite(*f) {
			m.key(name)
			m.json = appendFloat(m.json, *f)
		}
	case toRow:
		text := ""
		if finite(*f) {
			text = string(appendFloat(nil, *f))
		}
		m.row.add(name, text)
	case fromJSON:
		*f = math.NaN()
		m.read.float(name, f)
	}
}

// milliseconds is a measured time of the program itself, rounded to the nanosecond.
func (m *members) milliseconds(name string, ms *float64) {
	rounded := roundMilliseconds(*ms)
	m.float(name, &rounded)
	if m.form == fromJSON {
		*ms = rounded
	}
}

// truth is a boolean that is always known.
func (m *members) truth(name string, v *bool) {
	switch m.form {
	case toJSON:
		m.key(name)
		m.json = strconv.AppendBool(m.json, *v)
	case toRow:
		m.row.add(name, strconv.FormatBool(*v))
	case fromJSON:
		m.read.truth(name, v)
	}
}

// mark is a boolean that is a remark: in JSON only when it is true.
func (m *members) mark(name string, v *bool) {
	if *v || m.form != toJSON {
		m.truth(name, v)
	}
}

// elapsed is a duration in milliseconds.
func (m *members) elapsed(name string, e *Elapsed) {
	switch m.form {
	case toJSON:
		if e.Known {
			m.key(name)
			m.json = appendMilliseconds(m.json, e.D)
		}
	case toRow:
		text := ""
		if e.Known {
			text = string(appendMilliseconds(nil, e.D))
		}
		m.row.add(name, text)
	case fromJSON:
		m.read.elapsed(name, e)
	}
}

// time is Unix nanoseconds; 0 is unknown.
func (m *members) time(name string, ns *int64) {
	switch m.form {
	case toJSON:
		if *ns != 0 {
			m.key(name)
			m.json = append(m.json, '"')
			m.json = append(appendTime(m.json, *ns), '"')
		}
	case toRow:
		text := ""
		if *ns != 0 {
			text = string(appendTime(nil, *ns))
		}
		m.row.add(name, text)
	case fromJSON:
		m.read.time(name, ns)
	}
}

// counts is named numbers as one object, empty or not.
func (m *members) counts(name string, list *[]Count) {
	switch m.form {
	case toJSON:
		m.key(name)
		m.json = appendCounts(m.json, *list)
	case toRow:
		m.row.add(name, countWords(*list))
	case fromJSON:
		m.read.counts(name, list)
	}
}

func appendStrings(dst []byte, list []string) []byte {
	dst = append(dst, '[')
	for i, s := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendString(dst, s)
	}
	return append(dst, ']')
}

func appendCounts(dst []byte, list []Count) []byte {
	dst = append(dst, '{')
	for i := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(appendString(dst, list[i].Name), ':')
		dst = strconv.AppendUint(dst, list[i].Value, 10)
	}
	return append(dst, '}')
}
