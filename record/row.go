package record

import (
	"strconv"
	"strings"
)

// row collects the cells of one flat row and, when asked, the names of its columns.
type row struct {
	prefix string
	cells  []string
	names  []string
	naming bool
}

func (r *row) add(name, value string) {
	if r.naming {
		r.names = append(r.names, r.prefix+name)
		return
	}
	r.cells = append(r.cells, value)
}

// Columns returns the names of the columns of a kind in flat output such as CSV, in the order of AppendRow. An object
// gives one column for each of its members (from_uri, from_tag), a list gives one column.
func Columns(k Kind) []string {
	r := row{naming: true}
	describe(blanks[k](), &members{form: toRow, row: &r})
	return r.names
}

// AppendRow appends the cells of a record, one for each of its Columns, and returns the extended slice.
//
// Unknown values are empty. A list of texts is joined by spaces. The items of a list of objects are joined by
// semicolons and the parts of an item by spaces, with - for a part that is unknown. Counts are written name=value. A
// cell holds valid UTF-8 without control characters; what would break that, what separates inside a list, and a
// character at the start of a text that a spreadsheet would take for a formula are written as \xNN.
func AppendRow(dst []string, r Record) []string {
	cells := row{cells: dst}
	describe(r, &members{form: toRow, row: &cells})
	return cells.cells
}

// describe passes all members of the record to m.
func describe(r Record, m *members) {
	r.Head().write(m, r.Kind())
	switch r := r.(type) {
	case *Call:
		r.write(m)
	case *Registration:
		r.write(m)
	case *Subscription:
		r.write(m)
	case *Publication:
		r.write(m)
	case *Message:
		r.write(m)
	case *Transaction:
		r.write(m)
	case *Failure:
		r.write(m)
	case *TLS:
		r.write(m)
	case *Alert:
		r.write(m)
	case *Stats:
		r.write(m)
	}
}

// cell returns a text from the wire as a cell of its own.
func cell(s string) string { return guard(Text(s)) }

// guard escapes a first character that makes a formula of a text in a spreadsheet.
func guard(s string) string {
	if s == "" || s[0] != '=' && s[0] != '+' && s[0] != '-' && s[0] != '@' {
		return s
	}
	return string(append(appendByte(nil, s[0]), s[1:]...))
}

// part returns s as one part of an item.
func part(s string) string {
	if s == "" {
		return "-"
	}
	return guard(escape(s, func(c byte) bool { return c == ' ' || c == ';' }))
}

// words joins a list of texts.
func words(list []string) string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = guard(escape(s, isSpace))
	}
	return strings.Join(out, " ")
}

func isSpace(c byte) bool { return c == ' ' }

// countWords joins named numbers.
func countWords(list []Count) string {
	out := make([]string, len(list))
	for i, c := range list {
		out[i] = guard(escape(c.Name, isSpace)) + "=" + strconv.FormatUint(c.Value, 10)
	}
	return strings.Join(out, " ")
}

// items collects the items of a list of objects for one cell.
type items []string

func (l *items) add(parts ...string) {
	for i, p := range parts {
		parts[i] = part(p)
	}
	*l = append(*l, strings.Join(parts, " "))
}

func (l items) String() string { return strings.Join(l, ";") }

// status returns a status code as a part.
func status(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}
