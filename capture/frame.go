package capture

import "errors"

// Frame is one packet as the link layer delivered it.
type Frame struct {
	Time      int64    // Unix time in nanoseconds; 0 when the capture does not say
	Data      []byte   // captured bytes, borrowed until the next Next on the same source
	Length    int      // bytes the frame had on the wire, never less than len(Data)
	Link      LinkType // how Data begins
	Clock     Clock    // what Time is worth
	Begins    bool     // the frames before are of another capture, which ended before this one
	Flags     uint32   // what pcapng notes beside it in the option epb_flags, such as its direction; 0 for nothing
	Input     uint32   // which of the inputs that the source reads it is from, by their order
	Interface int      // index into what the source's Stats returns
	Number    uint64   // 1-based number of the packet in its file or on its interface, packets a file filter left out included
}

// Clock says what the Time of a frame is worth.
type Clock uint8

// The kinds of time.
const (
	ClockKnown   Clock = iota // a time in UTC
	ClockUndated              // counted from a beginning that is not known: only differences mean something, and only to frames of the same interface
	ClockNone                 // nothing: only the order of the frames is known
)

// ErrIdle is what a live source's Next returns when nothing arrived within the poll time. It is no failure: call again.
var ErrIdle = errors.New("capture: no packet within the poll time")
