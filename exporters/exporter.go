package exporters

import (
	"fmt"
	"time"

	"sipspan/record"
)

// Exporter delivers records somewhere. Its methods are called from one goroutine only.
type Exporter interface {
	// Export delivers one record. The record is shared with other exporters and must not be changed. An error means
	// that this record is lost; Export is called again for the next one. A LossError means that more than one is lost.
	Export(r record.Record) error
	// Flush writes what is buffered and does what is due by the clock, such as a rotation. After an error it is called
	// again later; nothing is lost, unless the error is a LossError.
	Flush() error
	// Close flushes and releases everything. No other method is called afterwards.
	Close() error
}

// Interrupter is an Exporter whose calls can be ended early.
type Interrupter interface {
	// Interrupt makes the current call, and all later ones, return soon. It is called from another goroutine.
	Interrupt()
}

// TemporaryError reports that a call failed and may succeed later.
type TemporaryError struct {
	After time.Duration // the earliest time for another try; 0: unknown
	Err   error
}

// Error implements error.
func (e *TemporaryError) Error() string { return e.Err.Error() }

// Unwrap returns the cause.
func (e *TemporaryError) Unwrap() error { return e.Err }

// LossError reports that an exporter had accepted records and could not deliver them.
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

// Unwrap returns the cause.
func (e *LossError) Unwrap() error { return e.Err }
