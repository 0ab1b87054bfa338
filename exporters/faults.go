package exporters

import (
	"errors"
	"log/slog"
	"time"
)

// repeat is the time between two log lines about the same failing exporter.
const repeat = time.Minute

// call is a set of methods of an exporter.
type call uint8

const (
	exporting call = 1 << iota
	flushing
	closing
)

// faults logs the failures of an exporter, at most once a minute. It belongs to the goroutine of one queue.
type faults struct {
	logger *slog.Logger
	first  func(error) // called with the first error; may be nil

	err     error     // the first one that is not temporary, or lost a record
	failing call      // those whose last call failed
	logged  time.Time // time of the last log line
	open    bool      // a failure was logged, and its end was not
	lost    int       // records since the last log line
	lostAll int       // records since the failure began
	forgive bool      // a failure that is over is no result of the run: err is forgotten
	flushed bool      // the exporter is flushed now and then: only that shows that what Export took can be delivered
}

// failed notes a call that failed and lost a number of records.
func (f *faults) failed(c call, err error, lost int) {
	if passing := (*TemporaryError)(nil); f.err == nil && (lost > 0 || !errors.As(err, &passing)) {
		f.err = err
		if f.first != nil {
			f.first(err)
		}
	}
	f.failing |= c
	if c == exporting && f.flushed {
		f.failing |= flushing
	}
	f.lost += lost
	f.lostAll += lost
	if now := time.Now(); f.logged.IsZero() || now.Sub(f.logged) >= repeat || c == closing {
		f.logger.Error("exporter fails", "err", err, "records_lost", f.lost)
		f.logged, f.open, f.lost = now, true, 0
	}
}

// worked notes a call that succeeded. The failure is over when no method fails any more; the log then has the number of all records
// that it cost.
func (f *faults) worked(c call) {
	if f.failing == 0 {
		return
	}
	f.failing &^= c
	if c == closing {
		f.failing &^= flushing // it delivers what a flush would
	}
	if f.failing != 0 {
		return
	}
	if f.open {
		f.logger.Info("exporter works again", "records_lost", f.lostAll)
		f.open, f.lost = false, 0
	}
	f.lostAll = 0
	if f.forgive {
		f.err = nil
	}
}
