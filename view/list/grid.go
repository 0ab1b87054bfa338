package list

import "strings"

// Grid is a list for other media than a terminal: whole cells, and only columns that hold something.
type Grid struct {
	Remark  string // what all times have in common; "" without times
	Columns []Heading
	Rows    [][]string // with a cell for each column
	IDs     []string   // of the records, one for each row
}

// Heading is one column of a Grid.
type Heading struct {
	Name  string // as Columns has it
	Text  string // for people
	Right bool   // its cells are numbers
}

// Grid returns the list as it is now.
func (l *List) Grid() *Grid {
	l.order()
	clock, remark := l.clock()
	g := &Grid{Remark: remark}
	var kept []int
	for j, c := range l.columns {
		used := c.name == timeColumn
		for i := range l.entries {
			used = used || l.entries[i].cells[j] != ""
		}
		if used {
			kept = append(kept, j)
			g.Columns = append(g.Columns, Heading{Name: c.name, Text: c.heading[:1] + strings.ToLower(c.heading[1:]), Right: c.right})
		}
	}
	for i := range l.entries {
		e := &l.entries[i]
		row := make([]string, 0, len(kept))
		for _, j := range kept {
			if l.columns[j].name == timeColumn {
				row = append(row, clock(e))
			} else {
				row = append(row, e.cells[j])
			}
		}
		g.Rows, g.IDs = append(g.Rows, row), append(g.IDs, e.id)
	}
	return g
}
