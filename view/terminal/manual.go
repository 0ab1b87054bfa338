package terminal

import (
	"strings"

	tea "charm.land/bubbletea/v2"
)

// keys is what the keys do.
const keys = `Everywhere
  F1, h, ?          this page
  F10, Ctrl-C       quit
  Esc, q            back; q quits from the lists
  ↑ ↓ k j           line by line; PgUp PgDn Home End g G

Lists
  Enter             the ladder of the session
  Tab, → ←, 1 to 5  calls, registrations, subscriptions, others (publications,
                    messages, single requests), failures of all kinds
  F7, f, /, F3      filter as you type: every word has to be in a name, a
                    number, the Call-ID, the outcome, the status or the cause.
                    Enter keeps the filter, Esc takes it back
  F9, Esc           all sessions again
  Space             select; F2 then saves what is selected
  F2, s             save the packets in a capture

Ladder
  ↑ ↓               the message before, the next message
  Enter, F6, r      the message as it was
  → ←               scroll to the side
  w                 draw it as wide as it has to be, or as the terminal is
  F4, x             with the legs that have other Call-IDs, or without
  F2, s             save the packets in a capture

Message
  n, p              the next message, the one before
  → ←               scroll to the side

What proves that somebody has a password, keys of media, digits that were
pressed and the text of instant messages are not shown.`

// manual is the screen about the keys.
type manual struct {
	scroll scroll
	page   int
}

var manualLines = strings.Split(keys, "\n")

func (s *manual) close() {}

func (s *manual) press(_ *Model, key string) tea.Cmd {
	switch key {
	case "up", "k":
		s.scroll.top--
	case "down", "j":
		s.scroll.top++
	case "pgup", "ctrl+b":
		s.scroll.top -= max(s.page-1, 1)
	case "pgdown", "ctrl+f", "space":
		s.scroll.top += max(s.page-1, 1)
	case "home", "g":
		s.scroll.top = 0
	case "end", "G":
		s.scroll.top = len(manualLines)
	}
	s.scroll.bound(len(manualLines), s.page)
	return nil
}

func (s *manual) draw(_ *Model, _, height int) []string {
	s.page = height
	s.scroll.bound(len(manualLines), height)
	var lines []string
	for _, line := range manualLines[s.scroll.top:min(s.scroll.top+height, len(manualLines))] {
		if line != "" && line[0] != ' ' {
			line = bold.Render(line)
		}
		lines = append(lines, " "+line)
	}
	return lines
}

func (s *manual) help() string { return "↑↓ scroll  Esc back" }
