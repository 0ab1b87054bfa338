package terminal

import (
	"context"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"sipspan/record"
	"sipspan/view/ladder"
	"sipspan/view/ladder/sheet"
	"sipspan/view/ladder/text"
	"sipspan/view/plain"
	"sipspan/view/story"
)

// session is the screen with the ladder of one session.
type session struct {
	record   record.Record
	failures []record.Record
	related  bool
	wide     bool
	stop     context.CancelFunc
	ladder   *ladder.Ladder // nil: it is being drawn
	broken   string
	lines    []text.Line
	width    int  // for which lines were drawn
	heads    span // the lines above the first step, which name the columns
	ends     int  // the line after the last step
	step     int  // Number of the step with the cursor, 0 for none
	steps    int  // how many there are
	scroll   scroll
	page     int // lines that are seen
}

// span is some of the lines.
type span struct{ from, to int }

// drawnMsg brings a ladder.
type drawnMsg struct {
	of      *session
	related bool
	ladder  *ladder.Ladder
	err     error
}

// look opens the ladder of a session; of a failure, that of the session with its Call-ID, if there is one.
func (m *Model) look(w *row) tea.Cmd {
	callID := w.record.Head().CallID
	if w.record.Kind() == record.KindFailure {
		for _, other := range m.lists.rows {
			if other.tab != failures && other.record.Head().CallID == callID {
				w = other
				break
			}
		}
	}
	s := &session{record: w.record, failures: slices.Clone(m.lists.failures[callID]), related: true}
	m.open(s)
	return s.request(m)
}

// request asks for the ladder.
func (s *session) request(m *Model) tea.Cmd {
	s.close()
	ctx, stop := context.WithCancel(m.ctx)
	s.stop, s.ladder = stop, nil
	related := s.related
	return func() tea.Msg {
		l, err := m.o.Desk.Draw(ctx, s.record, s.failures, related)
		return drawnMsg{s, related, l, err}
	}
}

// take takes the ladder, unless another one has been asked for since.
func (s *session) take(m *Model, msg drawnMsg) {
	if msg.related != s.related || !slices.Contains(m.screens, screen(s)) {
		return
	}
	s.close()
	s.ladder, s.width, s.broken = msg.ladder, 0, ""
	if msg.err != nil {
		s.broken = plain.Clean(msg.err.Error(), maxText)
	}
	if s.ladder == nil {
		return
	}
	s.steps = 0
	for i := range s.ladder.Steps {
		s.steps = max(s.steps, s.ladder.Steps[i].Number)
	}
	s.step = min(max(s.step, 1), s.steps)
	if c := s.ladder.Cause; c != nil && c.Step > 0 {
		s.step = c.Step
	}
}

func (s *session) close() {
	if s.stop != nil {
		s.stop()
		s.stop = nil
	}
}

// at returns the first and the last line of the step with the cursor.
func (s *session) at() (first, last int) {
	first = -1
	for i := range s.lines {
		if s.step > 0 && s.lines[i].Step == s.step {
			if first < 0 {
				first = i
			}
			last = i
		}
	}
	return first, last
}

func (s *session) press(m *Model, key string) tea.Cmd {
	switch key {
	case "f4", "x":
		s.related = !s.related
		return s.request(m)
	case "f2", "s":
		m.save([]record.Record{s.record}, s.related)
	case "enter", "f6", "r":
		if i := s.index(); i >= 0 {
			m.open(&message{session: s})
		}
	case "w":
		s.wide, s.width, s.scroll.left = !s.wide, 0, 0
	case "up", "k":
		s.move(-1)
	case "down", "j":
		s.move(1)
	case "pgup", "ctrl+b":
		s.scroll.top -= max(s.page-1, 1)
	case "pgdown", "ctrl+f":
		s.scroll.top += max(s.page-1, 1)
	case "home", "g":
		s.scroll, s.step = scroll{}, min(1, s.steps)
	case "end", "G":
		s.scroll.top, s.step = len(s.lines), s.steps
	case "left":
		s.scroll.left = max(s.scroll.left-8, 0)
	case "right":
		s.scroll.left = min(s.scroll.left+8, max(s.widest()-s.width/2, 0))
	}
	s.scroll.bound(len(s.lines), s.page)
	return nil
}

