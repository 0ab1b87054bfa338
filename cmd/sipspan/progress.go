package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"

	"sipspan/internal/app"
)

const (
	redraw   = 250 * time.Millisecond
	barWidth = 30
	narrow   = 80 // columns that the line takes at most
)

// progress draws how far reading has come, in one line of a terminal.
type progress struct {
	w     io.Writer
	now   func() time.Time
	start time.Time
	last  time.Time
	drawn bool
}

var _ app.Progress = (*progress)(nil)

// newProgress is nil, which draws nothing, unless w is a terminal.
func newProgress(w io.Writer) *progress {
	if f, ok := w.(*os.File); !ok || !term.IsTerminal(int(f.Fd())) {
		return nil
	}
	start := time.Now()
	return &progress{w: w, now: time.Now, start: start, last: start} // an estimate after the first bytes would be far off
}

// Update notes that read of total bytes are done; a total of 0 or less is unknown. It draws a few times a second.
func (p *progress) Update(read, total int64) {
	if p == nil {
		return
	}
	now := p.now()
	if now.Sub(p.last) < redraw {
		return
	}
	p.last, p.drawn = now, true
	fmt.Fprint(p.w, "\r\x1b[K", fitting(p.line(read, total, now.Sub(p.start)), p.columns()))
}

// Clear takes the line away.
func (p *progress) Clear() {
	if p != nil && p.drawn {
		fmt.Fprint(p.w, "\r\x1b[K")
		p.drawn = false
	}
}

func (p *progress) line(read, total int64, elapsed time.Duration) string {
	speed := 0.0
	if elapsed > 0 {
		speed = float64(read) / elapsed.Seconds()
	}
	if total <= 0 {
		return fmt.Sprintf("%s read, %s/s", size(float64(read)), size(speed))
	}
	share := min(float64(read)/float64(total), 1)
	done := int(share * barWidth)
	line := fmt.Sprintf("%3.0f %% [%s%s] %s of %s, %s/s", share*100,
		strings.Repeat("=", done), strings.Repeat(" ", barWidth-done), size(float64(read)), size(float64(total)), size(speed))
	if speed > 0 && share < 1 {
		left := time.Duration(float64(total-read) / speed * float64(time.Second))
		line += fmt.Sprintf(", %v left", left.Round(time.Second))
	}
	return line
}

// columns is how many columns the terminal has, at most those that the line may take.
func (p *progress) columns() int {
	if f, ok := p.w.(*os.File); ok {
		if n, _, err := term.GetSize(int(f.Fd())); err == nil && n > 0 {
			return min(n, narrow)
		}
	}
	return narrow
}

// fitting shortens the bar of a line, and then its end, so that it stays below a number of columns: a terminal would go on in the
// next line, and Clear would take away only that.
func fitting(line string, columns int) string {
	over := len(line) - (columns - 1)
	if over <= 0 {
		return line
	}
	if begin, end := strings.IndexByte(line, '['), strings.IndexByte(line, ']'); begin >= 0 {
		cut := min(over, end-begin-1)
		line = line[:end-cut] + line[end:]
	}
	return line[:min(len(line), max(columns-1, 0))]
}

// size formats a number of bytes with a unit.
func size(n float64) string {
	for _, unit := range []string{"B", "KiB", "MiB", "GiB"} {
		if n < 1024 {
			if unit == "B" {
				return fmt.Sprintf("%.0f B", n)
			}
			return fmt.Sprintf("%.1f %s", n, unit)
		}
		n /= 1024
	}
	return fmt.Sprintf("%.1f TiB", n)
}
