package files

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"sipspan/exporters/rotate"
	"sipspan/record"
)

// Config sets where records are written and in which form.
type Config struct {
	Directory   string        `mapstructure:"directory"`    // made if missing; "" writes no files
	Format      string        `mapstructure:"format"`       // jsonl or csv
	Compression string        `mapstructure:"compression"`  // none, gzip or zstd
	RotateSize  int64         `mapstructure:"rotate_size"`  // bytes; 0: any size
	RotateEvery time.Duration `mapstructure:"rotate_every"` // 0: any age
	Records     []string      `mapstructure:"records"`      // kinds that are written; empty: all
	// What a daemon does with finished files, see Tidy, and when it stops writing.
	PackFinished string        `mapstructure:"pack_finished"` // none, gzip or zstd
	KeepFor      time.Duration `mapstructure:"keep_for"`      // 0: any age
	KeepTotal    int64         `mapstructure:"keep_total"`    // bytes; 0: any number
	MinFree      int64         `mapstructure:"min_free"`      // bytes; 0: see Floor
}

// DefaultConfig writes hourly JSON Lines once a directory is set.
func DefaultConfig() Config {
	return Config{Format: "jsonl", Compression: "none", RotateSize: 256 << 20, RotateEvery: time.Hour, Records: []string{}, PackFinished: "gzip"}
}

// The smallest limits: below them there would be more files than records.
const (
	smallestSize  = 4 << 10
	smallestEvery = time.Second
	smallestKeep  = time.Minute
	smallestTotal = 1 << 20
)

// Validate reports every impossible value, with its key and what was expected.
func (c Config) Validate() error {
	var errs []error
	if _, ok := formats[c.Format]; !ok {
		errs = append(errs, fmt.Errorf("format: %q: expected jsonl or csv", c.Format))
	}
	if _, err := rotate.ParseCompression(c.Compression); err != nil {
		errs = append(errs, fmt.Errorf("compression: %w", err))
	}
	if c.RotateSize != 0 && c.RotateSize < smallestSize {
		errs = append(errs, fmt.Errorf("rotate_size: %d: expected 0 (any size) or at least 4KiB", c.RotateSize))
	}
	if c.RotateEvery != 0 && c.RotateEvery < smallestEvery {
		errs = append(errs, fmt.Errorf("rotate_every: %v: expected 0 (any age) or at least 1s", c.RotateEvery))
	}
	if _, err := rotate.ParseCompression(c.PackFinished); err != nil {
		errs = append(errs, fmt.Errorf("pack_finished: %w", err))
	}
	if c.KeepFor != 0 && c.KeepFor < smallestKeep {
		errs = append(errs, fmt.Errorf("keep_for: %v: expected 0 (any age) or at least 1m", c.KeepFor))
	}
	if c.KeepTotal != 0 && c.KeepTotal < smallestTotal {
		errs = append(errs, fmt.Errorf("keep_total: %d: expected 0 (any number) or at least 1MiB", c.KeepTotal))
	}
	if c.MinFree < 0 {
		errs = append(errs, fmt.Errorf("min_free: %d: expected 0 or more", c.MinFree))
	}
	if _, err := c.kinds(); err != nil {
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// Wants reports whether records of the kind are written. The configuration is valid.
func (c Config) Wants(k record.Kind) bool {
	return len(c.Records) == 0 || slices.Contains(c.Records, k.String())
}

// kinds returns which kinds of record are written.
func (c Config) kinds() (wanted [record.NumKinds]bool, err error) {
	if wanted, err = record.KindsNamed(c.Records); err != nil {
		return wanted, fmt.Errorf("records: %w", err)
	}
	return wanted, nil
}
