package logging

import (
	"io"
	"log/slog"
)

// Log is a logger whose level can be changed while it is in use. Of a message that comes more than 60 times in a minute, the rest is
// left out and counted.
type Log struct {
	*slog.Logger
	Asked *slog.Logger // leaves nothing out: for what somebody has asked for
	level *slog.LevelVar
}

// New makes a log that writes to w. The configuration must be valid. A log that goes to the journal of systemd has the priority of each
// record in front of its line, and no time, which the journal adds.
func New(w io.Writer, c Config) *Log {
	l := &Log{level: new(slog.LevelVar)}
	l.SetLevel(c)
	options := &slog.HandlerOptions{Level: l.level}
	form := func(w io.Writer) slog.Handler {
		if c.Format == "json" {
			return slog.NewJSONHandler(visible{w}, options)
		}
		return slog.NewTextHandler(w, options)
	}
	var handler slog.Handler
	if underJournal(w) {
		options.ReplaceAttr = withoutTime
		handler = newPrioritized(w, form)
	} else {
		handler = form(w)
	}
	l.Logger, l.Asked = slog.New(newLimited(handler)), slog.New(handler)
	return l
}

// SetLevel takes the level of c into use.
func (l *Log) SetLevel(c Config) {
	if level, err := c.level(); err == nil {
		l.level.Set(level)
	}
}

func withoutTime(groups []string, a slog.Attr) slog.Attr {
	if len(groups) == 0 && a.Key == slog.TimeKey {
		return slog.Attr{}
	}
	return a
}
