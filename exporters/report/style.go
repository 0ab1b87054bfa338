package report

import (
	"io"
	"os"
	"time"

	"golang.org/x/term"
)

// Options sets the form of the page.
type Options struct {
	Color   bool           // use the colours of a terminal
	Width   int            // columns of a line at most; 0: 96. Kept between 72 and 200
	Sources []string       // what was read, for the first line
	Zone    *time.Location // of the times; nil: UTC
}

// For returns the options for an output: on a terminal its width and colours, unless the environment variable NO_COLOR is set
// or TERM is dumb.
func For(w io.Writer) Options {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return Options{}
	}
	o := Options{Color: os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"}
	if columns, _, err := term.GetSize(int(f.Fd())); err == nil {
		o.Width = columns
	}
	return o
}

func (o Options) width() int {
	if o.Width == 0 {
		return 96
	}
	return min(max(o.Width, 72), 200)
}

// Style is what a text is, and on a terminal how it looks: the parameters of an SGR sequence (ECMA-48).
type Style string

// The styles of a report.
const (
	Normal  Style = ""
	Bold    Style = "1"
	Dim     Style = "2" // headings, and what matters less
	Bad     Style = "31"
	Good    Style = "32"
	Doubt   Style = "33"
	Neutral Style = "36"
	title   Style = "1;36"
)

// paint adds a style to a text.
func (o Options) paint(s string, as Style) string {
	if !o.Color || as == Normal || s == "" {
		return s
	}
	return "\x1b[" + string(as) + "m" + s + "\x1b[0m"
}
