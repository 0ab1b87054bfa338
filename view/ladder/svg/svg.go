// Package svg draws a ladder as a picture that stands alone: with its own style for light, dark and paper, with a title and a description, without
// script, and with text that can be selected and searched.
package svg

import (
	"fmt"
	"html"
	"io"
	"strconv"
	"strings"

	"sipspan/view/ladder"
	"sipspan/view/plain"
)

// Options is how a ladder is drawn.
type Options struct {
	// ID begins the identifiers in the picture, so that a page may hold several.
	ID string
	// Inline leaves out what only a file of its own needs.
	Inline bool
	// Unstyled leaves out the style: the page has Style in a file of its own, as a strict Content-Security-Policy demands.
	Unstyled bool
}

// Measures, in pixels at the size in which the text is 12 high.
const (
	glyph     = 7.25 // width of a character of the fixed-width font
	left      = 84   // for the times
	minPitch  = 130  // from one column to the next
	maxPitch  = 290
	manyPitch = 88 // of many columns: labels then go over their neighbours, and names have two levels
	many      = 7
	noteChars = 46
	noteWidth = noteChars*6.65 + 16
	row       = 26 // of an arrow without more than one note
	noteLine  = 14
	headLine  = 15
	maxName   = 34
)

// Write draws a ladder.
func Write(w io.Writer, l *ladder.Ladder, o Options) error {
	d := &drawing{l: l, o: o}
	d.measure()
	body := d.body()
	d.begin()
	d.b.WriteString(body)
	d.b.WriteString("</svg>\n")
	_, err := io.WriteString(w, d.b.String())
	return err
}

// drawing is a picture on its way.
type drawing struct {
	l      *ladder.Ladder
	o      Options
	b      strings.Builder
	pitch  float64
	levels int // of the names of the columns
	width  float64
	height float64
	top    float64 // where the steps begin
}

// measure finds how far the columns are apart: as far as the labels need that go from one to the next.
func (d *drawing) measure() {
	d.pitch = minPitch
	for i := range d.l.Steps {
		s := &d.l.Steps[i]
		if span := s.To - s.From; s.From >= 0 && (span == 1 || span == -1) {
			d.pitch = max(d.pitch, float64(plain.Columns(d.l.Caption(s)))*glyph+34)
		}
	}
	d.pitch = min(d.pitch, maxPitch)
	n := max(len(d.l.Columns), 1)
	d.levels = 1
	if n > many {
		d.pitch, d.levels = manyPitch, 2
	}
	d.width = left + float64(n)*d.pitch + noteWidth
	d.top = 10 + 4*headLine*float64(d.levels)
}

// x returns where a column is.
func (d *drawing) x(column int) float64 { return left + d.pitch/2 + float64(column)*d.pitch }

// begin writes the beginning of the picture, for which its height must be known.
func (d *drawing) begin() {
	space := ""
	if !d.o.Inline {
		space = ` xmlns="http://www.w3.org/2000/svg"`
	}
	fmt.Fprintf(&d.b, `<svg%s class="ladder" viewBox="0 0 %s %s" width="%s" height="%s" role="img" aria-labelledby="%stitle %sdesc">`+"\n",
		space, number(d.width), number(d.height), number(d.width), number(d.height), d.o.ID, d.o.ID)
	fmt.Fprintf(&d.b, "<title id=\"%stitle\">%s</title>\n<desc id=\"%sdesc\">%s</desc>\n",
		d.o.ID, html.EscapeString(d.l.Title), d.o.ID, html.EscapeString(describe(d.l)))
	if !d.o.Unstyled {
		fmt.Fprintf(&d.b, "<style>%s</style>\n", style)
	}
	fmt.Fprintf(&d.b, `<rect class="paper" width="%s" height="%s"/>`+"\n", number(d.width), number(d.height))
}

// describe puts a ladder into words.
func describe(l *ladder.Ladder) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d messages between %d elements.", len(l.Steps), len(l.Columns))
	for i := range l.Steps {
		s := &l.Steps[i]
		if i == 100 {
			fmt.Fprintf(&b, " And %d more.", len(l.Steps)-i)
			break
		}
		if s.Kind == ladder.Event {
			fmt.Fprintf(&b, " %s.", s.Label)
			continue
		}
		fmt.Fprintf(&b, " %s from %s to %s.", l.Caption(s), l.Columns[s.From].Label(), l.Columns[s.To].Label())
	}
	return b.String()
}

// number writes a coordinate.
func number(f float64) string { return strconv.FormatFloat(f, 'f', -1, 32) }

// Style is the style of pictures that are drawn without it.
const Style = style + `.ladder .arrow text.soft{fill:var(--soft)}
`

const style = `
.ladder{--ink:#1b1f24;--soft:#57606a;--line:#c4cad1;--paper:#fff;--request:#0550ae;--success:#116329;--other:#7a4d00;--failure:#b3151f;` +
	`font:12px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
@media screen and (prefers-color-scheme:dark){.ladder{--ink:#e6edf3;--soft:#9aa4af;--line:#3d444d;--paper:#0d1117;--request:#79b8ff;` +
	`--success:#5cc46f;--other:#e0a93b;--failure:#ff7b72}}
.ladder text{fill:var(--ink);white-space:pre;unicode-bidi:isolate}
.ladder .paper{fill:var(--paper)}
.ladder .column{stroke:var(--line)}
.ladder .soft,.ladder .soft text{fill:var(--soft)}
.ladder .name{font-weight:600}
.ladder .note{font-size:11px;fill:var(--soft)}
.ladder .strong{fill:var(--failure);font-weight:600}
.ladder .arrow path{stroke:currentColor;fill:none;stroke-width:1.4}
.ladder .arrow .head{fill:currentColor;stroke:none}
.ladder .arrow text{fill:currentColor;paint-order:stroke;stroke:var(--paper);stroke-width:4px;stroke-linejoin:round}
.ladder .answer .shaft{stroke-dasharray:5 3}
.ladder .request{color:var(--request)}
.ladder .provisional{color:var(--soft)}
.ladder .success{color:var(--success)}
.ladder .redirection,.ladder .challenge{color:var(--other)}
.ladder .failure,.ladder .event{color:var(--failure)}
.ladder .explains .shaft{stroke-width:2.6}
.ladder .explains text{font-weight:700}
`
