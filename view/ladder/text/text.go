package text

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"sipspan/view/ladder"
	"sipspan/view/plain"
)

// DefaultWidth is how wide a drawing is when nobody says.
const DefaultWidth = 100

// Options is how a ladder is drawn.
type Options struct {
	Width int  // columns of a line; 0: 100
	Color bool // with the colours of a terminal
	ASCII bool // without characters beyond ASCII
}

const (
	minWidth    = 40
	maxWidth    = 400
	gutter      = 11 // time since the start
	wideLane    = 17 // from here on arrows have their labels in them
	maxLane     = 32
	thinLane    = 3
	minRemarks  = 28 // columns right of lanes with labels in their arrows
	goodRemarks = 40 // right of other lanes, if there is room for so much
	thinRemarks = 26 // and at least
	pageSteps   = 40 // after so many lines the names of the columns are drawn again
)

// Line is one line of a drawing.
type Line struct {
	Text string // with colours, if the drawing has them
	Step int    // Number of the step that it belongs to, 0 for none
}

// Write draws a ladder.
func Write(w io.Writer, l *ladder.Ladder, o Options) error {
	return WriteLines(w, Draw(l, o))
}

// WriteLines writes lines, each with its end.
func WriteLines(w io.Writer, lines []Line) error {
	var b strings.Builder
	for i := range lines {
		b.WriteString(lines[i].Text)
		b.WriteByte('\n')
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// Draw draws a ladder and returns its lines.
func Draw(l *ladder.Ladder, o Options) []Line {
	p := &page{l: l, o: o}
	if p.o.Width == 0 {
		p.o.Width = DefaultWidth
	}
	p.o.Width = min(max(p.o.Width, minWidth), maxWidth)
	p.layout()
	p.participants()
	p.legs()
	if len(l.Steps) > 0 {
		p.line("")
	}
	p.steps()
	for _, r := range l.Remarks {
		p.wrapped("! ", r, yellow)
	}
	if l.Copies > 0 {
		p.wrapped("! ", fmt.Sprintf("%d messages were captured more than once and are drawn once", l.Copies), dim)
	}
	return p.lines
}

// page is a drawing on its way.
type page struct {
	l     *ladder.Ladder
	o     Options
	lines []Line
	at    int // Number of the step that is drawn
	lanes lanes
	room  int  // columns right of the lanes
	named bool // names of the columns stand above them
	drawn bool // there are lanes at all
}

// layout divides the width.
func (p *page) layout() {
	n := len(p.l.Columns)
	p.lanes.count = n
	gaps := max(n-1, 1)
	left := p.o.Width - gutter
	// Labels in the arrows: what is right of the lanes are notes alone, which are wrapped.
	if w := (left - minRemarks) / gaps; n > 0 && w >= wideLane {
		p.lanes.width = min(w, maxLane)
		p.named, p.drawn = true, true
	} else if n > 0 && (left-thinRemarks)/gaps >= thinLane {
		p.lanes.width = min(max((left-goodRemarks)/gaps, thinLane), 8)
		p.drawn = true
	}
	p.room = left
	if p.drawn {
		p.room = left - p.lanes.total() - 1
	}
}

// Bold is a style of a text: the parameters of an SGR sequence (ECMA-48).
const Bold = "1"

// The other styles.
const (
	dim    = "2"
	red    = "31"
	green  = "32"
	yellow = "33"
	cyan   = "36"
	alarm  = "1;31"
)

// Paint adds a style to a text if the drawing has colours.
func (o Options) Paint(s, style string) string {
	if !o.Color || style == "" || s == "" {
		return s
	}
	return "\x1b[" + style + "m" + s + "\x1b[0m"
}

// line ends a line. What is drawn may hold colours; everything else is made ASCII here if that is asked for.
func (p *page) line(s string) {
	if p.o.ASCII {
		s = plain.ASCII(s)
	}
	p.lines = append(p.lines, Line{Text: strings.TrimRight(s, " "), Step: p.at})
}

// wrapped writes a text in several lines, all of them indented as the first one.
func (p *page) wrapped(prefix, s, style string) {
	for i, part := range plain.Wrap(s, p.o.Width-plain.Columns(prefix)) {
		if i > 0 {
			prefix = strings.Repeat(" ", plain.Columns(prefix))
		}
		p.line(prefix + p.o.Paint(part, style))
	}
}

// participants lists who took part.
func (p *page) participants() {
	for i := range p.l.Columns {
		p.wrapped(fmt.Sprintf("%3d  ", i+1), p.l.Columns[i].Whole(), "")
	}
}

// legs lists the Call-IDs when there are several.
func (p *page) legs() {
	if len(p.l.Legs) < 2 {
		return
	}
	for _, leg := range p.l.Legs {
		s := "Call-ID " + leg.CallID
		if leg.Relation != "" {
			s += " · " + leg.Relation
		}
		if leg.Reason != "" {
			s += ": " + leg.Reason
		}
		p.wrapped(fmt.Sprintf("%3s  ", leg.Mark), s, "")
	}
}

// heads draws what stands above the columns.
func (p *page) heads() {
	if !p.drawn {
		return
	}
	if !p.named {
		line := []rune(strings.Repeat(" ", p.lanes.total()+3))
		for i := range p.l.Columns {
			copy(line[i*p.lanes.width:], []rune(strconv.Itoa(i+1)))
		}
		p.line(strings.Repeat(" ", gutter) + p.o.Paint(strings.TrimRight(string(line), " "), Bold))
		return
	}
	rows := []func(i int, c *ladder.Column) string{
		func(i int, c *ladder.Column) string {
			if c.Role != "" {
				return strconv.Itoa(i+1) + " " + c.Role
			}
			return strconv.Itoa(i + 1)
		},
		func(_ int, c *ladder.Column) string { return c.Label() },
		func(_ int, c *ladder.Column) string {
			if a := c.First(); a != c.Label() {
				return a
			}
			return ""
		},
	}
	for r, row := range rows {
		line := strings.Repeat(" ", gutter)
		for i := range p.l.Columns {
			at := gutter + i*p.lanes.width
			line += strings.Repeat(" ", max(0, at-plain.Columns(line)))
			limit := p.lanes.width - 1
			if i == len(p.l.Columns)-1 {
				limit = max(limit, p.o.Width-at)
			}
			line += plain.Clip(row(i, &p.l.Columns[i]), limit)
		}
		if line = strings.TrimRight(line, " "); line == "" {
			continue
		}
		style := dim
		if r == 1 {
			style = Bold
		}
		p.line(p.o.Paint(line, style))
	}
}
