package exporters

import (
	"errors"
	"log/slog"
	"time"
)

// repeat is how long a trouble is silent in the log after it was named.
const repeat = time.Minute

// call is what a queue asked of its exporter.
type call uint8

const (
	exporting call = 1 << iota
	flushing
	closing
)

// faults tells the log about an exporter in trouble without filling it. It belongs to the goroutine of one queue.
type faults struct {
	logger *slog.Logger
	first  func(error) // told of the first error

	err   error     // the first one ever that is not temporary, or cost something
	ill   call      // which calls failed when last made
	named time.Time // when the log last heard of the trouble
	said  bool      // the log has heard of it and not yet of its end
	lost  int       // records since the log last heard of it
}

// failed notes a call that went wrong and cost a number of records.
func (f *faults) failed(c call, err error, lost int) {
	if passing := (*TemporaryError)(nil); f.err == nil && (lost > 0 || !errors.As(err, &passing)) {
		f.err = err
		if f.first != nil {
			f.first(err)
		}
	}
	f.ill |= c
	f.lost += lost
	if now := time.Now(); f.named.IsZero() || now.Sub(f.named) >= repeat || c == closing {
		f.logger.Error("exporter fails", "err", err, "records_lost", f.lost)
		f.named, f.said, f.lost = now, true, 0
	}
}

// worked notes a call that went right. The trouble is over when no kind of call fails any more.
func (f *faults) worked(c call) {
	if f.ill == 0 {
		return
	}
	f.ill &^= c
	if f.ill == 0 && f.said {
		f.logger.Info("exporter works again", "records_lost", f.lost)
		f.said, f.lost = false, 0
	}
}
