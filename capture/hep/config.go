package hep

import (
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"
)

// Config says where agents may send HEP to. By default that is nowhere.
type Config struct {
	Listen         []string      `mapstructure:"listen"`          // udp:address:port or tcp:address:port
	AuthKey        string        `mapstructure:"auth_key"`        // that every packet must have; "" asks for none
	MaxConnections int           `mapstructure:"max_connections"` // over TCP at a time
	IdleTimeout    time.Duration `mapstructure:"idle_timeout"`    // a connection that brings nothing for so long is closed
	QueueBytes     int           `mapstructure:"queue_size"`      // memory for packets that wait for the reader
}

// DefaultConfig listens nowhere.
func DefaultConfig() Config {
	return Config{MaxConnections: 256, IdleTimeout: time.Hour, QueueBytes: 8 << 20}
}

// The limits Validate holds Config to.
const (
	minQueue       = 256 << 10
	maxQueue       = 1 << 30
	maxConnections = 1 << 16
	maxKey         = 1024
)

// Validate reports every value that cannot work, by its key and with what was expected.
func (c Config) Validate() error {
	var errs []error
	seen := map[string]bool{}
	for i, text := range c.Listen {
		if _, _, err := splitListen(text); err != nil {
			errs = append(errs, fmt.Errorf("listen[%d]: %q: %w", i, text, err))
		} else if seen[text] {
			errs = append(errs, fmt.Errorf("listen[%d]: %q is there twice", i, text))
		}
		seen[text] = true
	}
	if len(c.AuthKey) > maxKey {
		errs = append(errs, fmt.Errorf("auth_key: expected at most %d bytes", maxKey))
	}
	if c.MaxConnections < 1 || c.MaxConnections > maxConnections {
		errs = append(errs, fmt.Errorf("max_connections: %d: expected 1 to %d", c.MaxConnections, maxConnections))
	}
	if c.IdleTimeout < time.Second || c.IdleTimeout > 30*24*time.Hour {
		errs = append(errs, fmt.Errorf("idle_timeout: %v: expected 1s to 720h", c.IdleTimeout))
	}
	if c.QueueBytes < minQueue || c.QueueBytes > maxQueue {
		errs = append(errs, fmt.Errorf("queue_size: %d: expected 256KiB to 1GiB", c.QueueBytes))
	}
	return errors.Join(errs...)
}

// splitListen takes udp:address:port apart.
func splitListen(text string) (network, address string, err error) {
	network, address, _ = strings.Cut(text, ":")
	_, port, err := net.SplitHostPort(address)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	if err != nil || network != "udp" && network != "tcp" {
		return "", "", errors.New("expected udp:address:port or tcp:address:port, such as udp:127.0.0.1:9060")
	}
	return network, address, nil
}
