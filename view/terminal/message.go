package terminal

import (
	tea "charm.land/bubbletea/v2"

	"sipspan/view/ladder"
	"sipspan/view/ladder/sheet"
	"sipspan/view/ladder/text"
)

// message is the screen with one message of a ladder.
type message struct {
	session *session
	scroll  scroll
	page    int
}

// lines returns the message with its heading.
func (s *message) lines(m *Model) []text.Line {
	l := s.session.ladder
	i := s.session.index()
	if i < 0 || l.Steps[i].From < 0 || l.Steps[i].From >= len(l.Columns) || l.Steps[i].To < 0 || l.Steps[i].To >= len(l.Columns) {
		return nil
	}
	lines := sheet.Message(l, &l.Steps[i], text.Options{Width: m.width, Color: true, ASCII: m.o.ASCII})
	if l.Steps[i].Raw == "" {
		why := "  The message is not there: it could not be read."
		if l.Source == ladder.SourceHops {
			why = "  The message is not there: a record holds no messages, and the capture is not among what is looked at."
		}
		lines = append(lines, text.Line{}, text.Line{Text: why})
	}
	return lines
}

func (s *message) close() {}

func (s *message) press(m *Model, key string) tea.Cmd {
	switch key {
	case "n", "tab":
		s.turn(1)
	case "p", "shift+tab":
		s.turn(-1)
	case "up", "k":
		s.scroll.top--
	case "down", "j":
		s.scroll.top++
	case "pgup", "ctrl+b":
		s.scroll.top -= max(s.page-1, 1)
	case "pgdown", "ctrl+f":
		s.scroll.top += max(s.page-1, 1)
	case "home", "g":
		s.scroll = scroll{}
	case "end", "G":
		s.scroll.top = len(s.lines(m))
	case "left":
		s.scroll.left = max(s.scroll.left-8, 0)
	case "right":
		s.scroll.left = min(s.scroll.left+8, 4000)
	case "f2", "s":
		return s.session.press(m, key)
	case "enter":
		m.back()
	}
	s.scroll.bound(len(s.lines(m)), s.page)
	return nil
}

// turn shows the next message, or the one before.
func (s *message) turn(by int) {
	if to := s.session.step + by; to >= 1 && to <= s.session.steps {
		s.session.move(by)
		s.scroll = scroll{}
	}
}

func (s *message) draw(m *Model, width, height int) []string {
	lines := s.lines(m)
	s.page = height
	s.scroll.bound(len(lines), height)
	var seen []string
	for i := s.scroll.top; i < min(s.scroll.top+height, len(lines)); i++ {
		seen = append(seen, window(lines[i].Text, s.scroll.left, width))
	}
	return seen
}

func (s *message) help() string {
	return "n next message  p message before  ↑↓←→ scroll  F2 save  F1 help  Esc back"
}
