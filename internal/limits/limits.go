package limits

import (
	"fmt"
	"os"
	"runtime/debug"
)

// Config is the configuration of the package.
type Config struct {
	// Memory is what the program may take, in bytes.
	Memory int64 `mapstructure:"memory"`
	// Buffers is what is taken before any table holds something, in bytes: the tables share the rest. It is no key of the section.
	Buffers int64 `mapstructure:"-"`
}

// DefaultConfig suits a probe that shares its host.
func DefaultConfig() Config { return Config{Memory: 512 << 20} }

// minMemory is the least with which the shares hold one of each thing.
const minMemory = 64 << 20

// Validate returns an error when the limit is too low to work with.
func (c Config) Validate() error {
	if c.Memory < minMemory {
		return fmt.Errorf("memory: %d: expected at least 64MiB", c.Memory)
	}
	return nil
}

// variable is the environment variable in which the Go runtime takes its limit.
const variable = "GOMEMLIMIT"

// Apply gives the garbage collector its part of the limit, unless the environment has given it one. Packed sessions lie in
// memory of their own, of which half is left to them: they seldom fill their share. In the daemon Follow does it better.
func (c Config) Apply() {
	if os.Getenv(variable) == "" {
		debug.SetMemoryLimit(c.shared() - c.Share(Waiting)/2)
	}
}

// Table is something that traffic can fill.
type Table uint8

// The tables with a share.
const (
	Streams       Table = iota // segments and messages that are not whole
	WebSocket                  // fragments of messages, and what compressed ones refer to
	SCTP                       // fragments of messages
	Fragments                  // of IP datagrams
	Busy                       // sessions in which something happens
	Waiting                    // packed sessions, which the collector does not manage
	Registrations              // bindings, and the records that wait for their end
	Evidence                   // messages that explain failures
	numTables     = iota
)

// shares are in hundredths of the limit.
var shares = [numTables]int64{Streams: 6, WebSocket: 1, SCTP: 1, Fragments: 3, Busy: 30, Waiting: 26, Registrations: 10, Evidence: 8}

// Share returns how many bytes a table may take.
func (c Config) Share(t Table) int64 { return c.shared() / 100 * shares[t] }

// shared returns what the tables share. It is half of the memory at least, however large the buffers are.
func (c Config) shared() int64 { return c.Memory - min(c.Buffers, c.Memory/2) }
