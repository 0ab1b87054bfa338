package report

import "strings"

// text writes a document for a terminal, or for a file that people read.
func text(d *Document, o Options) string {
	p := &page{Options: o}
	p.WriteString(p.paint(clip(d.Title, p.width()), Bold) + "\n")
	if d.Subtitle != "" {
		p.WriteString(p.paint(d.Subtitle, Dim) + "\n")
	}
	for _, s := range d.Sections {
		p.section(s)
	}
	return p.String()
}

// page is the text as it grows.
type page struct {
	Options
	strings.Builder
}

// inset is the margin in front of everything below a title.
const inset = "  "

func (p *page) section(s *Section) {
	p.WriteByte('\n')
	line := p.paint(s.Title, title)
	if s.Remark != "" {
		line += "  " + p.paint(clip(s.Remark, p.width()-columns(s.Title)-2), Dim)
	}
	p.WriteString(line + "\n")
	for _, b := range s.Blocks {
		p.block(b)
	}
}

func (p *page) block(b Block) {
	if b.Apart {
		p.lines("")
	}
	switch len(b.Tables) {
	case 0:
		p.paragraph(b.Text, "")
	case 1:
		p.table(b.Tables[0])
	default:
		p.lines(beside(p.Options, p.room(), b.Tables...)...)
	}
}

// paragraph adds a text with a margin.
func (p *page) paragraph(t Text, margin string) {
	lines := []string{t.Text}
	if t.Break != "" {
		lines = fold(t.Text, t.Break, p.room()-len(margin))
	}
	for _, line := range lines {
		p.lines(margin + p.paint(line, t.Style))
	}
}

// table adds a table with its notes.
func (p *page) table(t *Table) {
	widths := t.widths()
	if t.Folds != "" {
		for _, row := range t.Rows {
			p.folded(row, t.Folds, widths)
		}
		return
	}
	margin := strings.Repeat(" ", total(widths[:t.Under])+gap)
	var below []string // last cells that do not fit
	if last := len(widths) - 1; t.Whole && total(widths) > p.room() {
		t, below = t.withoutLast(p.room() - total(widths[:last]) - gap)
	}
	for i, line := range t.lines(p.Options, p.room()) {
		p.lines(line)
		if i < len(below) && below[i] != "" {
			for _, part := range broken(below[i], p.room()-len(margin)) {
				p.lines(margin + p.paint(part, Dim))
			}
		}
		if note, ok := t.Notes[i]; ok {
			p.paragraph(note, margin)
		}
	}
}

// folded adds a row whose last cell goes on below itself where it does not fit.
func (p *page) folded(row []Cell, between string, widths []int) {
	last := len(row) - 1
	t := Table{Rows: [][]Cell{row[:last]}}
	head := t.within(p.Options, widths[:last])[0]
	indent := total(widths[:last]) + gap
	head += strings.Repeat(" ", max(0, indent-gap-visible(head)))
	for i, line := range fold(row[last].Text, between, p.room()-indent) {
		if i > 0 {
			head = strings.Repeat(" ", indent-gap)
		}
		p.lines(head + strings.Repeat(" ", gap) + p.paint(line, row[last].Style))
	}
}

// lines adds lines below a title, without blanks at their ends.
func (p *page) lines(lines ...string) {
	for _, line := range lines {
		if line = strings.TrimRight(line, " "); line != "" {
			line = inset + line
		}
		p.WriteString(line + "\n")
	}
}

// room is how many columns are left beside the margin.
func (p *page) room() int { return p.width() - len(inset) }
