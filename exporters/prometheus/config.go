package prometheus

import (
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"

	"github.com/prometheus/exporter-toolkit/web"
)

// DefaultListen is where the HTTP server listens when nobody says otherwise: this machine only.
const DefaultListen = "127.0.0.1:9506"

// Config says where the metrics are served.
type Config struct {
	Enabled bool   `mapstructure:"enabled"`
	Listen  string `mapstructure:"listen"` // address:port; an empty address is every one
	// WebConfigFile is a file of the Prometheus exporter toolkit with TLS and basic authentication; "" is plain HTTP.
	WebConfigFile string `mapstructure:"web_config_file"`
	// MaxSeries bounds the series of the families whose label sets traffic makes up. What is beyond is counted under other.
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

// DefaultConfig serves on this machine only.
func DefaultConfig() Config {
	return Config{Enabled: true, Listen: DefaultListen, MaxSeries: defaultMaxSeries}
}

// Validate reports every impossible value, with its key and what was expected.
func (c Config) Validate() error {
	var errs []error
	if err := validateListen(c.Listen); err != nil && c.Enabled {
		errs = append(errs, err)
	}
	if c.WebConfigFile != "" {
		if _, err := os.Stat(c.WebConfigFile); err != nil {
			errs = append(errs, fmt.Errorf("web_config_file: expected a readable file: %w", err))
		} else if err := web.Validate(c.WebConfigFile); err != nil {
			errs = append(errs, fmt.Errorf("web_config_file: %s: expected a web configuration of the Prometheus exporter toolkit: %w", c.WebConfigFile, err))
		}
	}
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

func validateListen(listen string) error {
	_, port, err := net.SplitHostPort(listen)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	if err != nil {
		return fmt.Errorf("listen: %q: expected address:port such as %s", listen, DefaultListen)
	}
	return nil
}
