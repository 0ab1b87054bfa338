package logging

import (
	"io"
	"log/slog"
	"os"
)

// Log is a logger whose level can be changed while it is in use.
type Log struct {
	*slog.Logger
	level *slog.LevelVar
}

// New makes a log that writes to w. The configuration must be valid.
func New(w io.Writer, c Config) *Log {
	l := &Log{level: new(slog.LevelVar)}
	l.SetLevel(c)
	options := &slog.HandlerOptions{Level: l.level}
	if underJournal() {
		options.ReplaceAttr = withoutTime
	}
	var handler slog.Handler = slog.NewTextHandler(w, options)
	if c.Format == "json" {
		handler = slog.NewJSONHandler(visible{w}, options)
	}
	l.Logger = slog.New(handler)
	return l
}

// SetLevel takes the level of c into use.
func (l *Log) SetLevel(c Config) {
	if level, err := c.level(); err == nil {
		l.level.Set(level)
	}
}

// underJournal says whether the output goes to the journal; systemd sets the variable.
func underJournal() bool { return os.Getenv("JOURNAL_STREAM") != "" }

func withoutTime(groups []string, a slog.Attr) slog.Attr {
	if len(groups) == 0 && a.Key == slog.TimeKey {
		return slog.Attr{}
	}
	return a
}
