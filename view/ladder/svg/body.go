package svg

import (
	"fmt"
	"html"
	"strconv"
	"strings"

	"sipspan/view/ladder"
	"sipspan/view/plain"
)

// body draws everything that is on the paper, and finds its height.
func (d *drawing) body() string {
	var steps strings.Builder
	y := d.top + row
	timed := d.l.Timed()
	for i := range d.l.Steps {
		s := &d.l.Steps[i]
		if timed && i > 0 && s.DelayMs >= ladder.LongPause {
			fmt.Fprintf(&steps, `<text class="note" x="%s" y="%s">%s</text>`+"\n", number(d.x(0)+8), number(y-8), escape(plain.Duration(s.DelayMs)+" later"))
			y += row - 8
		}
		notes := d.notes(s)
		d.step(&steps, s, y, timed)
		for j, n := range notes {
			fmt.Fprintf(&steps, `<text class="note%s" x="%s" y="%s">%s</text>`+"\n", n.class, number(d.right()), number(y+4+float64(j)*noteLine), escape(n.text))
		}
		y += max(row, float64(len(notes))*noteLine+10)
	}
	end := y
	for _, r := range d.l.Remarks {
		for _, part := range plain.Wrap(r, int((d.width-20)/glyph)) {
			fmt.Fprintf(&steps, `<text class="note" x="10" y="%s">%s</text>`+"\n", number(y+4), escape(part))
			y += noteLine
		}
	}
	d.height = y + 10
	return d.columns(end) + steps.String()
}

// right returns where the notes begin.
func (d *drawing) right() float64 {
	return d.x(max(len(d.l.Columns)-1, 0)) + min(d.pitch/2, 24)
}

// columns draws the names and the lines of the columns.
func (d *drawing) columns(end float64) string {
	var b strings.Builder
	limit := min(int(d.pitch*float64(d.levels)/glyph)-1, maxName)
	for i := range d.l.Columns {
		c := &d.l.Columns[i]
		level := float64(i % d.levels)
		fmt.Fprintf(&b, `<g><title>%s</title><path class="column" d="M%s %sV%s"/>`,
			escape(c.Whole()), number(d.x(i)), number(d.top-(float64(d.levels)-1-level)*4*headLine), number(end))
		first := c.First()
		more := c.Agent
		if more == c.Label() {
			more = ""
		}
		if first == c.Label() {
			first = ""
		}
		for j, line := range []struct{ class, text string }{{"soft", c.Role}, {"name", c.Label()}, {"soft", first}, {"soft", more}} {
			if line.text == "" {
				continue
			}
			fmt.Fprintf(&b, `<text class="%s" text-anchor="middle" x="%s" y="%s">%s</text>`,
				line.class, number(d.x(i)), number(14+(4*level+float64(j))*headLine), escape(plain.Clip(line.text, limit)))
		}
		b.WriteString("</g>\n")
	}
	return b.String()
}

// step draws one arrow with its label above it.
func (d *drawing) step(b *strings.Builder, s *ladder.Step, y float64, timed bool) {
	classes := "arrow " + string(s.Kind)
	if s.Kind != ladder.Request {
		classes += " answer"
	}
	if s.Explains {
		classes += " explains"
	}
	fmt.Fprintf(b, `<g class="%s">`, classes)
	if timed {
		own := ` style="fill:var(--soft)"`
		if d.o.Unstyled {
			own = ""
		}
		fmt.Fprintf(b, `<text class="soft"%s text-anchor="end" x="%d" y="%s">%s</text>`, own, left-8, number(y+4), seconds(s.AtMs))
	}
	switch {
	case s.Kind == ladder.Event:
		fmt.Fprintf(b, `<text x="%s" y="%s">%s</text>`, number(d.x(0)+8), number(y+4), escape("● "+s.Label))
	case s.From == s.To:
		x := d.x(s.From)
		fmt.Fprintf(b, `<path class="shaft" d="M%s %sh18v8h-14"/><path class="head" d="M%s %sl8 -4v8z"/><text x="%s" y="%s">%s</text>`,
			number(x), number(y-2), number(x), number(y+6), number(x+24), number(y+4), escape(d.l.Caption(s)))
	default:
		d.arrow(b, s, y)
	}
	b.WriteString("</g>\n")
}

func (d *drawing) arrow(b *strings.Builder, s *ladder.Step, y float64) {
	from, to := d.x(s.From), d.x(s.To)
	head, shaft := -8.0, to-6
	if to < from {
		head, shaft = 8, to+6
	}
	label := d.l.Caption(s)
	room := int(max(from-to, to-from)/glyph) - 2
	if d.levels > 1 {
		room = max(room, maxName)
	}
	title := "#" + strconv.Itoa(s.Number) + " " + label
	if s.Transport != "" {
		title += " over " + s.Transport
	}
	if s.Time != "" {
		title += ", " + s.Time
	}
	fmt.Fprintf(b, `<title>%s</title><path class="shaft" d="M%s %sH%s"/><path class="head" d="M%s %sl%s -4v8z"/>`,
		escape(title), number(from), number(y), number(shaft), number(to), number(y), number(head))
	fmt.Fprintf(b, `<text text-anchor="middle" x="%s" y="%s">%s</text>`, number((from+to)/2), number(y-5), escape(plain.Clip(label, room)))
}

// seconds writes milliseconds as seconds.
func seconds(ms float64) string { return strconv.FormatFloat(ms/1000, 'f', 3, 64) }

// note is a line right of an arrow.
type note struct{ class, text string }

func (d *drawing) notes(s *ladder.Step) (all []note) {
	add := func(class, s string) {
		for _, part := range plain.Wrap(s, noteChars) {
			all = append(all, note{class, part})
		}
	}
	if s.Times > 1 && s.ForMs > 0 {
		add("", fmt.Sprintf("sent %d times within %s", s.Times, plain.Duration(s.ForMs)))
	}
	if s.Cut {
		add("", "cut: its end was not captured")
	}
	for _, n := range s.Notes {
		class := ""
		if n.Kind == ladder.NoteCause {
			class = " strong"
		}
		add(class, n.Text)
	}
	return all
}

func escape(s string) string { return html.EscapeString(s) }
