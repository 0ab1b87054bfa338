package prometheus

import (
	"errors"
	"fmt"
)

// Config bounds what the metrics show.
type Config struct {
	// MaxSeries bounds the series of the families whose label sets depend on the traffic. Further ones are counted under other.
	MaxSeries int `mapstructure:"max_series"`
	// TopUserAgents and TopDomains are how many of them have a series of their own.
	TopUserAgents int `mapstructure:"top_user_agents"`
	TopDomains    int `mapstructure:"top_domains"`
}

// The bounds of what may be configured.
const (
	defaultMaxSeries = 10_000 // with all of them a scrape stays well below 50 ms
	maxMaxSeries     = 1_000_000
	maxTop           = 1000
)

// DefaultConfig shows no user agents and no domains.
func DefaultConfig() Config { return Config{MaxSeries: defaultMaxSeries} }

// Validate reports every impossible value, with its key and what was expected.
func (c Config) Validate() error {
	var errs []error
	for _, n := range []struct {
		key              string
		value, low, high int
	}{
		{"max_series", c.MaxSeries, 1, maxMaxSeries},
		{"top_user_agents", c.TopUserAgents, 0, maxTop},
		{"top_domains", c.TopDomains, 0, maxTop},
	} {
		if n.value < n.low || n.value > n.high {
			errs = append(errs, fmt.Errorf("%s: %d: expected a number from %d to %d", n.key, n.value, n.low, n.high))
		}
	}
	return errors.Join(errs...)
}
