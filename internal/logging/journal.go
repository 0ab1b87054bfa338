package logging

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"sync"
	"syscall"
)

// underJournal reports whether w goes to the journal of systemd, which names the device and the file of it in a variable
// (systemd.exec(5)). A program of a service whose output was led elsewhere has the variable, too.
func underJournal(w io.Writer) bool {
	f, ok := w.(*os.File)
	stream := os.Getenv("JOURNAL_STREAM")
	if !ok || stream == "" {
		return false
	}
	info, err := f.Stat()
	if err != nil {
		return false
	}
	s, ok := info.Sys().(*syscall.Stat_t)
	return ok && stream == fmt.Sprintf("%d:%d", s.Dev, s.Ino)
}

// priorities are what the journal takes off the beginning of a line (sd-daemon(3)), by the level of the record.
var priorities = []struct {
	level  slog.Level
	prefix string
}{{slog.LevelError, "<3>"}, {slog.LevelWarn, "<4>"}, {slog.LevelInfo, "<6>"}, {slog.LevelDebug, "<7>"}}

// prioritized gives each record to the handler of its level.
type prioritized []slog.Handler

// newPrioritized returns a handler that writes each record with the priority of its level in front. form makes a handler for one level.
func newPrioritized(w io.Writer, form func(io.Writer) slog.Handler) slog.Handler {
	var lock sync.Mutex
	p := make(prioritized, len(priorities))
	for i, priority := range priorities {
		p[i] = form(&prefixed{&lock, w, priority.prefix, nil})
	}
	return p
}

// of returns the handler for a level.
func (p prioritized) of(level slog.Level) slog.Handler {
	for i, priority := range priorities {
		if level >= priority.level {
			return p[i]
		}
	}
	return p[len(p)-1]
}

// Enabled implements slog.Handler.
func (p prioritized) Enabled(ctx context.Context, level slog.Level) bool {
	return p.of(level).Enabled(ctx, level)
}

// Handle implements slog.Handler.
func (p prioritized) Handle(ctx context.Context, r slog.Record) error {
	return p.of(r.Level).Handle(ctx, r)
}

// WithAttrs implements slog.Handler.
func (p prioritized) WithAttrs(attrs []slog.Attr) slog.Handler {
	return p.each(func(h slog.Handler) slog.Handler { return h.WithAttrs(attrs) })
}

// WithGroup implements slog.Handler.
func (p prioritized) WithGroup(name string) slog.Handler {
	return p.each(func(h slog.Handler) slog.Handler { return h.WithGroup(name) })
}

func (p prioritized) each(with func(slog.Handler) slog.Handler) slog.Handler {
	next := make(prioritized, len(p))
	for i, h := range p {
		next[i] = with(h)
	}
	return next
}

// prefixed writes lines with a prefix. Several share one writer and its lock.
type prefixed struct {
	lock   *sync.Mutex
	w      io.Writer
	prefix string
	line   []byte
}

// Write implements io.Writer.
func (p *prefixed) Write(line []byte) (int, error) {
	p.lock.Lock()
	defer p.lock.Unlock()
	p.line = append(append(p.line[:0], p.prefix...), line...)
	if _, err := p.w.Write(p.line); err != nil {
		return 0, err
	}
	return len(line), nil
}
