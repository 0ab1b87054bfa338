package terminal

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"sipspan/view/plain"
)

// View draws the uppermost screen, the line of what goes on, and the line about the keys.
func (m *Model) View() tea.View {
	v := tea.NewView(strings.Join(m.drawn(), "\n"))
	v.AltScreen = true
	v.WindowTitle = "sipspan"
	return v
}

// drawn returns as many lines as the terminal has.
func (m *Model) drawn() []string {
	if m.width == 0 || m.height == 0 { // not known yet
		return nil
	}
	if m.width < minWidth || m.height < minHeight {
		return []string{window(fmt.Sprintf("too small: %d x %d", minWidth, minHeight), 0, m.width)}
	}
	room := m.height - 2
	lines := m.top().draw(m, m.width, room)
	lines = lines[:min(len(lines), room)]
	for len(lines) < room {
		lines = append(lines, "")
	}
	lines = append(lines, m.status(), bar.Render(fit(" "+m.top().help(), m.width)))
	for i, line := range lines {
		line = window(line, 0, m.width)
		if m.o.ASCII {
			line = plain.ASCII(line)
		}
		lines[i] = line
	}
	return lines
}

// status draws what is asked for, or what has happened and how far reading has come.
func (m *Model) status() string {
	if m.ask != nil {
		text := []rune(m.ask.question + m.ask.text)
		for plain.Columns(string(text)) >= m.width-1 { // the end is seen, where it is typed
			text = text[1:]
		}
		return bold.Render(string(text)) + bar.Render(" ")
	}
	right := m.progress()
	left := m.notice
	if left == "" {
		left = m.lists.filtered()
	}
	room := m.width - plain.Columns(right) - 3
	style := faint
	if m.notice != "" {
		style = bold
	}
	return " " + style.Render(fit(left, room)) + " " + right
}

// captured writes what is going on while packets are captured, and what is missing in the lists.
func (m *Model) captured() string {
	s := "live"
	if m.done {
		s = "the capture has ended"
	}
	if n := len(m.lists.open); n == 1 {
		s += ", 1 call goes on"
	} else if n > 1 {
		s += fmt.Sprintf(", %d calls go on", n)
	}
	if m.lists.omitted > 0 {
		s += fmt.Sprintf(", %d older ones left out", m.lists.omitted)
	}
	if m.lost > 0 {
		s += fmt.Sprintf(", %d packets lost", m.lost)
	}
	if m.missed > 0 {
		s += fmt.Sprintf(", %d records missed", m.missed)
	}
	return s
}

// progress writes how far reading has come.
func (m *Model) progress() string {
	if m.o.Live {
		return m.captured()
	}
	lost := ""
	if n := m.lists.omitted; n > 0 {
		lost = fmt.Sprintf(", %d more are left out", n)
	}
	switch {
	case m.done && m.broken != "":
		return "read in part" + lost
	case m.done:
		return "all read" + lost
	case m.total > 0:
		return fmt.Sprintf("reading, %d %%", min(m.read*100/m.total, 100)) + lost
	}
	return "reading" + lost
}
