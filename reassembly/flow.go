package reassembly

import "net/netip"

// Flow is one direction of a TCP connection, as a Handler gets it. The
// pointer stays the same from the first call to End, so it may key a map.
type Flow struct {
	Src, Dst netip.AddrPort // Src sends the bytes
	ID       uint64         // of the connection, from 1, the same in both directions and never used again

	User any // the handler's own; nil at first

	// Need may be set by the handler during Data: Data is not called again
	// before so many bytes are there, or the offer is final. With zero it is
	// called for every segment.
	Need int

	// Seq is, during Data, the sequence number of the first of the bytes that are offered.
	Seq uint32

	Secure    bool // the bytes were taken out of TLS; set by who does so
	MidStream bool // bytes before the first one shown were not seen: the capture began later
	Gap       bool // bytes have been lost in this direction
	Final     bool // during Data: what is not taken now is dropped, as nothing can follow it

	reverse *Flow
}

// Reverse returns the other direction of the connection. It has a Src and a Dst
// even when none of its packets was seen.
func (f *Flow) Reverse() *Flow { return f.reverse }

// Inside returns the flows of what the connection carries inside of TLS: in the direction of f, and in the other one.
func (f *Flow) Inside() (own, other *Flow) {
	both := new([2]Flow)
	own, other = &both[0], &both[1]
	*own = Flow{Src: f.Src, Dst: f.Dst, ID: f.ID, Secure: true, reverse: other}
	*other = Flow{Src: f.Dst, Dst: f.Src, ID: f.ID, Secure: true, reverse: own}
	return own, other
}

// Ignore is what Handler.Data returns when nothing more of the direction is
// wanted: the handler is not called for it again, not even at its end, until a new
// connection begins on the same addresses and ports.
const Ignore = -1

// A Handler takes the bytes of streams. It must not call the Streams it is
// called from.
type Handler interface {
	// Data offers bytes in order: what the handler left of the last offer, and
	// after it what is new. data is borrowed until the call returns. It returns
	// how many leading bytes are done with, or Ignore. When f.Final is set the
	// rest is dropped: a gap or the end comes next.
	Data(f *Flow, now int64, data []byte) int

	// Gap reports that lost bytes are missing at this place of the stream: never
	// seen, or held back over a limit. What the handler left of the final offer
	// before it is not counted among bytes never seen. lost is 0 when the stream
	// continues elsewhere and the distance is not known.
	Gap(f *Flow, now int64, lost int)

	// Window reports that the receiver of the direction has had no room for its bytes since a time, at least a second before now: its window
	// is closed. opened is whether it has room again; otherwise now is when it last said that it has none. It is called again while
	// that goes on, ever more seldom.
	Window(f *Flow, now, since int64, opened bool)

	// End reports that nothing follows in this direction. It is called once for
	// each direction of which a SYN, payload or a FIN was seen, unless the
	// handler has ignored it.
	End(f *Flow, now int64, how End)
}

// End is how a direction ended.
type End uint8

const (
	EndFIN        End = iota // closed by its sender
	EndReset                 // reset by either side
	EndRefused               // the opening SYN was answered with a reset
	EndUnanswered            // the opening SYN was never answered
	EndTimeout               // no packet for the idle timeout
	EndEvicted               // given up for another connection: the table is full
	EndReplaced              // a new connection began on the same addresses and ports
	EndCapture               // the capture ended
	ends
)

var endNames = [ends]string{
	"fin", "reset", "refused", "unanswered", "timeout", "evicted", "replaced", "capture_end",
}

// String returns the name in lower case.
func (e End) String() string {
	if e < ends {
		return endNames[e]
	}
	return "unknown"
}

// Fate is what became of a segment.
type Fate uint8

const (
	Control   Fate = iota // no payload
	Taken                 // some or all of its bytes were new and in order
	Held                  // new bytes, kept until those before them arrive or are given up
	Duplicate             // nothing new in it
	Ignored               // of a direction the handler has ignored
	Refused               // outside of any window, or after the end of its direction
	fates
)

var fateNames = [fates]string{"control", "taken", "held", "duplicate", "ignored", "refused"}

// String returns the name in lower case.
func (f Fate) String() string {
	if f < fates {
		return fateNames[f]
	}
	return "unknown"
}
