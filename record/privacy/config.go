package privacy

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
)

// The ways in which something can be written. Validate checks which of them a setting takes.
const (
	Clear     = "clear"     // as on the wire
	Pseudonym = "pseudonym" // replaced
	Drop      = "drop"      // left out
	Auto      = "auto"      // Call-IDs: a pseudonym as soon as identities or addresses are not clear
)

// minKey is the least number of bytes of a key.
const minKey = 16

// Config sets what is hidden, and how.
type Config struct {
	// Identities is how user parts of URIs, numbers and display names are written: clear, pseudonym or drop.
	Identities string `mapstructure:"identities"`
	// Domains is how the domains of URIs are written: clear or pseudonym.
	Domains string `mapstructure:"domains"`
	// Addresses is how IP addresses are written, wherever they stand: clear, pseudonym or drop. Ports stay.
	Addresses string `mapstructure:"addresses"`
	// CallIDs is how Call-IDs are written: auto, clear or pseudonym.
	CallIDs string `mapstructure:"call_ids"`
	// KeyFile is a file with the key of the pseudonyms; white space at its end does not count.
	KeyFile string `mapstructure:"key_file"`
	// KeyVariable names an environment variable with the key, which is used when there is no KeyFile.
	KeyVariable string `mapstructure:"key_variable"`
}

// DefaultConfig hides nothing.
func DefaultConfig() Config {
	return Config{Identities: Clear, Domains: Clear, Addresses: Clear, CallIDs: Auto}
}

// Validate returns every setting with an impossible value, and a key that is missing. It does not read the key.
func (c Config) Validate() error {
	var errs []error
	for _, s := range []struct {
		key, value string
		allowed    []string
	}{
		{"identities", c.Identities, []string{Clear, Pseudonym, Drop}},
		{"domains", c.Domains, []string{Clear, Pseudonym}},
		{"addresses", c.Addresses, []string{Clear, Pseudonym, Drop}},
		{"call_ids", c.CallIDs, []string{Auto, Clear, Pseudonym}},
	} {
		if !slices.Contains(s.allowed, s.value) {
			errs = append(errs, fmt.Errorf("%s: %q: expected %s", s.key, s.value, strings.Join(s.allowed, " or ")))
		}
	}
	if errs == nil && c.needsKey() && c.KeyFile == "" && c.KeyVariable == "" {
		errs = append(errs, errors.New("key_file: missing: pseudonyms need a key, from key_file or key_variable"))
	}
	return errors.Join(errs...)
}

// clear reports whether nothing is hidden.
func (c *Config) clear() bool {
	return c.Identities == Clear && c.Domains == Clear && c.Addresses == Clear && c.CallIDs != Pseudonym
}

// Hides reports whether anything is written otherwise than it was on the wire.
func (c Config) Hides() bool { return !c.clear() }

// hidesCallIDs reports whether Call-IDs are replaced.
func (c *Config) hidesCallIDs() bool {
	return c.CallIDs == Pseudonym || c.CallIDs == Auto && (c.Identities != Clear || c.Addresses != Clear)
}

func (c *Config) needsKey() bool {
	return c.Identities == Pseudonym || c.Domains == Pseudonym || c.Addresses == Pseudonym || c.hidesCallIDs()
}

// key reads the key.
func (c *Config) key() ([]byte, error) {
	var key []byte
	var from string
	if c.KeyFile != "" {
		from = c.KeyFile
		var err error
		if key, err = os.ReadFile(c.KeyFile); err != nil {
			return nil, fmt.Errorf("reading the key of the pseudonyms: %w", err)
		}
	} else {
		from = "environment variable " + c.KeyVariable
		key = []byte(os.Getenv(c.KeyVariable))
	}
	if key = bytes.TrimRight(key, " \t\r\n"); len(key) < minKey {
		return nil, fmt.Errorf("key of the pseudonyms in %s: %d bytes, expected at least %d", from, len(key), minKey)
	}
	return key, nil
}
