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

// Apply gives the garbage collector the limit, unless the environment has given it one.
func (c Config) Apply() {
	if os.Getenv(variable) == "" {
		debug.SetMemoryLimit(c.Memory)
	}
}

// Table is something that traffic can fill.
type Table uint8

// The tables with a share.
const (
	Streams   Table = iota // segments and messages that are not whole
	Fragments              // of IP datagrams
	Sessions               // what the session stage follows
	Evidence               // messages that explain failures
	numTables = iota
)

// shares are in hundredths of the limit.
var shares = [numTables]int64{Streams: 13, Fragments: 4, Sessions: 40, Evidence: 13}

// Share returns how many bytes a table may take.
func (c Config) Share(t Table) int64 { return c.Memory / 100 * shares[t] }
