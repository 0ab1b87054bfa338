package pipeline

import "sipspan/capture"

// Source delivers captured frames in the order in which they were captured.
type Source interface {
	// Next fills f. f.Data is borrowed until the next call. It returns io.EOF at the end and capture.ErrIdle when a
	// live source had nothing within its poll time.
	Next(f *capture.Frame) error
	// Stats returns what the capture mechanism itself counted, by interface. It may be called while Next runs.
	Stats() []capture.InterfaceStats
	Close() error
}

// Interrupted is a Source that knows when packets that it should deliver cannot be seen, such as those of an interface that is down.
type Interrupted interface {
	Interrupted() bool // it may be called while Next runs
}
