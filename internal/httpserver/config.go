package httpserver

import (
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"

	"github.com/prometheus/exporter-toolkit/web"
)

// DefaultListen is where the server listens by default: on this machine only.
const DefaultListen = "127.0.0.1:9506"

// Config says where the server listens and who may read its pages.
type Config struct {
	Enabled bool   `mapstructure:"enabled"`
	Listen  string `mapstructure:"listen"` // address:port; an empty address is every one
	// WebConfigFile is a file of the Prometheus exporter toolkit with TLS and basic authentication; "" is plain HTTP.
	WebConfigFile string `mapstructure:"web_config_file"`
}

// DefaultConfig serves on this machine only.
func DefaultConfig() Config { return Config{Enabled: true, Listen: DefaultListen} }

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
