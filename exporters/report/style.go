package report

import (
	"io"
	"os"

	"golang.org/x/term"
)

// Options sets the form of the page.
type Options struct {
	Color   bool     // use the colours of a terminal
	Width   int      // columns of a line at most; 0: 96. Kept between 72 and 100
	Sources []string // what was read, for the first line
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
	return min(max(o.Width, 72), 100)
}

// style is how a text looks on a terminal: the parameters of an SGR sequence (ECMA-48).
type style string

const (
	normal style = ""
	bold   style = "1"
	dim    style = "2"
	red    style = "31"
	green  style = "32"
	yellow style = "33"
	cyan   style = "36"
	title  style = "1;36"
)

// paint adds a style to a text.
func (o Options) paint(s string, as style) string {
	if !o.Color || as == normal || s == "" {
		return s
	}
	return "\x1b[" + string(as) + "m" + s + "\x1b[0m"
}
