package terminal

import (
	"strings"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"

	"sipspan/view/plain"
)

// maxPrompt is how many characters can be typed.
const maxPrompt = 200

// prompt is one line that somebody types.
type prompt struct{ text string }

// press takes a key and reports whether it was one of typing.
func (p *prompt) press(key tea.KeyPressMsg) bool {
	switch key.String() {
	case "backspace", "ctrl+h":
		_, n := utf8.DecodeLastRuneInString(p.text)
		p.text = p.text[:len(p.text)-n]
	case "ctrl+u":
		p.text = ""
	case "ctrl+w":
		p.text = strings.TrimRight(p.text, " ")
		p.text = p.text[:strings.LastIndexByte(p.text, ' ')+1]
	default:
		if key.Text == "" {
			return false
		}
		p.insert(key.Text)
	}
	return true
}

// insert adds what was typed or pasted, made one harmless line.
func (p *prompt) insert(s string) {
	s = strings.Trim(s, "\r\n")
	space := strings.HasSuffix(s, " ")
	s = plain.Clean(s, maxPrompt)
	if space {
		s += " "
	}
	if utf8.RuneCountInString(p.text+s) <= maxPrompt {
		p.text += s
	}
}
