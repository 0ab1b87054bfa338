package pipeline

import (
	"fmt"
	"runtime"
	"time"

	"sipspan/internal/wire"
)

// Config holds the settings of the pipeline.
type Config struct {
	// Workers is the number of goroutines that decode and track; 0 means one per CPU, and never more than Shards.
	Workers int `mapstructure:"workers"`
	// Batches is the number of batches in circulation per worker. In live capture a full circulation means that
	// messages are dropped and counted.
	Batches int `mapstructure:"batches"`
	// BatchBytes is the size of a batch, in bytes of SIP messages.
	BatchBytes int `mapstructure:"batch_size"`
	// FlushEvery is how long a message may wait in a batch that is not full, in live capture.
	FlushEvery time.Duration `mapstructure:"flush_every"`
}

// DefaultConfig returns the settings used where none are given.
func DefaultConfig() Config {
	return Config{Workers: 0, Batches: 64, BatchBytes: 64 << 10, FlushEvery: 20 * time.Millisecond}
}

// Validate reports the first impossible value, with its key and what was expected.
func (c Config) Validate() error {
	switch {
	case c.Workers < 0 || c.Workers > wire.Shards:
		return fmt.Errorf("workers: %d: expected 0 (one per CPU) to %d", c.Workers, wire.Shards)
	case c.Batches < 2 || c.Batches > 1<<16:
		return fmt.Errorf("batches: %d: expected 2 to 65536", c.Batches)
	case c.BatchBytes < 4<<10 || c.BatchBytes > 64<<20:
		return fmt.Errorf("batch_size: %d: expected 4KiB to 64MiB", c.BatchBytes)
	case c.FlushEvery < time.Millisecond || c.FlushEvery > time.Second:
		return fmt.Errorf("flush_every: %v: expected 1ms to 1s", c.FlushEvery)
	}
	return nil
}

// fileBatches is how many batches circulate at most where the source can wait: the fewer, the better they stay in the
// cache.
const fileBatches = 16

// workers returns the number of workers to start.
func (c Config) workers() int {
	if c.Workers > 0 {
		return c.Workers
	}
	return min(runtime.GOMAXPROCS(0), wire.Shards)
}
