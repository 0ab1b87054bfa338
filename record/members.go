package record

import (
	"math"
	"strconv"
)

// members writes the members of one record. Each record describes itself once, through the methods of this type, and
// both forms come out of that description: a JSON object when row is nil, the cells of one flat row otherwise. The two
// cannot drift apart.
//
// What is unknown leaves no trace in JSON and an empty cell in a row, so that the columns of a kind are always the same.
type members struct {
	json []byte
	row  *row
}

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

// text writes a string; "" is unknown.
func (m *members) text(name, s string) {
	switch {
	case m.row != nil:
		m.row.add(name, cell(s))
	case s != "":
		m.json = appendString(appendKey(m.json, name), s)
	}
}

// texts writes a list of strings unless it is empty.
func (m *members) texts(name string, list []string) {
	if m.row != nil {
		m.row.add(name, words(list))
		return
	}
	if len(list) == 0 {
		return
	}
	m.key(name)
	m.json = append(m.json, '[')
	for _, s := range list {
		m.comma()
		m.json = appendString(m.json, s)
	}
	m.json = append(m.json, ']')
}

// unsigned writes a count, which is known even when it is 0.
func (m *members) unsigned(name string, n uint64) {
	if m.row != nil {
		m.row.add(name, strconv.FormatUint(n, 10))
		return
	}
	m.key(name)
	m.json = strconv.AppendUint(m.json, n, 10)
}

// counter writes a number of which 0 is unknown.
func (m *members) counter(name string, n uint64) {
	switch {
	case n != 0:
		m.unsigned(name, n)
	case m.row != nil:
		m.row.add(name, "")
	}
}

// count writes a count, which is known even when it is 0.
func (m *members) count(name string, n int) { m.number(name, n, true) }

// code writes a status code; 0 is unknown.
func (m *members) code(name string, n int) { m.number(name, n, n != 0) }

// seconds writes whole seconds; below 0 is unknown.
func (m *members) seconds(name string, n int) { m.number(name, n, n >= 0) }

func (m *members) number(name string, n int, known bool) {
	switch {
	case m.row != nil && known:
		m.row.add(name, strconv.Itoa(n))
	case m.row != nil:
		m.row.add(name, "")
	case known:
		m.key(name)
		m.json = strconv.AppendInt(m.json, int64(n), 10)
	}
}

// float writes a measured value; what is not finite is unknown.
func (m *members) float(name string, f float64) {
	switch {
	case m.row != nil && finite(f):
		m.row.add(name, string(appendFloat(nil, f)))
	case m.row != nil:
		m.row.add(name, "")
	case finite(f):
		m.key(name)
		m.json = appendFloat(m.json, f)
	}
}

// milliseconds writes a measured time of the program itself, rounded to the nanosecond.
func (m *members) milliseconds(name string, ms float64) { m.float(name, math.Round(ms*1e6)/1e6) }

// truth writes a boolean that is always known.
func (m *members) truth(name string, v bool) {
	if m.row != nil {
		m.row.add(name, strconv.FormatBool(v))
		return
	}
	m.key(name)
	m.json = strconv.AppendBool(m.json, v)
}

// mark writes a boolean that is a remark: in JSON only when it is true.
func (m *members) mark(name string, v bool) {
	if v || m.row != nil {
		m.truth(name, v)
	}
}

// elapsed writes a duration in milliseconds.
func (m *members) elapsed(name string, e Elapsed) {
	switch {
	case m.row != nil && e.Known:
		m.row.add(name, string(appendMilliseconds(nil, e.D)))
	case m.row != nil:
		m.row.add(name, "")
	case e.Known:
		m.key(name)
		m.json = appendMilliseconds(m.json, e.D)
	}
}

// time writes Unix nanoseconds; 0 is unknown.
func (m *members) time(name string, ns int64) {
	switch {
	case m.row != nil && ns != 0:
		m.row.add(name, string(appendTime(nil, ns)))
	case m.row != nil:
		m.row.add(name, "")
	case ns != 0:
		m.key(name)
		m.json = append(m.json, '"')
		m.json = append(appendTime(m.json, ns), '"')
	}
}

// counts writes named numbers as one object, empty or not.
func (m *members) counts(name string, list []Count) {
	if m.row != nil {
		m.row.add(name, countWords(list))
		return
	}
	m.key(name)
	m.json = append(m.json, '{')
	for _, c := range list {
		m.comma()
		m.json = appendString(m.json, c.Name)
		m.json = append(m.json, ':')
		m.json = strconv.AppendUint(m.json, c.Value, 10)
	}
	m.json = append(m.json, '}')
}

// open begins an object of its own under name; in a row its members get name as a prefix. An object that is not present
// must have no member that would be written; its braces are then left out, its cells are empty.
func (m *members) open(name string, present bool) {
	switch {
	case m.row != nil:
		m.row.prefix = name + "_"
	case present:
		m.key(name)
		m.json = append(m.json, '{')
	}
}

// shut ends what open began.
func (m *members) shut(present bool) {
	switch {
	case m.row != nil:
		m.row.prefix = ""
	case present:
		m.json = append(m.json, '}')
	}
}

// array begins a list of objects.
func (m *members) array(name string) {
	m.key(name)
	m.json = append(m.json, '[')
}

// item begins an object in a list.
func (m *members) item() {
	m.comma()
	m.json = append(m.json, '{')
}

// byte ends what array and item began.
func (m *members) byte(c byte) { m.json = append(m.json, c) }
