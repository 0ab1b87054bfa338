package exporters

import (
	"fmt"
	"time"

	"sipspan/record"
)

// Exporter delivers records somewhere. Its methods are called from one goroutine only.
type Exporter interface {
	// Export delivers one record. The record is shared with other exporters and must not be changed. An error means
	// that this record is lost; the next one is tried all the same. A LossError says that more than one was.
	Export(r record.Record) error
	// Flush pushes out what is held back and does what is due by the clock, such as a rotation. An error means that
	// it is tried again later; nothing is lost by it, unless it is a LossError.
	Flush() error
	// Close flushes and releases everything. No other method is called afterwards.
	Close() error
}

// Interrupter is an Exporter that can be told not to wait any longer.
type Interrupter interface {
	// Interrupt makes the call that is under way, and all later ones, return soon. It is called from another goroutine.
	Interrupt()
}

// TemporaryError says that a record, or whatever was to be done, may go through later.
type TemporaryError struct {
	After time.Duration // not before so long; 0: the exporter has no idea when
	Err   error
}

// Error implements error.
func (e *TemporaryError) Error() string { return e.Err.Error() }

// Unwrap returns what the exporter met.
func (e *TemporaryError) Unwrap() error { return e.Err }

// LossError says that an exporter had accepted records and could not deliver them.
type LossError struct {
	Records int
	Err     error
}

// Error implements error.
func (e *LossError) Error() string {
	if e.Records == 1 {
		return fmt.Sprintf("1 record lost: %v", e.Err)
	}
	return fmt.Sprintf("%d records lost: %v", e.Records, e.Err)
}

// Unwrap returns what the exporter met.
func (e *LossError) Unwrap() error { return e.Err }
