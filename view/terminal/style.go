package terminal

import (
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"sipspan/view/plain"
)

// The styles are of the sixteen colours that every terminal has, so that they suit its own light or dark ones.
var (
	bold     = lipgloss.NewStyle().Bold(true)
	faint    = lipgloss.NewStyle().Faint(true)
	bar      = lipgloss.NewStyle().Reverse(true)
	current  = lipgloss.NewStyle().Reverse(true).Bold(true)
	good     = lipgloss.NewStyle().Foreground(lipgloss.Green)
	bad      = lipgloss.NewStyle().Foreground(lipgloss.Red)
	doubtful = lipgloss.NewStyle().Foreground(lipgloss.Yellow)
)

// fit makes a harmless text as many columns wide as asked for.
func fit(s string, width int) string {
	s = plain.Clip(s, width)
	return s + strings.Repeat(" ", max(width-plain.Columns(s), 0))
}

// window cuts from a line, which may hold styles, what is seen from column left on.
func window(s string, left, width int) string {
	if left == 0 {
		return ansi.Truncate(s, width, "")
	}
	return ansi.Cut(s, left, left+width)
}

// scroll is which part of some lines is seen.
type scroll struct{ top, left int }

// show moves the part so that line at of n is in it, and that there are as many lines in it as there can be.
func (s *scroll) show(at, n, height int) {
	s.top = max(min(s.top, at), at-height+1)
	s.bound(n, height)
}

// bound keeps the part within n lines.
func (s *scroll) bound(n, height int) { s.top = max(min(s.top, n-height), 0) }
