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
	w io.Writer
	o text.Options
}

// Write writes a sheet. The messages are on it when the ladder holds them.
func Write(w io.Writer, st story.Story, l *ladder.Ladder, o text.Options) error {
	if o.Width == 0 {
		o.Width = text.DefaultWidth
	}
	var b strings.Builder
	s := &sheet{&b, o}
	s.line(o.Paint(st.Heading, text.Bold))
	s.facts(st.Facts)
	if len(st.Course) > 0 {
		s.line("")
	}
	for _, c := range st.Course {
		s.wrapped("", c)
	}
	s.line("")
	if err := text.Write(&b, l, o); err != nil {
		return err
	}
	s.media(l)
	s.cause(l)
	s.messages(l)
	_, err := io.WriteString(w, b.String())
	return err
}

func (s *sheet) line(text string) {
	if s.o.ASCII {
		text = plain.ASCII(text)
	}
	fmt.Fprintln(s.w, strings.TrimRight(text, " "))
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
		m := &l.Steps[i]
		if m.Raw == "" {
			continue
		}
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
}
