package logging

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
)

// Config says what is logged and how.
type Config struct {
	Level  string `mapstructure:"level"`  // debug, info, warn or error
	Format string `mapstructure:"format"` // text or json
}

// DefaultConfig logs what an operator wants to read, as text.
func DefaultConfig() Config { return Config{Level: "info", Format: "text"} }

// Validate reports every impossible value.
func (c Config) Validate() error {
	var errs []error
	if _, err := c.level(); err != nil {
		errs = append(errs, err)
	}
	if c.Format != "text" && c.Format != "json" {
		errs = append(errs, fmt.Errorf("format: %q: expected text or json", c.Format))
	}
	return errors.Join(errs...)
}

var levels = map[string]slog.Level{
	"debug": slog.LevelDebug, "info": slog.LevelInfo, "warn": slog.LevelWarn, "error": slog.LevelError,
}

func (c Config) level() (slog.Level, error) {
	level, ok := levels[strings.ToLower(c.Level)]
	if !ok {
		return 0, fmt.Errorf("level: %q: expected debug, info, warn or error", c.Level)
	}
	return level, nil
}
