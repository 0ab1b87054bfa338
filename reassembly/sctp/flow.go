package sctp

import (
	"container/list"
	"net/netip"
)

// Flow is one direction of an association, as a Handler gets it.
type Flow struct {
	Src, Dst netip.AddrPort // Src sends the messages
	ID       uint64         // of the association, from 1, the same in both directions and never used again
	User     bool           // the handler's own; it has taken a message

	opened  bool // it sent the INIT
	tag     uint32
	tagged  bool // tag is known
	seen    window
	parts   []part // fragments of messages that are not whole, by message and place
	held    int    // bytes of capacity
	since   int64  // when a fragment was last added
	lost    bool   // a message was given up since the last one that was handed on
	place   *list.Element
	reverse *Flow
}

// Reverse returns the other direction of the association.
func (f *Flow) Reverse() *Flow { return f.reverse }

// Opened reports whether Src has opened the association, as far as it was captured.
func (f *Flow) Opened() bool { return f.opened }

// A Handler takes what associations carry. It must not call the Associations it is called from.
type Handler interface {
	// Begins reports whether a message that begins with data may be of interest. data is borrowed until the call returns.
	Begins(data []byte) bool

	// Message takes a message. With cut its end is missing; with lost something before it is, in this direction. It returns
	// whether the message is of interest. data is borrowed until the call returns.
	Message(f *Flow, now int64, data []byte, cut, lost bool) bool

	// End reports how an association ends or fails, by a chunk that f.Src has sent. code is the cause of an ABORT.
	End(f *Flow, now int64, how End, code uint16)
}

// End is how an association ends or fails.
type End uint8

// The ways to end.
const (
	EndShutdown   End = iota // the sender has nothing more to send
	EndAborted               // an ABORT after messages
	EndRefused               // an ABORT in answer to the INIT
	EndUnanswered            // the INIT was sent again
)

// Fate is what became of a packet.
type Fate uint8

// The fates, the least first: a packet with several chunks has the highest of theirs.
const (
	Control   Fate = iota // no user data
	Duplicate             // nothing new in it
	Ignored               // user data of no interest
	Malformed             // a chunk that contradicts itself
	Refused               // no room for a fragment
	Held                  // a fragment, kept until the rest of its message arrives or is given up
	Taken                 // a message of interest was completed
)
