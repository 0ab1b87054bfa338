// Package mermaid writes a ladder as a sequence diagram in the language of Mermaid, which wikis and ticket systems draw.
package mermaid

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"sipspan/view/ladder"
	"sipspan/view/plain"
)

// Write writes a ladder.
func Write(w io.Writer, l *ladder.Ladder) error {
	var b strings.Builder
	b.WriteString("sequenceDiagram\n")
	if len(l.Columns) == 0 {
		b.WriteString("    participant p1 as nobody\n")
	}
	for i := range l.Columns {
		c := &l.Columns[i]
		names := []string{}
		for _, s := range []string{c.Role, c.Label()} {
			if s != "" {
				names = append(names, escape(s))
			}
		}
		if c.First() != c.Label() {
			names = append(names, escape(c.First()))
		}
		fmt.Fprintf(&b, "    participant p%d as %s\n", i+1, strings.Join(names, "<br/>"))
	}
	over := "p1"
	if n := len(l.Columns); n > 1 {
		over = "p1,p" + strconv.Itoa(n)
	}
	timed := l.Timed()
	for i := range l.Steps {
		s := &l.Steps[i]
		if timed && i > 0 && s.DelayMs >= ladder.LongPause {
			fmt.Fprintf(&b, "    Note over %s: %s\n", over, escape(plain.Duration(s.DelayMs)+" later"))
		}
		if s.Kind == ladder.Event {
			fmt.Fprintf(&b, "    Note over %s: %s\n", over, escape(s.Label))
			continue
		}
		step(&b, l, s)
	}
	for _, r := range l.Remarks {
		fmt.Fprintf(&b, "    Note over %s: %s\n", over, escape(r))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func step(b *strings.Builder, l *ladder.Ladder, s *ladder.Step) {
	arrow := "->>"
	if s.Kind != ladder.Request {
		arrow = "-->>"
	}
	label := l.Caption(s)
	if s.Explains {
		label = "✗ " + label
	}
	lines := []string{escape(label)}
	cause := ""
	for _, n := range s.Notes {
		if n.Kind == ladder.NoteCause {
			cause = n.Text
			continue
		}
		lines = append(lines, wrapped(n.Text)...)
	}
	fmt.Fprintf(b, "    p%d%sp%d: %s\n", s.From+1, arrow, s.To+1, strings.Join(lines, "<br/>"))
	if cause != "" {
		fmt.Fprintf(b, "    Note right of p%d: %s\n", max(s.From, s.To)+1, strings.Join(wrapped(cause), "<br/>"))
	}
}

// lineLength is how many characters a line of a note has.
const lineLength = 42

// wrapped breaks a text into lines, and escapes them.
func wrapped(s string) []string {
	lines := plain.Wrap(s, lineLength)
	for i := range lines {
		lines[i] = escape(lines[i])
	}
	return lines
}

// escape writes every character that could mean something to Mermaid or to HTML as a numeric entity, in Mermaid's form of it.
func escape(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == ' ', r == '.', r == ',', r == '/', r == '-', r == '_', r == '+', r == '(', r == ')', r == '=', r == '@', r == ':',
			'0' <= r && r <= '9', 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', r > 0x7f:
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, "#%d;", r)
		}
	}
	return b.String()
}
