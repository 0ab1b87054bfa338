package list

import (
	"io"
	"strings"
	"time"

	"sipspan/record"
	"sipspan/view/plain"
)

// Form is how a table is drawn.
type Form struct {
	Width int  // columns of a line at most; 0: as wide as it needs
	Color bool // use the sequences of a terminal
	ASCII bool // draw with ASCII characters only
}

// gap separates columns.
const gap = "  "

// Write writes the list as a table: a line with its headings, and one line for each record.
func (l *List) Write(w io.Writer, f Form) error {
	l.order()
	t := &table{columns: l.columns}
	clock, remark := l.clock()
	for i := range l.entries {
		e := &l.entries[i]
		row := make([]string, len(l.columns))
		for j, c := range l.columns {
			if row[j] = e.cells[j]; c.name == timeColumn {
				row[j] = clock(e)
			}
			if c.short != nil && f.Width == 0 {
				row[j] = plain.Clip(row[j], maxSide)
			}
		}
		t.rows = append(t.rows, row)
	}
	t.fit(f.Width)
	var b strings.Builder
	if remark != "" {
		b.WriteString(f.paint(remark, "2") + "\n")
	}
	headings := make([]string, len(t.columns))
	for i, c := range t.columns {
		headings[i] = c.heading
	}
	b.WriteString(f.paint(t.line(headings), "1") + "\n")
	for _, row := range t.rows {
		b.WriteString(t.line(row) + "\n")
	}
	text := b.String()
	if f.ASCII {
		text = asciiLines(text)
	}
	_, err := io.WriteString(w, text)
	return err
}

func (f Form) paint(s, style string) string {
	if !f.Color {
		return s
	}
	return "\x1b[" + style + "m" + s + "\x1b[0m"
}

func asciiLines(text string) string {
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = plain.ASCII(lines[i])
	}
	return strings.Join(lines, "\n")
}

// clock returns how times are written, and what all of them have in common. Times that a text names without their zone or date stand as it has them.
func (l *List) clock() (write func(*entry) string, remark string) {
	const day, second = "2006-01-02", "15:04:05.000"
	first, several, odd, some := "", false, false, false
	at := func(e *entry) time.Time {
		if e.flags&(record.NoDates|record.LocalTimes) != 0 {
			return time.Unix(0, e.start).UTC()
		}
		return time.Unix(0, e.start).In(l.options.Zone)
	}
	unknown := func(e *entry) bool { return e.start == 0 || e.flags&record.NoTimes != 0 }
	zone := ""
	for i := range l.entries {
		e := &l.entries[i]
		if unknown(e) {
			continue
		}
		t := at(e)
		odd = odd || e.flags&(record.NoDates|record.LocalTimes) != 0
		if e.flags&record.NoDates == 0 {
			several = several || first != "" && first != t.Format(day)
			first = t.Format(day)
		}
		if name := t.Format("MST"); !some {
			zone, some = name, true
		} else if name != zone {
			zone = l.options.Zone.String() // summer and winter
		}
	}
	switch {
	case !some:
	case odd:
		remark = "times as the texts have them, where these do not name the zone"
	case several:
		remark = "times in " + zone
	default:
		remark = first + ", times in " + zone
	}
	return func(e *entry) string {
		switch {
		case unknown(e):
			return ""
		case e.flags&record.NoDates != 0 || !several && !odd:
			return at(e).Format(second)
		case odd:
			return at(e).Format(day + " " + second)
		}
		return at(e).Format(day + " 15:04:05")
	}, remark
}

// table is a list on its way to lines.
type table struct {
	columns []*column
	rows    [][]string
	widths  []int
	limit   int // of a line, 0: none
}

// measure sets the widths of the columns to those of their contents.
func (t *table) measure() {
	t.widths = make([]int, len(t.columns))
	for i, c := range t.columns {
		t.widths[i] = plain.Columns(c.heading)
		for _, row := range t.rows {
			t.widths[i] = max(t.widths[i], plain.Columns(row[i]))
		}
	}
}

func (t *table) total() int {
	n := max(len(t.columns)-1, 0) * len(gap)
	for _, w := range t.widths {
		n += w
	}
	return n
}

// fit makes the table as narrow as it has to be: columns without any content go, then names stand for whole addresses, then the last columns
// that can be cut are, then columns go as their ranks say, and at last the names are cut.
func (t *table) fit(width int) {
	t.measure()
	t.dropEmpty()
	t.limit = max(width, 0)
	if width <= 0 {
		return
	}
	if t.total() > width {
		t.shorten()
	}
	for t.total() > width && !t.narrow(width, false) {
		if !t.drop() {
			t.narrow(width, true)
			return
		}
	}
}

// shorten writes short forms.
func (t *table) shorten() {
	for i, c := range t.columns {
		if c.short == nil {
			continue
		}
		for _, row := range t.rows {
			row[i] = c.short(row[i])
		}
	}
	t.measure()
}

// leastName is how much of a name stays while other columns can be left out.
const leastName = 16

// narrow cuts columns until the table fits: first those with free text, and then those with names, which lose what a reader can guess only where names is true. It reports
// whether the table fits; where it does not, nothing is cut unless names is true.
func (t *table) narrow(width int, names bool) bool {
	widths := append([]int(nil), t.widths...)
	over := t.total() - width
	for _, short := range []bool{false, true} {
		for i, c := range t.columns {
			if c.least == 0 || over <= 0 || short != (c.short != nil) {
				continue
			}
			least := max(c.least, plain.Columns(c.heading))
			if short && !names {
				least = leastName
			}
			cut := min(over, max(widths[i]-least, 0))
			widths[i] -= cut
			over -= cut
		}
	}
	if over > 0 && !names {
		return false
	}
	t.widths = widths
	return over <= 0
}

// drop leaves out the column with the highest rank.
func (t *table) drop() bool {
	at := -1
	for i, c := range t.columns {
		if c.rank > 0 && (at < 0 || c.rank >= t.columns[at].rank) {
			at = i
		}
	}
	if at < 0 {
		return false
	}
	t.remove(at)
	return true
}

// dropEmpty leaves out the columns in which nothing stands.
func (t *table) dropEmpty() {
	for i := len(t.columns) - 1; i >= 0; i-- {
		empty := t.columns[i].rank > 0 && len(t.rows) > 0
		for _, row := range t.rows {
			empty = empty && row[i] == ""
		}
		if empty {
			t.remove(i)
		}
	}
}

func (t *table) remove(at int) {
	cut := func(row []string) []string { return append(append([]string(nil), row[:at]...), row[at+1:]...) }
	t.columns = append(append([]*column(nil), t.columns[:at]...), t.columns[at+1:]...)
	t.widths = append(append([]int(nil), t.widths[:at]...), t.widths[at+1:]...)
	for i := range t.rows {
		t.rows[i] = cut(t.rows[i])
	}
}

// line writes one line. What is not known is a dash.
func (t *table) line(row []string) string {
	var b strings.Builder
	for i, c := range t.columns {
		if i > 0 {
			b.WriteString(gap)
		}
		text := row[i]
		if text == "" {
			text = "-"
		}
		text = plain.Clip(text, t.widths[i])
		room := strings.Repeat(" ", max(t.widths[i]-plain.Columns(text), 0))
		if c.right {
			text = room + text
		} else {
			text += room
		}
		b.WriteString(text)
	}
	line := strings.TrimRight(b.String(), " ")
	if t.limit > 0 {
		line = plain.Clip(line, t.limit)
	}
	return line
}
