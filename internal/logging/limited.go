package logging

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// A message is logged so often at most in so long a time; its attributes do not matter.
const (
	most   = 60
	within = time.Minute
)

// limited leaves out what comes too often, and says how much that was: with the next record of any message after the minute.
type limited struct {
	slog.Handler
	counts *counts
}

// counts are what has come of each message. Messages are constants of the program, so that there are few.
type counts struct {
	mu    sync.Mutex
	count map[string]*count
}

type count struct {
	begun time.Time
	n     int
	level slog.Level // of the most severe record that was left out
}

func newLimited(h slog.Handler) slog.Handler {
	return limited{h, &counts{count: map[string]*count{}}}
}

// Handle implements slog.Handler.
func (l limited) Handle(ctx context.Context, r slog.Record) error {
	pass, over := l.counts.take(r)
	for _, summary := range over {
		if err := l.Handler.Handle(ctx, summary); err != nil {
			return err
		}
	}
	if !pass {
		return nil
	}
	return l.Handler.Handle(ctx, r)
}

// WithAttrs implements slog.Handler.
func (l limited) WithAttrs(attrs []slog.Attr) slog.Handler {
	return limited{l.Handler.WithAttrs(attrs), l.counts}
}

// WithGroup implements slog.Handler.
func (l limited) WithGroup(name string) slog.Handler {
	return limited{l.Handler.WithGroup(name), l.counts}
}

// take counts a record. It reports whether it is to be logged, and returns a record about each message of which some were left out in a
// minute that is over.
func (c *counts) take(r slog.Record) (pass bool, over []slog.Record) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for message, n := range c.count {
		if r.Time.Sub(n.begun) < within {
			continue
		}
		if n.n > most {
			summary := slog.NewRecord(r.Time, n.level, "log lines were left out", r.PC)
			summary.AddAttrs(slog.String("message", message), slog.Int("left_out", n.n-most))
			over = append(over, summary)
		}
		delete(c.count, message)
	}
	n := c.count[r.Message]
	if n == nil {
		n = &count{begun: r.Time, level: r.Level}
		c.count[r.Message] = n
	}
	if n.n++; n.n > most {
		n.level = max(n.level, r.Level)
		return false, over
	}
	return true, over
}
