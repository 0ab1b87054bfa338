package tls

import (
	"errors"
	"fmt"
	"strconv"
	"time"
)

// Config is the configuration of TLS.
type Config struct {
	// KeyLog are files with the secrets of connections in the form of NSS key logs. They are followed while they grow.
	KeyLog []string `mapstructure:"key_log"`
	// PrivateKeys are PEM files with the RSA keys of servers.
	PrivateKeys []string `mapstructure:"private_keys"`
	// Ports are ports of SIP over TLS beside 5060 to 5099.
	Ports          []string      `mapstructure:"ports"`
	KeyWait        time.Duration `mapstructure:"key_wait"`        // how long records wait for a secret, in packet time
	MaxConnections int           `mapstructure:"max_connections"` // followed at a time
	MaxKeys        int           `mapstructure:"max_keys"`        // connections whose logged secrets are kept
	MaxHeld        int           `mapstructure:"max_held_bytes"`  // of one connection that wait for a secret, and again of one direction for the rest of a message
	MaxHeldTotal   int           `mapstructure:"max_held_total"`  // the same for all connections together
}

// DefaultConfig decrypts nothing and follows some ten thousand connections.
func DefaultConfig() Config {
	return Config{
		KeyWait: 5 * time.Second, MaxConnections: 16384, MaxKeys: 65536, MaxHeld: 1 << 20, MaxHeldTotal: 8 << 20,
	}
}

// Validate reports every value that cannot work, by its key and with what was expected.
func (c Config) Validate() error {
	var errs []error
	bad := func(key string, have any, want string) {
		errs = append(errs, fmt.Errorf("%s: expected %s, got %v", key, want, have))
	}
	for i, p := range c.Ports {
		if n, err := strconv.ParseUint(p, 10, 16); err != nil || n == 0 {
			bad(fmt.Sprintf("ports[%d]", i), p, "1 to 65535")
		}
	}
	for key, list := range map[string][]string{"key_log": c.KeyLog, "private_keys": c.PrivateKeys} {
		for i, name := range list {
			if name == "" {
				bad(fmt.Sprintf("%s[%d]", key, i), `""`, "a file")
			}
		}
	}
	if c.KeyWait < 0 || c.KeyWait > time.Hour {
		bad("key_wait", c.KeyWait, "0s to 1h")
	}
	if c.MaxConnections < 1 {
		bad("max_connections", c.MaxConnections, "at least 1")
	}
	if c.MaxKeys < 1 {
		bad("max_keys", c.MaxKeys, "at least 1")
	}
	if c.MaxHeld < MaxRecord {
		bad("max_held_bytes", c.MaxHeld, fmt.Sprintf("at least %d", MaxRecord))
	}
	if c.MaxHeldTotal < c.MaxHeld {
		bad("max_held_total", c.MaxHeldTotal, fmt.Sprintf("at least %d", c.MaxHeld))
	}
	return errors.Join(errs...)
}