// index returns which of the ladder's steps has the cursor, -1 for none.
func (s *session) index() int {
	if s.ladder == nil || s.step == 0 {
		return -1
	}
	return slices.IndexFunc(s.ladder.Steps, func(step ladder.Step) bool { return step.Number == s.step })
}

// move moves the cursor to the next step, or, where there is none, the picture by a line.
func (s *session) move(by int) {
	to := s.step + by
	if s.steps == 0 || to < 1 || to > s.steps {
		s.scroll.top += by
		return
	}
	s.step = to
	if first, last := s.at(); first >= 0 {
		s.scroll.show(last, len(s.lines), s.page)
		s.scroll.show(max(first-s.heads.to+s.heads.from, 0), len(s.lines), s.page)
	}
}

// measure finds where the steps are.
func (s *session) measure() {
	s.heads, s.ends = span{}, 0
	for i := range s.lines {
		if s.lines[i].Step == 0 {
			continue
		}
		if s.ends == 0 {
			from := i
			for from > 0 && s.lines[from-1].Text != "" {
				from--
			}
			s.heads = span{from, i}
		}
		s.ends = i + 1
	}
}

// begin shows the beginning, of what is too long the beginning of the ladder, or what explains the failure.
func (s *session) begin() {
	if len(s.lines) <= s.page {
		return
	}
	s.scroll.top = s.heads.from
	if first, last := s.at(); first >= s.scroll.top+s.page {
		s.scroll.show(last, len(s.lines), s.page)
	}
}

// line returns a line of the picture: the names of the columns stay above their steps.
func (s *session) line(row int) *text.Line {
	at := s.scroll.top + row
	if n := s.heads.to - s.heads.from; row < n && s.scroll.top > s.heads.from && at+n < s.ends {
		return &s.lines[s.heads.from+row]
	}
	return &s.lines[at]
}

// widest returns the columns of the longest line.
func (s *session) widest() int {
	n := 0
	for i := range s.lines {
		n = max(n, ansi.StringWidth(s.lines[i].Text))
	}
	return n
}

// drawWidth returns how wide the ladder is drawn: as the terminal is, or so that all arrows have their labels in them.
func (s *session) drawWidth(width int) int {
	if !s.wide {
		return width
	}
	const lane, beside = 20, 72
	return max(width, len(s.ladder.Columns)*lane+beside)
}

func (s *session) draw(m *Model, width, height int) []string {
	lines := []string{bar.Render(fit(" "+s.title(), width))}
	if s.broken != "" {
		lines = append(lines, bad.Render(fit(" not everything could be read: "+s.broken, width)))
	}
	if s.ladder == nil {
		if s.broken == "" {
			lines = append(lines, "", " reading the messages…")
		}
		return lines
	}
	s.page = height - len(lines)
	if s.width != width {
		first := s.lines == nil
		s.lines = sheet.Lines(story.Of(s.record, m.o.Zone), s.ladder, text.Options{Width: s.drawWidth(width), Color: true, ASCII: m.o.ASCII})
		s.width = width
		s.measure()
		if first {
			s.begin()
		}
	}
	s.scroll.bound(len(s.lines), s.page)
	for row := range min(s.page, len(s.lines)-s.scroll.top) {
		l := s.line(row)
		line := window(l.Text, s.scroll.left, width)
		if s.step > 0 && l.Step == s.step {
			line = ansi.Strip(line)
			if rest, ok := strings.CutPrefix(line, " "); ok && s.scroll.left == 0 {
				line = ">" + rest
			}
			line = current.Render(fit(line, width))
		}
		lines = append(lines, line)
	}
	return lines
}

func (s *session) title() string {
	if s.ladder != nil {
		return plain.Clean(s.ladder.Title, maxText)
	}
	return plain.Clean("Call-ID "+s.record.Head().CallID, maxText)
}

func (s *session) help() string {
	return "Enter message  F2 save  F4 related legs  w wide  ←→ scroll  F1 help  Esc back"
}
