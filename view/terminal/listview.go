package terminal

import (
	"fmt"
	"strings"

	"charm.land/lipgloss/v2"

	"sipspan/record"
	"sipspan/view/plain"
)

const (
	detailLines = 3                       // about the row with the cursor
	listFrame   = 2 + 2 + 1 + detailLines // lines around the rows: tabs and heads, status and keys, a rule, the details
	wideList    = 110                     // from here on dates and causes are in the rows
)

// layout is how many columns the cells of a row take.
type layout struct {
	when, from, to, what, code, more, why int
}

func layoutOf(width int) layout {
	c := layout{when: 8, what: 12, code: 3, more: 9}
	rest := width - 2 - c.when - c.what - c.code - c.more - 5
	if width >= wideList {
		c.when = 19
		rest -= 11 + 1
		c.why = rest * 2 / 5
		rest -= c.why
	}
	c.from = rest / 2
	c.to = rest - c.from
	return c
}

// join puts cells beside each other.
func (c *layout) join(when, from, to, what, code, more, why string) string {
	s := fit(when, c.when) + " " + fit(from, c.from) + " " + fit(to, c.to) + " " + fit(what, c.what) + " " + fit(code, c.code) + " " + fit(more, c.more)
	if c.why > 0 {
		s += " " + fit(why, c.why)
	}
	return s
}

func (l *lists) draw(m *Model, width, height int) []string {
	c := layoutOf(width)
	lines := []string{l.bar(m.o.Title, width), bold.Render(fit("  "+c.join("TIME", sides[l.tab][0], sides[l.tab][1], "OUTCOME", "SIP", more[l.tab], "CAUSE"), width))}
	room := height - len(lines) - 1 - detailLines
	l.scroll.show(l.at, len(l.seen), room)
	for i := range room {
		at := l.scroll.top + i
		if at >= len(l.seen) {
			lines = append(lines, "")
			continue
		}
		lines = append(lines, l.line(m, &c, at, width))
	}
	lines = append(lines, faint.Render(strings.Repeat("─", width)))
	return append(lines, l.detail(width)...)
}

// bar draws the names of the lists, and what is looked at.
func (l *lists) bar(title string, width int) string {
	s, used := "", 0
	for t := range tab(tabs) {
		name := fmt.Sprintf(" %s %d ", tabNames[t], l.counts[t])
		used += plain.Columns(name)
		if t == l.tab {
			s += current.Render(name)
		} else {
			s += name
		}
	}
	if title = plain.Clean(title, maxText); used+plain.Columns(title)+1 < width {
		s += strings.Repeat(" ", width-used-plain.Columns(title)-1) + faint.Render(title)
	}
	return s
}

// line draws one row.
func (l *lists) line(m *Model, c *layout, at, width int) string {
	w := l.seen[at]
	cells := w.cells()
	mark := []byte("  ")
	if at == l.at {
		mark[0] = '>'
	}
	if w.selected {
		mark[1] = '*'
	}
	when := began(w.record.Head(), m.o.Zone, c.when > 8)
	s := fit(string(mark)+c.join(when, cells.from, cells.to, cells.what, cells.code, cells.more, w.why()), width)
	if at == l.at {
		return current.Render(s)
	}
	return w.style().Render(s)
}

// style returns the colour of a row.
func (w *row) style() lipgloss.Style {
	if w.cause != nil {
		return bad
	}
	switch r := w.record.(type) {
	case *record.Call:
		switch r.Disposition {
		case record.Answered:
			return good
		case record.InProgress, record.Challenged, record.Redirected:
			return lipgloss.NewStyle()
		}
		return doubtful
	case *record.Registration:
		if r.Outcome == record.Registered {
			return good
		}
	}
	return lipgloss.NewStyle()
}

// detail draws what is known of the row with the cursor.
func (l *lists) detail(width int) []string {
	w := l.current()
	if w == nil {
		if len(l.rows) == 0 {
			return []string{" no sessions yet"}
		}
		return []string{" nothing matches"}
	}
	lines := []string{faint.Render(fit(" Call-ID "+plain.Clean(w.record.Head().CallID, maxText), width))}
	about := w.why()
	if about == "" {
		about = reason(w.record)
	}
	for i, part := range plain.Wrap(about, width-2) {
		if i == detailLines-1 {
			break
		}
		lines = append(lines, " "+part)
	}
	return lines
}

// reason returns what else is to be said of a session in a few words.
func reason(r record.Record) string {
	var parts []string
	add := func(s string) {
		if s = plain.Clean(s, maxText); s != "" {
			parts = append(parts, s)
		}
	}
	answer := func(status int, phrase string) {
		if status != 0 {
			add(code(status) + " " + phrase)
		}
	}
	switch r := r.(type) {
	case *record.Call:
		answer(r.Status, r.Reason)
		if r.ReleasedBy != "" {
			add("ended by the " + r.ReleasedBy)
		}
		for _, s := range r.Services {
			add(words(s))
		}
	case *record.Registration:
		answer(r.Status, r.Reason)
		add(r.UserAgent)
	case *record.Subscription:
		answer(r.Status, r.Reason)
		add(r.State)
	case *record.Publication:
		answer(r.Status, r.Reason)
	case *record.Message:
		answer(r.Status, r.Reason)
	case *record.Transaction:
		answer(r.Status, r.Reason)
	}
	return strings.Join(parts, " · ")
}

// filtered describes the filter and how many rows match it.
func (l *lists) filtered() string {
	selected := 0
	for _, w := range l.rows {
		if w.selected {
			selected++
		}
	}
	s := ""
	if l.filter != "" {
		s = fmt.Sprintf("filter %q: %d of %d", l.filter, len(l.seen), l.counts[l.tab])
	}
	if selected > 0 {
		if s != "" {
			s += " · "
		}
		s += fmt.Sprintf("%d selected", selected)
	}
	return s
}

func (l *lists) help() string {
	return "Enter ladder  Space select  F2 save  F7 filter  Tab next list  F1 help  q quit"
}
