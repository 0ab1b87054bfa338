package report

import (
	"strings"
)

// cell is one field of a table.
type cell struct {
	text  string
	style style
	right bool // aligned to the right
}

func left(s string) cell          { return cell{text: s} }
func right(s string) cell         { return cell{text: s, right: true} }
func (c cell) as(s style) cell    { c.style = s; return c }
func amount(n uint64) cell        { return right(number(n)) }
func part(n, total uint64) cell   { return right(share(n, total)).as(dim) }
func heading(s string) cell       { return left(s).as(dim) }
func headingRight(s string) cell  { return right(s).as(dim) }
func faint(s string) cell         { return left(s).as(dim) }
func (c cell) width() int         { return columns(c.text) }
func (c cell) clipped(n int) cell { c.text = clip(c.text, n); return c }

// table is rows of cells, aligned in columns.
type table struct {
	rows [][]cell
}

func (t *table) row(cells ...cell) { t.rows = append(t.rows, cells) }

// gap is what stands between two columns.
const gap = 2

// widths returns the width of each column.
func (t *table) widths() []int {
	var w []int
	for _, row := range t.rows {
		for i, c := range row {
			if i == len(w) {
				w = append(w, 0)
			}
			w[i] = max(w[i], c.width())
		}
	}
	return w
}

// total returns the width of a line of columns.
func total(widths []int) int {
	n := 0
	for _, w := range widths {
		n += w
	}
	return n + gap*max(0, len(widths)-1)
}

// lines renders the table in a number of columns. What does not fit is taken from the widest columns.
func (t *table) lines(o Options, limit int) []string {
	widths := t.widths()
	for total(widths) > limit {
		widest := 0
		for i, w := range widths {
			if w > widths[widest] {
				widest = i
			}
		}
		widths[widest]--
	}
	lines := make([]string, len(t.rows))
	for i, row := range t.rows {
		var b strings.Builder
		pad := 0
		for j, c := range row {
			c = c.clipped(widths[j])
			room := widths[j] - c.width()
			if c.right {
				pad, room = pad+room, 0
			}
			if c.text != "" {
				b.WriteString(strings.Repeat(" ", pad))
				b.WriteString(o.paint(c.text, c.style))
				pad = 0
			}
			pad += room + gap
		}
		lines[i] = b.String()
	}
	return lines
}

// beside renders several tables next to each other.
func beside(o Options, limit int, tables ...*table) []string {
	var lines []string
	at := 0
	for _, t := range tables {
		if len(t.rows) == 0 {
			continue
		}
		w := total(t.widths())
		if at > 0 && at+w > limit { // no room: below
			lines = append(lines, "")
			lines = append(lines, t.lines(o, limit)...)
			continue
		}
		for i, line := range t.lines(o, limit-at) {
			for len(lines) <= i {
				lines = append(lines, "")
			}
			lines[i] += strings.Repeat(" ", max(0, at-visible(lines[i]))) + line
		}
		at += w + 2*gap
	}
	return lines
}

// visible is how many columns a line takes whose colours are not shown as text.
func visible(s string) int {
	n := 0
	for {
		before, rest, found := strings.Cut(s, "\x1b[")
		n += columns(before)
		if !found {
			return n
		}
		_, s, _ = strings.Cut(rest, "m")
	}
}
