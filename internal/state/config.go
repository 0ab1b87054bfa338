package state

import (
	"fmt"
	"path/filepath"
	"time"
)

// Config is the configuration of the package.
type Config struct {
	// Directory is where the files are; empty: that which systemd gives to the service, and without one there are none.
	Directory string `mapstructure:"directory"`
	// Sessions says whether sessions are kept.
	Sessions bool `mapstructure:"sessions"`
	// Interval is how often they are written while the program runs; 0: at its end alone.
	Interval time.Duration `mapstructure:"interval"`
}

// DefaultConfig keeps sessions where there is a place for them.
func DefaultConfig() Config { return Config{Sessions: true, Interval: 2 * time.Minute} }

// Validate reports an interval that is impossible.
func (c Config) Validate() error {
	if c.Interval != 0 && c.Interval < time.Second {
		return fmt.Errorf("interval: %v: expected 0 (at the end alone) or at least 1s", c.Interval)
	}
	return nil
}

// fileName is the name of the file in its folder.
const fileName = "sessions.state"

// Path returns where the file is, "" where sessions are not kept.
func (c Config) Path() string {
	if c.Directory == "" || !c.Sessions {
		return ""
	}
	return filepath.Join(c.Directory, fileName)
}
