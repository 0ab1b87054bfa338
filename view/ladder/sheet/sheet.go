// Package sheet writes what is known of one session as text: its story, its ladder, the media, the cause with its evidence, and its messages.
package sheet

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"sipspan/view/ladder"
	"sipspan/view/ladder/text"
	"sipspan/view/plain"
	"sipspan/view/story"
)

// sheet is one on its way.
type sheet struct {
	lines []text.Line
	o     text.Options
}

// Write writes a sheet. The messages are on it when the ladder holds them.
func Write(w io.Writer, st story.Story, l *ladder.Ladder, o text.Options) error {
	s := begin(o)
	s.session(st, l)
	s.messages(l)
	return text.WriteLines(w, s.lines)
}

// Lines returns the lines of a sheet without the messages.
func Lines(st story.Story, l *ladder.Ladder, o text.Options) []text.Line {
	s := begin(o)
	s.session(st, l)
	return s.lines
}

// Message returns the lines of one message with a heading: which one it is, who sent it to whom, and when. Of a step that the ladder holds
// no message of, they are the heading alone.
func Message(l *ladder.Ladder, step *ladder.Step, o text.Options) []text.Line {
	s := begin(o)
	s.message(l, step)
	return s.lines[1:] // without the empty line before the heading
}

func begin(o text.Options) *sheet {
	if o.Width == 0 {
		o.Width = text.DefaultWidth
	}
	return &sheet{o: o}
}

// session writes everything but the messages.
func (s *sheet) session(st story.Story, l *ladder.Ladder) {
	s.line(s.o.Paint(st.Heading, text.Bold))
	s.facts(st.Facts)
	if len(st.Course) > 0 {
		s.line("")
	}
	for _, c := range st.Course {
		s.wrapped("", c)
	}
	s.line("")
	s.lines = append(s.lines, text.Draw(l, s.o)...)
	s.media(l)
	s.cause(l)
}

func (s *sheet) line(line string) {
	if s.o.ASCII {
		line = plain.ASCII(line)
	}
	s.lines = append(s.lines, text.Line{Text: strings.TrimRight(line, " ")})
}

// wrapped writes a text in several lines, all of them indented as the first one.
func (s *sheet) wrapped(prefix, text string) {
	for i, part := range plain.Wrap(text, max(s.o.Width-plain.Columns(prefix), 20)) {
		if i > 0 {
			prefix = strings.Repeat(" ", plain.Columns(prefix))
		}
		s.line(prefix + part)
	}
}

func (s *sheet) facts(facts []story.Fact) {
	widest := 0
	for _, f := range facts {
		widest = max(widest, plain.Columns(f.Name))
	}
	for _, f := range facts {
		s.wrapped(f.Name+strings.Repeat(" ", widest-plain.Columns(f.Name)+2), f.Text)
	}
}

func (s *sheet) heading(name string) {
	s.line("")
	s.line(s.o.Paint(name, text.Bold))
}

// media lists what was offered and what was agreed on.
func (s *sheet) media(l *ladder.Ladder) {
	if len(l.Media) == 0 {
		return
	}
	s.heading("Media")
	for i := range l.Media {
		m := &l.Media[i]
		if len(m.Offer) > 0 {
			s.wrapped("  offered  ", described(m.Offer)+step(m.Asked))
		}
		switch {
		case len(m.Last) > 0:
			s.wrapped("  last     ", described(m.Last)+" (offer or answer)")
		case len(m.Answer) > 0 && len(m.Offer) == 0:
			s.wrapped("  agreed   ", described(m.Answer))
		case len(m.Answer) > 0:
			s.wrapped("  answered ", described(m.Answer)+step(m.Given))
		default:
			s.wrapped("  answered ", "no answer")
		}
	}
}

// step says which arrow something is from.
func step(number int) string {
	if number == 0 {
		return ""
	}
	return " (message " + strconv.Itoa(number) + ")"
}

// described writes media lines in full.
func described(lines []ladder.MediaLine) string {
	var all []string
	for _, l := range lines {
		words := []string{l.Type, strings.Join(l.Codecs, "/")}
		if l.Refused {
			words = append(words, "refused")
		}
		if l.Addr != "" {
			words = append(words, "at "+l.Addr)
		}
		if l.Direction != "" {
			words = append(words, l.Direction)
		}
		all = append(all, strings.Join(strings.Fields(strings.Join(words, " ")), " "))
	}
	return strings.Join(all, "; ")
}

// cause says why it failed, and on what that rests.
func (s *sheet) cause(l *ladder.Ladder) {
	c := l.Cause
	if c == nil {
		return
	}
	s.heading("Why")
	s.wrapped("  ", c.Explanation)
	known := strings.TrimSpace(c.Source + " " + c.Code)
	if c.Text != "" {
		known += ": " + c.Text
	}
	if c.Origin != "" {
		known += ", from " + c.Origin
	}
	s.wrapped("  known from  ", known+step(c.Step))
	for _, e := range c.Evidence {
		s.wrapped("  evidence    ", e.What+step(e.Step))
	}
}

// messages writes the messages as they were.
func (s *sheet) messages(l *ladder.Ladder) {
	for i := range l.Steps {
		if m := &l.Steps[i]; m.Raw != "" {
			s.message(l, m)
		}
	}
}

func (s *sheet) message(l *ladder.Ladder, m *ladder.Step) {
	head := fmt.Sprintf("%d. %s  %s → %s", m.Number, l.Caption(m), l.Columns[m.From].Label(), l.Columns[m.To].Label())
	if m.Transport != "" {
		head += "  " + m.Transport
	}
	if m.Time != "" {
		head += "  " + m.Time
	}
	if n := len(m.Frames); n > 0 {
		var frames []string
		for _, f := range m.Frames[:min(n, 20)] {
			frames = append(frames, strconv.Itoa(f))
		}
		head += "  frame " + strings.Join(frames, ", ")
	}
	s.heading(head)
	for line := range strings.Lines(strings.TrimRight(m.Raw, "\n")) {
		s.line("  " + strings.TrimSuffix(line, "\n"))
	}
}
