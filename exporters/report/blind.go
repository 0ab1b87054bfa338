package report

import "sipspan/record"

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
func (p *Report) blind(d *Document) {
	t := &Table{Folds: " · "}
	line := func(name string, as Style, n uint64, text string) {
		if n > 0 {
			t.row(left(name).as(as), amount(n), left(text))
		}
	}
	if s := p.stats; s != nil {
		others, copies := apart(s.Ignored, "duplicate")
		ignored, dropped, malformed := tallyOf(others), tallyOf(s.Dropped), tallyOf(s.Malformed)
		line("packets that are not SIP", Normal, ignored.total, list(ignored))
		line("packets captured twice", Normal, copies, "counted once")
		line("packets out of order", Normal, s.Reordered, "put in the order of their times")
		line("packets without a time", Doubt, s.Untimed, "only their order is known")
		line("packets lost", Bad, dropped.total, list(dropped))
		line("malformed messages", Doubt, malformed.total, list(malformed))
		evicted := tallyOf(s.Evicted)
		line("written out too early", Doubt, evicted.total, "tables were full: "+list(evicted))
	}
	line("records not complete", Doubt, p.unsure.incomplete, list(&p.unsure.flags))
	made := "records made of a text"
	if p.stats != nil && p.stats.Untimed > 0 {
		made += " or of packets without a time"
	}
	line(made, Normal, p.unsure.texts, list(&p.unsure.unsaid))
	if len(t.Rows) == 0 {
		return
	}
	d.section("Not seen", "")
	d.table(t)
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
