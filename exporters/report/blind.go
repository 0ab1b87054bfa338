package report

import (
	"strings"

	"sipspan/record"
)

// unsure counts the records that are not complete, and why.
type unsure struct {
	records, incomplete, texts uint64
	flags, unsaid              tally[string]
	names                      []string // scratch
}

func (u *unsure) add(f record.Flags) {
	u.records++
	u.count(f&^record.OfText, &u.incomplete, &u.flags)
	u.count(f&record.OfText, &u.texts, &u.unsaid)
}

func (u *unsure) count(f record.Flags, records *uint64, flags *tally[string]) {
	if f == 0 {
		return
	}
	*records++
	u.names = f.AppendNames(u.names[:0])
	for _, name := range u.names {
		flags.add(name, 1)
	}
}

// blind writes what was ignored, lost or malformed.
func (p *Report) blind(page *page) {
	t := &table{}
	line := func(name string, as style, n uint64, text string) {
		if n > 0 {
			t.row(left(name).as(as), amount(n), left(text))
		}
	}
	if s := p.stats; s != nil {
		others, copies := apart(s.Ignored, "duplicate")
		ignored, dropped, malformed := tallyOf(others), tallyOf(s.Dropped), tallyOf(s.Malformed)
		line("packets that are not SIP", normal, ignored.total, list(ignored))
		line("packets captured twice", normal, copies, "counted once")
		line("packets out of order", normal, s.Reordered, "put in the order of their times")
		line("packets lost", red, dropped.total, list(dropped))
		line("malformed messages", yellow, malformed.total, list(malformed))
		evicted := tallyOf(s.Evicted)
		line("written out too early", yellow, evicted.total, "tables were full: "+list(evicted))
	}
	line("records not complete", yellow, p.unsure.incomplete, list(&p.unsure.flags))
	line("records made of a text", normal, p.unsure.texts, list(&p.unsure.unsaid))
	if len(t.rows) == 0 {
		return
	}
	page.section("Not seen", "")
	widths := t.widths()
	for _, row := range t.rows {
		page.wrap(row, widths[0], widths[1])
	}
}

// apart splits the count called name off a list.
func apart(list []record.Count, name string) (others []record.Count, n uint64) {
	for _, c := range list {
		if c.Name == name {
			n = c.Value
			continue
		}
		others = append(others, c)
	}
	return others, n
}

// wrap adds a line of name, count and a list, which goes on below itself where it does not fit.
func (p *page) wrap(row []cell, names, numbers int) {
	indent := names + gap + numbers + gap
	head := p.paint(row[0].text, row[0].style) + strings.Repeat(" ", names-row[0].width()+gap+numbers-row[1].width()) + row[1].text
	for i, line := range fold(row[2].text, " · ", p.room()-indent) {
		if i > 0 {
			head = strings.Repeat(" ", indent-gap)
		}
		p.lines(head + strings.Repeat(" ", gap) + line)
	}
}
