package capture

import (
	"errors"
	"fmt"
)

// What can be wrong with an input, for errors.Is on an [InputError].
var (
	ErrEmpty      = errors.New("the file is empty")
	ErrNotCapture = errors.New("not a capture file")
	ErrCut        = errors.New("the file is cut short")
	ErrCorrupt    = errors.New("the file is damaged")
)

// InputError says which input could not be read, how far it was read and why it ended there. Everything before Packet was
// whole and has been delivered. Its text is one line, meant for the person who named the file.
type InputError struct {
	File   string // as it was named; "-" is standard input
	Line   int    // 1-based number of the line of a text, 0 for what is no text
	Packet uint64 // 1-based number of the packet that could not be read, 0 when no packet was reached
	Offset int64  // where that packet's record begins, in bytes of the uncompressed capture
	Err    error  // the sentence: what is wrong and what to do
}

// Error names the file, the packet, the offset and the reason.
func (e *InputError) Error() string {
	name := e.File
	if name == "-" {
		name = "standard input"
	}
	if e.Line != 0 {
		return fmt.Sprintf("%s: line %d: %v", name, e.Line, e.Err)
	}
	if e.Packet == 0 {
		return fmt.Sprintf("%s: %v", name, e.Err)
	}
	return fmt.Sprintf("%s: packet %d at byte %d: %v", name, e.Packet, e.Offset, e.Err)
}

// Unwrap returns the reason.
func (e *InputError) Unwrap() error { return e.Err }
