package delivery

import (
	"errors"
	"fmt"
	"log/slog"
	"time"

	"sipspan/exporters"
	"sipspan/record"
)

// Config sets the queue and the retries of the delivery of alerts. It is the same for all destinations.
type Config struct {
	Queue      int           `mapstructure:"queue"`       // the most alerts that wait for one destination
	RetryFirst time.Duration `mapstructure:"retry_first"` // wait before the second try
	RetryMost  time.Duration `mapstructure:"retry_most"`  // longest wait between two tries
	RetryFor   time.Duration `mapstructure:"retry_for"`   // an alert is given up after so long
	Drain      time.Duration `mapstructure:"drain"`       // time to deliver what waits when the program ends
}

// DefaultConfig tries for a quarter of an hour.
func DefaultConfig() Config {
	return Config{
		Queue: 1000, RetryFirst: time.Second, RetryMost: time.Minute, RetryFor: 15 * time.Minute, Drain: 5 * time.Second,
	}
}

// Validate reports every impossible value, with its key and what was expected.
func (c Config) Validate() error {
	var errs []error
	if c.Queue < 1 || c.Queue > 1<<20 {
		errs = append(errs, fmt.Errorf("queue: %d: expected 1 to 1048576", c.Queue))
	}
	if c.RetryFirst < 10*time.Millisecond || c.RetryFirst > time.Minute {
		errs = append(errs, fmt.Errorf("retry_first: %v: expected 10ms to 1m", c.RetryFirst))
	}
	if c.RetryMost < c.RetryFirst || c.RetryMost > time.Hour {
		errs = append(errs, fmt.Errorf("retry_most: %v: expected at least retry_first (%v) and at most 1h", c.RetryMost, c.RetryFirst))
	}
	if c.RetryFor < 0 || c.RetryFor > 24*time.Hour {
		errs = append(errs, fmt.Errorf("retry_for: %v: expected 0s (one try) to 24h", c.RetryFor))
	}
	if c.Drain < 100*time.Millisecond || c.Drain > 5*time.Minute {
		errs = append(errs, fmt.Errorf("drain: %v: expected 100ms to 5m", c.Drain))
	}
	return errors.Join(errs...)
}

// flushEvery is how often a destination is flushed, and so sends what is due.
const flushEvery = time.Second

// NewQueue starts the queue in front of a destination of alerts.
func (c Config) NewQueue(name string, e exporters.Exporter, logger *slog.Logger) *exporters.Queue {
	return exporters.NewQueue(e, c.Options(name, logger))
}

// Options returns how such a queue works.
func (c Config) Options(name string, logger *slog.Logger) exporters.Options {
	return exporters.Options{
		Name: name, Size: c.Queue, DropOldest: true, Takes: IsAlert,
		Retry:      c.Retry(),
		Drain:      c.Drain,
		FlushEvery: flushEvery,
		Logger:     logger,
	}
}

// Retry returns when an alert is tried again.
func (c Config) Retry() exporters.Retry {
	return exporters.Retry{First: c.RetryFirst, Most: c.RetryMost, For: c.RetryFor}
}

// IsAlert reports whether a record is an alert.
func IsAlert(r record.Record) bool { return r.Kind() == record.KindAlert }
