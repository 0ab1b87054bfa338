package reassembly

import (
	"errors"
	"fmt"
	"time"

	"sipspan/reassembly/sctp"
	"sipspan/reassembly/websocket"
)

// Config is the configuration of the package.
type Config struct {
	Fragments DefragConfig     `mapstructure:"fragments"`
	TCP       StreamsConfig    `mapstructure:"tcp"`
	WebSocket websocket.Config `mapstructure:"websocket"`
	SCTP      sctp.Config      `mapstructure:"sctp"`
}

// DefragConfig bounds what waits for the rest of its datagram.
type DefragConfig struct {
	MaxDatagrams int           `mapstructure:"max_datagrams"` // incomplete datagrams at a time
	MaxBytes     int           `mapstructure:"max_bytes"`     // memory for their bytes
	Timeout      time.Duration `mapstructure:"timeout"`       // from the first fragment seen, in packet time
}

// StreamsConfig bounds the table of TCP connections and what waits in it.
type StreamsConfig struct {
	MaxConnections int           `mapstructure:"max_connections"` // connections at a time
	MaxHeldBytes   int           `mapstructure:"max_held_bytes"`  // in one direction: of a message that is not whole yet, and again of segments behind a gap
	MaxHeldTotal   int           `mapstructure:"max_held_total"`  // memory for both, all connections together
	IdleTimeout    time.Duration `mapstructure:"idle_timeout"`    // a connection without a packet is forgotten, in packet time
	GapTimeout     time.Duration `mapstructure:"gap_timeout"`     // a missing segment is given up, in packet time
}

// DefaultConfig suits a span port with some ten thousand connections.
func DefaultConfig() Config {
	return Config{
		Fragments: DefragConfig{
			MaxDatagrams: 4096,
			MaxBytes:     12 << 20,
			Timeout:      30 * time.Second,
		},
		TCP: StreamsConfig{
			MaxConnections: 65536,
			MaxHeldBytes:   1 << 20,
			MaxHeldTotal:   30 << 20,
			IdleTimeout:    30 * time.Minute,
			GapTimeout:     5 * time.Second,
		},
		WebSocket: websocket.DefaultConfig(),
		SCTP:      sctp.DefaultConfig(),
	}
}

// The least that does the work: a datagram and a gap must fit.
const (
	minFragmentBytes = 128 << 10
	minHeldBytes     = 64 << 10
	minMessageBytes  = 64 << 10
)

// Validate reports every value that cannot work, by its key and with what was
// expected.
func (c Config) Validate() error {
	return errors.Join(
		atLeast("fragments.max_datagrams", c.Fragments.MaxDatagrams, 1),
		atLeast("fragments.max_bytes", c.Fragments.MaxBytes, minFragmentBytes),
		positive("fragments.timeout", c.Fragments.Timeout),
		atLeast("tcp.max_connections", c.TCP.MaxConnections, 1),
		atLeast("tcp.max_held_bytes", c.TCP.MaxHeldBytes, minHeldBytes),
		atLeast("tcp.max_held_total", c.TCP.MaxHeldTotal, c.TCP.MaxHeldBytes),
		positive("tcp.idle_timeout", c.TCP.IdleTimeout),
		positive("tcp.gap_timeout", c.TCP.GapTimeout),
		atLeast("websocket.max_message_bytes", c.WebSocket.MaxMessageBytes, minMessageBytes),
		atLeast("websocket.max_held_total", c.WebSocket.MaxHeldTotal, c.WebSocket.MaxMessageBytes),
		atLeast("sctp.max_associations", c.SCTP.MaxAssociations, 1),
		atLeast("sctp.max_message_bytes", c.SCTP.MaxMessageBytes, minMessageBytes),
		atLeast("sctp.max_held_total", c.SCTP.MaxHeldTotal, c.SCTP.MaxMessageBytes),
		positive("sctp.idle_timeout", c.SCTP.IdleTimeout),
		positive("sctp.gap_timeout", c.SCTP.GapTimeout),
	)
}

// Divided returns the configuration of one of n readers, each of which has tables of its own: all together they hold no more bytes than
// c allows, unless a share would be less than what does the work.
func (c Config) Divided(n int) Config {
	divide := func(total *int, least int) { *total = max(*total/max(n, 1), min(*total, least)) }
	divide(&c.Fragments.MaxBytes, minFragmentBytes)
	divide(&c.TCP.MaxHeldTotal, minHeldBytes)
	divide(&c.WebSocket.MaxHeldTotal, minMessageBytes)
	divide(&c.SCTP.MaxHeldTotal, minMessageBytes)
	c.TCP.MaxHeldBytes = min(c.TCP.MaxHeldBytes, c.TCP.MaxHeldTotal)
	c.WebSocket.MaxMessageBytes = min(c.WebSocket.MaxMessageBytes, c.WebSocket.MaxHeldTotal)
	c.SCTP.MaxMessageBytes = min(c.SCTP.MaxMessageBytes, c.SCTP.MaxHeldTotal)
	return c
}

func atLeast(key string, have, want int) error {
	if have >= want {
		return nil
	}
	return fmt.Errorf("%s: expected at least %d, got %d", key, want, have)
}

func positive(key string, have time.Duration) error {
	if have > 0 {
		return nil
	}
	return fmt.Errorf("%s: expected a duration above zero, got %v", key, have)
}
