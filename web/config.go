package web

import (
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"

	"sipspan/internal/httpserver"
)

// Config says where the page is, and who may look at it.
type Config struct {
	Listen        string `mapstructure:"listen"` // address:port, or a port alone; "" is no page
	WebConfigFile string `mapstructure:"web_config_file"`
}

// DefaultConfig has no page.
func DefaultConfig() Config { return Config{} }

// loopback is where the page listens when a port alone is given.
const loopback = "127.0.0.1"

// HTTP returns the server of the page. Without a file of its own, that of the metrics says who may look at it.
func (c Config) HTTP(metrics httpserver.Config) httpserver.Config {
	h := httpserver.Config{Enabled: c.Listen != "", Listen: c.Listen, WebConfigFile: c.WebConfigFile}
	if port := strings.TrimPrefix(c.Listen, ":"); port != "" && !strings.Contains(port, ":") {
		if _, err := strconv.ParseUint(port, 10, 16); err == nil {
			h.Listen = net.JoinHostPort(loopback, port)
		}
	}
	if h.WebConfigFile == "" {
		h.WebConfigFile = metrics.WebConfigFile
	}
	return h
}

// Validate reports every impossible value, with its key and what was expected.
func (c Config) Validate() error {
	h := c.HTTP(httpserver.Config{})
	file := httpserver.Config{WebConfigFile: h.WebConfigFile}
	var errs []error
	if h.Enabled {
		if err := (httpserver.Config{Enabled: true, Listen: h.Listen}).Validate(); err != nil {
			errs = append(errs, fmt.Errorf("listen: %q: expected a port such as :9580, or address:port such as 0.0.0.0:9580", c.Listen))
		}
	}
	return errors.Join(append(errs, file.Validate())...)
}

// Open reports whether people on other machines reach the page without a password or a certificate.
func Open(h httpserver.Config) bool {
	host, _, err := net.SplitHostPort(h.Listen)
	if err != nil || !h.Enabled || h.WebConfigFile != "" {
		return false
	}
	ip := net.ParseIP(host)
	return host != "localhost" && (ip == nil || !ip.IsLoopback())
}
