package store

import (
	"errors"
	"fmt"
	"time"

	"sipspan/record"
)

// Config sets where records are kept for searching, and how long.
type Config struct {
	Directory string        `mapstructure:"directory"`  // made if missing; "" keeps none
	KeepFor   time.Duration `mapstructure:"keep_for"`   // age at which a part is removed; 0: any age
	KeepTotal int64         `mapstructure:"keep_total"` // bytes of all parts together; 0: any size
	MinFree   int64         `mapstructure:"min_free"`   // bytes that the disk has to have free for more records
	Records   []string      `mapstructure:"records"`    // kinds that are kept; empty: all
	Messages  bool          `mapstructure:"messages"`   // every SIP message is kept, too
	Buffer    int           `mapstructure:"buffer"`     // bytes of messages that wait to be written
}

// DefaultConfig keeps the records of thirty days or 20 GiB once a directory is set, and no messages.
func DefaultConfig() Config {
	return Config{KeepFor: 30 * 24 * time.Hour, KeepTotal: 20 << 30, MinFree: 1 << 30, Records: []string{}, Buffer: 64 << 20}
}

// The smallest limits: below them a store would forget what it has just been given.
const (
	smallestAge   = time.Hour
	smallestTotal = 16 << 20
)

// The limits of Buffer.
const (
	smallestBuffer = 4 * pileSize
	largestBuffer  = 4 << 30
)

// Validate reports every impossible value, with its key and what was expected.
func (c Config) Validate() error {
	var errs []error
	if c.KeepFor != 0 && c.KeepFor < smallestAge {
		errs = append(errs, fmt.Errorf("keep_for: %v: expected 0 (any age) or at least 1h", c.KeepFor))
	}
	if c.KeepTotal != 0 && c.KeepTotal < smallestTotal {
		errs = append(errs, fmt.Errorf("keep_total: %d: expected 0 (any size) or at least 16MiB", c.KeepTotal))
	}
	if c.MinFree < 0 {
		errs = append(errs, fmt.Errorf("min_free: %d: expected 0 or more", c.MinFree))
	}
	if _, err := c.kinds(); err != nil {
		errs = append(errs, err)
	}
	if c.Buffer < smallestBuffer || c.Buffer > largestBuffer {
		errs = append(errs, fmt.Errorf("buffer: %d: expected 4MiB to 4GiB", c.Buffer))
	}
	return errors.Join(errs...)
}

// CheckPrivacy returns an error if messages are kept although privacy hides something: they show it.
func (c Config) CheckPrivacy(hides bool) error {
	if !hides || c.Directory == "" || !c.Messages {
		return nil
	}
	return errors.New("messages: the messages show everything, but privacy hides something: expected false")
}

// kinds returns which kinds of record are kept.
func (c Config) kinds() (wanted [record.NumKinds]bool, err error) {
	if wanted, err = record.KindsNamed(c.Records); err != nil {
		return wanted, fmt.Errorf("records: %w", err)
	}
	return wanted, nil
}
