package report

import "strings"

// gap is what stands between two columns.
const gap = 2

// widths returns the width of each column.
func (t *Table) widths() []int {
	var w []int
	for _, row := range t.Rows {
		for i, c := range row {
			if i == len(w) {
				w = append(w, 0)
			}
			w[i] = max(w[i], columns(c.Text))
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

// lines renders the rows in a number of columns. What does not fit is taken from the widest columns.
func (t *Table) lines(o Options, limit int) []string {
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
	return t.within(o, widths)
}

// within renders the rows in columns of these widths.
func (t *Table) within(o Options, widths []int) []string {
	lines := make([]string, len(t.Rows))
	for i, row := range t.Rows {
		var b strings.Builder
		pad := 0
		for j, c := range row {
			c.Text = clip(c.Text, widths[j])
			room := widths[j] - columns(c.Text)
			if c.Right {
				pad, room = pad+room, 0
			}
			if c.Text != "" {
				b.WriteString(strings.Repeat(" ", pad))
				b.WriteString(o.paint(c.Text, c.Style))
				pad = 0
			}
			pad += room + gap
		}
		lines[i] = b.String()
	}
	return lines
}

// beside renders several tables next to each other.
func beside(o Options, limit int, tables ...*Table) []string {
	var lines []string
	at := 0
	for _, t := range tables {
		if len(t.Rows) == 0 {
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

// withoutLast returns a table whose last cells are left out where they do not fit into a number of columns, and these.
func (t *Table) withoutLast(room int) (rest *Table, below []string) {
	rest = &Table{Notes: t.Notes, Under: t.Under}
	last := len(t.Rows[0]) - 1
	for _, row := range t.Rows {
		cell := ""
		if len(row) > last && columns(row[last].Text) > room {
			cell = row[last].Text
			row = row[:last]
		}
		rest.Rows, below = append(rest.Rows, row), append(below, cell)
	}
	return rest, below
}
