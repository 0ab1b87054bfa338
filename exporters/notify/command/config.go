package command

import (
	"errors"
	"fmt"
	"time"
)

// Config sets which program is run.
type Config struct {
	Args    []string      `mapstructure:"command"`         // the program and its arguments; empty runs none
	Timeout time.Duration `mapstructure:"command_timeout"` // of one run
}

// DefaultConfig runs nothing.
func DefaultConfig() Config { return Config{Args: []string{}, Timeout: 30 * time.Second} }

// Validate reports every impossible value, with its key and what was expected.
func (c Config) Validate() error {
	var errs []error
	if len(c.Args) > 0 && c.Args[0] == "" {
		errs = append(errs, errors.New("command[0]: empty: expected the name or the path of a program"))
	}
	if c.Timeout < 100*time.Millisecond || c.Timeout > time.Hour {
		errs = append(errs, fmt.Errorf("command_timeout: %v: expected 100ms to 1h", c.Timeout))
	}
	return errors.Join(errs...)
}
