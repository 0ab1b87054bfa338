package text

import (
	"strings"

	"sipspan/view/plain"
)

// lanes is the part of a line where the columns are.
type lanes struct {
	count int // columns
	width int // from one column to the next
}

// total returns the width of the lanes: one character for each column, what is between them, and room for a sign after the last one.
func (l lanes) total() int {
	if l.count == 0 {
		return 0
	}
	return (l.count-1)*l.width + 2
}

// blank draws the columns alone.
func (l lanes) blank() []rune {
	line := []rune(strings.Repeat(" ", l.total()))
	for i := range l.count {
		line[i*l.width] = '│'
	}
	return line
}

// arrow draws an arrow between two columns, with a label in it when there is room for it. It returns what is before the arrow, the arrow, and
// what is after it.
func (l lanes) arrow(from, to int, label string, answer bool) (before, arrow, after string, labelled bool) {
	line := l.blank()
	if from == to { // an element that sends to itself
		at := from*l.width + 1
		return string(line[:at]), "↺", string(line[at+1:]), false
	}
	low, high := min(from, to), max(from, to)
	room := (high-low)*l.width - 2 // without the head
	stroke := "─"
	if answer {
		stroke = "╌"
	}
	body := strings.Repeat(stroke, room)
	if n := plain.Columns(label); label != "" && n+4 <= room {
		left := (room - n - 2) / 2
		body = strings.Repeat(stroke, left) + " " + label + " " + strings.Repeat(stroke, room-n-2-left)
		labelled = true
	}
	arrow = body + "▶"
	if from > to {
		arrow = "◀" + body
	}
	return string(line[:low*l.width+1]), arrow, string(line[high*l.width:]), labelled
}
