package text

import (
	"fmt"
	"strconv"
	"strings"

	"sipspan/view/ladder"
	"sipspan/view/plain"
)

// steps draws the arrows.
func (p *page) steps() {
	timed := p.l.Timed()
	for i := range p.l.Steps {
		s := &p.l.Steps[i]
		if i%pageSteps == 0 {
			if i > 0 {
				p.line("")
			}
			p.heads()
		}
		if timed && i > 0 && s.DelayMs >= ladder.LongPause {
			p.pause(s.DelayMs)
		}
		when := ""
		switch {
		case timed:
			when = fmt.Sprintf("%*s ", gutter-1, offset(s.AtMs))
		case p.l.Source == ladder.SourceHops && s.DelayMs > 0:
			when = fmt.Sprintf("%*s ", gutter-1, "+"+offset(s.DelayMs))
		}
		p.at = s.Number
		p.step(s, fmt.Sprintf("%-*s", gutter, when))
		p.at = 0
	}
}

// offset writes milliseconds as seconds.
func offset(ms float64) string { return strconv.FormatFloat(ms/1000, 'f', 3, 64) }

// pause draws that nothing was sent for some time.
func (p *page) pause(ms float64) {
	p.line(p.o.Paint(strings.Repeat(" ", gutter)+p.columnsAlone()+" "+plain.Duration(ms)+" later", dim))
}

func (p *page) columnsAlone() string {
	if !p.drawn {
		return ""
	}
	return strings.ReplaceAll(string(p.lanes.blank()), "│", "┆")
}

// styleOf returns the colour of a step.
func styleOf(s *ladder.Step) string {
	if s.Explains {
		return alarm
	}
	switch s.Kind {
	case ladder.Request:
		return cyan
	case ladder.Success:
		return green
	case ladder.Redirection, ladder.Challenge:
		return yellow
	case ladder.Failure, ladder.Event:
		return red
	}
	return ""
}

// step draws one arrow, and right of it what it means.
func (p *page) step(s *ladder.Step, when string) {
	style := styleOf(s)
	label := p.l.Caption(s)
	if s.Explains {
		label = "✗ " + label
	}
	var notes []remark
	var lead string
	switch {
	case s.Kind == ladder.Event:
		lead = when + p.columnsAlone()
		notes = append(notes, remark{"* " + s.Label, style})
	case !p.drawn:
		lead = when + p.o.Paint(fmt.Sprintf("%d → %d  %s", s.From+1, s.To+1, label), style)
	default:
		shown := label
		if !p.named {
			shown = ""
		}
		before, arrow, after, labelled := p.lanes.arrow(s.From, s.To, shown, s.Kind != ladder.Request)
		lead = when + before + p.o.Paint(arrow, style) + after
		if !labelled {
			notes = append(notes, remark{label, style})
		}
	}
	notes = append(notes, p.notes(s)...)
	p.beside(lead, notes)
}

// remark is what stands right of an arrow.
type remark struct{ text, style string }

// notes returns what a step means.
func (p *page) notes(s *ladder.Step) (all []remark) {
	if s.Times > 1 && s.ForMs > 0 {
		all = append(all, remark{"sent " + strconv.Itoa(s.Times) + " times within " + plain.Duration(s.ForMs), yellow})
	}
	if s.Cut {
		all = append(all, remark{"cut: its end was not captured", yellow})
	}
	for _, n := range s.Notes {
		switch n.Kind {
		case ladder.NoteHold, ladder.NoteChange:
			all = append(all, remark{n.Text, yellow})
		case ladder.NoteCause:
			all = append(all, remark{"✗ " + n.Text, alarm})
		case ladder.NoteService:
			all = append(all, remark{n.Text, Bold})
		default:
			all = append(all, remark{n.Text, dim})
		}
	}
	return all
}

// beside writes remarks right of a line: the first ones as long as there is room, the others below each other.
func (p *page) beside(lead string, notes []remark) {
	room := p.room
	if !p.drawn {
		room = p.o.Width - gutter - 4
		p.line(lead)
		for _, n := range notes {
			for _, part := range plain.Wrap(n.text, room) {
				p.line(strings.Repeat(" ", gutter+4) + p.o.Paint(part, n.style))
			}
		}
		return
	}
	below := strings.Repeat(" ", gutter) + string(p.lanes.blank())
	line, used := lead, 0
	for _, n := range notes {
		parts := plain.Wrap(n.text, room-2)
		if len(parts) == 0 {
			continue
		}
		if used > 0 && (len(parts) > 1 || used+3+plain.Columns(parts[0]) > room) {
			p.line(line)
			line, used = below, 0
		}
		for i, part := range parts {
			switch {
			case i > 0:
				p.line(line)
				line, used = below+"   "+p.o.Paint(part, n.style), 2+plain.Columns(part)
			case used > 0:
				line, used = line+" · "+p.o.Paint(part, n.style), used+3+plain.Columns(part)
			default:
				line, used = line+" "+p.o.Paint(part, n.style), plain.Columns(part)
			}
		}
		if len(parts) > 1 { // what comes next begins a line
			used = room
		}
	}
	p.line(line)
}
