package report

// Cell is one field of a table.
type Cell struct {
	Text  string
	Style Style
	Right bool    // aligned to the right
	Share float64 // above 0: the text draws this part of a whole as a bar
}

func left(s string) Cell         { return Cell{Text: s} }
func right(s string) Cell        { return Cell{Text: s, Right: true} }
func (c Cell) as(s Style) Cell   { c.Style = s; return c }
func amount(n uint64) Cell       { return right(number(n)) }
func part(n, total uint64) Cell  { return right(share(n, total)).as(Dim) }
func heading(s string) Cell      { return left(s).as(Dim) }
func headingRight(s string) Cell { return right(s).as(Dim) }
func faint(s string) Cell        { return left(s).as(Dim) }

// bar is a share as a bar.
func bar(n, total uint64) Cell {
	if n == 0 || total == 0 {
		return Cell{}
	}
	of := float64(n) / float64(total)
	return Cell{Text: blocks(of), Share: of}
}

// Table is rows of cells in columns.
type Table struct {
	Rows  [][]Cell
	Notes map[int]Text // below a row
	Under int          // how many columns a note leaves free
	Folds string       // where a last cell that does not fit goes on in another line; "" cuts it
	Whole bool         // the last cell is not cut: where it does not fit, it stands below its row
}

func (t *Table) row(cells ...Cell) { t.Rows = append(t.Rows, cells) }

// note puts a text below the last row.
func (t *Table) note(text string, style Style) {
	if text == "" {
		return
	}
	if t.Notes == nil {
		t.Notes = map[int]Text{}
	}
	t.Notes[len(t.Rows)-1] = Text{Text: text, Style: style, Break: " "}
}
