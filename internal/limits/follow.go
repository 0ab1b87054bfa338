package limits

import (
	"bytes"
	"context"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"strconv"
	"time"
)

// followEvery is how often Follow looks.
const followEvery = time.Second

// Follow keeps the limit of the collector to what is left of the memory until ctx ends: all that is resident and not the
// collector's, such as the program itself, the buffers of the kernel and the packed sessions, is taken off. It does nothing
// where the environment has given the collector a limit, and where the system does not report what is resident.
func (c Config) Follow(ctx context.Context) {
	if os.Getenv(variable) != "" {
		return
	}
	tick := time.NewTicker(followEvery)
	defer tick.Stop()
	managed := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		text, err := os.ReadFile("/proc/self/statm")
		if err != nil {
			return
		}
		metrics.Read(managed)
		debug.SetMemoryLimit(c.left(resident(text), int64(managed[0].Value.Uint64()-managed[1].Value.Uint64())))
	}
}

// resident returns what /proc/self/statm holds of resident memory, in bytes.
func resident(statm []byte) int64 {
	fields := bytes.Fields(statm)
	if len(fields) < 2 {
		return 0
	}
	pages, err := strconv.ParseInt(string(fields[1]), 10, 64)
	if err != nil {
		return 0
	}
	return pages * int64(os.Getpagesize())
}

// left returns the limit of the collector, when so many bytes are resident of which it manages so many. It always has a quarter: with less
// it would only be busy.
func (c Config) left(resident, managed int64) int64 {
	return max(c.Memory-max(resident-managed, 0), c.Memory/4)
}
