package hep

import (
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
)

// Config says to whom messages are handed on. By default that is nobody.
type Config struct {
	Destinations []string `mapstructure:"destinations"` // udp:host:port, tcp:host:port or tls:host:port
	NodeID       int      `mapstructure:"node_id"`      // number of this probe
	AuthKey      string   `mapstructure:"auth_key"`     // that the collectors demand; "" sends none
	CAFile       string   `mapstructure:"ca_file"`      // PEM file with who may sign for the servers of tls; "" is the system's
	QueueBytes   int      `mapstructure:"queue_size"`   // of each destination
	Compress     bool     `mapstructure:"compress"`     // messages are sent compressed
}

// DefaultConfig sends nothing.
func DefaultConfig() Config { return Config{NodeID: 1, QueueBytes: 16 << 20} }

const (
	minQueue = 1 << 20
	maxQueue = 4 << 30
	maxText  = 1024 // of key and name
)

// Validate reports every value that cannot work, by its key and with what was expected.
func (c Config) Validate() error {
	var errs []error
	seen := map[string]bool{}
	for i, text := range c.Destinations {
		if _, _, err := splitDestination(text); err != nil {
			errs = append(errs, fmt.Errorf("destinations[%d]: %q: %w", i, text, err))
		} else if seen[text] {
			errs = append(errs, fmt.Errorf("destinations[%d]: %q is there twice", i, text))
		}
		seen[text] = true
	}
	if c.NodeID < 0 || c.NodeID > 1<<32-1 {
		errs = append(errs, fmt.Errorf("node_id: %d: expected 0 to 4294967295", c.NodeID))
	}
	if len(c.AuthKey) > maxText {
		errs = append(errs, fmt.Errorf("auth_key: expected at most %d bytes", maxText))
	}
	if _, err := c.roots(); err != nil {
		errs = append(errs, fmt.Errorf("ca_file: %w", err))
	}
	if c.QueueBytes < minQueue || c.QueueBytes > maxQueue {
		errs = append(errs, fmt.Errorf("queue_size: %d: expected 1MiB to 4GiB", c.QueueBytes))
	}
	return errors.Join(errs...)
}

// CheckPrivacy returns an error if messages are sent although privacy hides something: they show it.
func (c Config) CheckPrivacy(hides bool) error {
	if !hides || len(c.Destinations) == 0 {
		return nil
	}
	return errors.New("destinations: the messages show everything, but privacy hides something: expected none")
}

// splitDestination takes udp:host:port apart.
func splitDestination(text string) (network, address string, err error) {
	network, address, _ = strings.Cut(text, ":")
	host, port, err := net.SplitHostPort(address)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	if err != nil || host == "" || network != "udp" && network != "tcp" && network != "tls" {
		return "", "", errors.New("expected udp:host:port, tcp:host:port or tls:host:port, such as udp:homer.example.com:9060")
	}
	return network, address, nil
}

// encrypts reports whether a destination is reached over TLS.
func (c Config) encrypts() bool {
	return slices.ContainsFunc(c.Destinations, func(text string) bool { return strings.HasPrefix(text, "tls:") })
}

// roots returns who may sign for servers, nil for whom the system trusts.
func (c Config) roots() (*x509.CertPool, error) {
	if c.CAFile == "" || !c.encrypts() {
		return nil, nil
	}
	text, err := os.ReadFile(c.CAFile)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("%s holds no certificate in PEM", c.CAFile)
	}
	return pool, nil
}
