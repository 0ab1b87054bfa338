package pcap

import (
	"errors"
	"fmt"
)

// Config sets where captures are written, their size and their number.
type Config struct {
	Folder  string `mapstructure:"pcap"`          // made if missing; "" writes none
	Ring    int64  `mapstructure:"pcap_ring"`     // bytes of memory for recent messages
	Size    int64  `mapstructure:"pcap_size"`     // bytes of one capture at most
	Keep    int    `mapstructure:"pcap_keep"`     // captures that are kept
	InClear bool   `mapstructure:"pcap_in_clear"` // although privacy hides something
}

// DefaultConfig writes nothing until a folder is set.
func DefaultConfig() Config {
	return Config{Ring: 64 << 20, Size: 4 << 20, Keep: 100}
}

// Validate reports every impossible value, with its key and what was expected.
func (c Config) Validate() error {
	var errs []error
	if c.Ring < 1<<20 || c.Ring > 64<<30 {
		errs = append(errs, fmt.Errorf("pcap_ring: %d: expected 1MiB to 64GiB", c.Ring))
	}
	if c.Size < 64<<10 || c.Size > 1<<30 {
		errs = append(errs, fmt.Errorf("pcap_size: %d: expected 64KiB to 1GiB", c.Size))
	}
	if c.Keep < 1 || c.Keep > 100_000 {
		errs = append(errs, fmt.Errorf("pcap_keep: %d: expected 1 to 100000", c.Keep))
	}
	return errors.Join(errs...)
}

// CheckPrivacy reports an error when records hide something and captures, which do not, are not allowed explicitly.
func (c Config) CheckPrivacy(hides bool) error {
	if c.Folder == "" || !hides || c.InClear {
		return nil
	}
	return errors.New("pcap: a capture would show what privacy hides; leave it out, or set pcap_in_clear to true to allow it")
}
