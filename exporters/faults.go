package exporters

import (
	"log/slog"
	"time"
)

// repeat is how long a trouble is silent in the log after it was named.
const repeat = time.Minute

// faults tells the log about an exporter in trouble without filling it. It belongs to the goroutine of one queue.
type faults struct {
	logger *slog.Logger
	first  func(error) // told of the first error

	err    error     // the first one ever
	failed bool      // the last call failed
	named  time.Time // when the log last heard of it
	lost   int       // records since then
}

// ill notes a failed call that cost a number of records.
func (f *faults) ill(err error, lost int) {
	if f.err == nil {
		f.err = err
		if f.first != nil {
			f.first(err)
		}
	}
	f.lost += lost
	now := time.Now()
	if f.failed && now.Sub(f.named) < repeat {
		return
	}
	f.logger.Error("exporter fails, records may be lost until it recovers", "err", err, "lost", f.lost)
	f.failed, f.named, f.lost = true, now, 0
}

// well notes a call that went right.
func (f *faults) well() {
	if !f.failed {
		return
	}
	f.logger.Info("exporter works again", "lost", f.lost)
	f.failed, f.lost = false, 0
}

func (f *faults) firstError() error { return f.err }
