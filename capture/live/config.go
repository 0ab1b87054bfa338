package live

import (
	"errors"
	"fmt"
	"time"

	"sipspan/capture"
)

// Config says where and how to listen.
type Config struct {
	Interfaces  []string      `mapstructure:"interfaces"`  // names as in `ip link`; "any" listens on all of them
	Driver      string        `mapstructure:"driver"`      // DriverLibpcap or DriverAFPacket
	Filter      string        `mapstructure:"filter"`      // BPF expression, or DefaultFilter; "" captures everything
	Snaplen     int           `mapstructure:"snaplen"`     // bytes kept of each packet
	Promiscuous bool          `mapstructure:"promiscuous"` // see packets for other machines: what a SPAN port is for
	BufferBytes int           `mapstructure:"buffer_size"` // kernel buffer of each interface in bytes
	Immediate   bool          `mapstructure:"immediate"`   // deliver each packet as it arrives; costs throughput
	Poll        time.Duration `mapstructure:"poll"`        // longest wait for a packet
	Deduplicate bool          `mapstructure:"deduplicate"` // an IP packet that was captured twice counts once; files as well
	MaxTunnels  int           `mapstructure:"max_tunnels"` // how many tunnels in one another are followed; files as well
}

// The limits Validate holds Config to.
const (
	MinSnaplen = 96
	MaxSnaplen = 256 << 10
	MinBuffer  = 64 << 10
	MaxBuffer  = 2<<30 - 4096 // libpcap takes an int
	MinPoll    = time.Millisecond
	MaxPoll    = time.Minute

	MinTunnels = 1
	MaxTunnels = 16 // packet.MaxTunnels
)

// DefaultConfig listens nowhere yet, with DefaultFilter.
func DefaultConfig() Config {
	return Config{
		Driver:      DriverLibpcap,
		Filter:      DefaultFilter,
		Snaplen:     MaxSnaplen,
		Promiscuous: true,
		BufferBytes: 64 << 20,
		Poll:        100 * time.Millisecond,
		Deduplicate: true,
		MaxTunnels:  8,
	}
}

// Validate checks every value, a filter other than DefaultFilter by compiling it for Ethernet. Each of the joined errors names the key and what
// was expected. No interface at all is valid: not everybody who configures wants to capture.
func (c *Config) Validate() error {
	var errs []error
	seen := make(map[string]bool)
	for i, name := range c.Interfaces {
		switch {
		case name == "":
			errs = append(errs, fmt.Errorf("interfaces[%d]: empty, the name of a network interface was expected", i))
		case seen[name]:
			errs = append(errs, fmt.Errorf("interfaces[%d]: %q is there twice, each interface once was expected", i, name))
		}
		seen[name] = true
	}
	if len(c.Interfaces) > 1 && seen[anyInterface] {
		errs = append(errs, fmt.Errorf("interfaces: %q covers the others, it was expected alone", anyInterface))
	}
	switch {
	case c.Driver != DriverLibpcap && c.Driver != DriverAFPacket:
		errs = append(errs, fmt.Errorf("driver: %q, %s or %s was expected", c.Driver, DriverLibpcap, DriverAFPacket))
	case c.Driver == DriverAFPacket && seen[anyInterface]:
		errs = append(errs, fmt.Errorf("interfaces: %q: %w", anyInterface, errAny))
	case c.Driver == DriverAFPacket && mentionsVLAN(c.Filter):
		errs = append(errs, fmt.Errorf("filter: %w", errVLAN))
	}
	if c.Filter != DefaultFilter { // which takes libpcap some milliseconds, in every command
		if _, err := CompileFilter(capture.LinkEthernet, MaxSnaplen, c.Filter); err != nil {
			errs = append(errs, fmt.Errorf("filter: a libpcap filter expression was expected: %w", err))
		}
	}
	errs = append(errs,
		within("snaplen", "bytes", c.Snaplen, MinSnaplen, MaxSnaplen),
		within("buffer_size", "bytes", c.BufferBytes, MinBuffer, MaxBuffer),
		within("max_tunnels", "tunnels", c.MaxTunnels, MinTunnels, MaxTunnels))
	if c.Poll < MinPoll || c.Poll > MaxPoll {
		errs = append(errs, fmt.Errorf("poll: %v, a duration from %v to %v was expected", c.Poll, MinPoll, MaxPoll))
	}
	return errors.Join(errs...)
}

func within(key, unit string, got, low, high int) error {
	if got < low || got > high {
		return fmt.Errorf("%s: %d, %d to %d %s were expected", key, got, low, high, unit)
	}
	return nil
}
