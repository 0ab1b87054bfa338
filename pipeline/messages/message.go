package messages

import (
	"net/netip"

	"sipspan/capture"
	"sipspan/internal/wire"
	"sipspan/record"
)

// Message is a SIP message as it was captured.
type Message struct {
	Time      int64         // when it was whole, as the capture has it, in Unix nanoseconds; 0 when it does not say
	Clock     capture.Clock // what Time is worth
	Src, Dst  netip.AddrPort
	Transport wire.Transport
	Stream    uint64            // the connection or association, in the order of their beginnings; 0 for datagrams
	Carrier   [2]netip.AddrPort // ends of the TCP connection that carried it, which in HEP are not Src and Dst; not valid without one
	Flags     record.Flags      // what the capture lost of the message or just before it
	Place     *record.Capture
	CallID    string // its first wire.MaxText bytes
	Bytes     []byte // a copy, as they were sent; nil for a Copy
	// Packets are the frames that carried the message, in the order in which they came: all fragments, segments and chunks. For what was
	// sent over TLS and WebSocket these are the frames with its records.
	Packets []Packet
	// Copy says that nothing was sent: Packets carry once more a message that was delivered before, or some of it, because a packet was
	// captured twice or a segment was sent again.
	Copy bool
}

// Packet is a frame.
type Packet struct {
	Input  int    // which of the inputs of the source it is in
	Number uint64 // in its input, from 1
	Copy   bool   // all that it carried of the message was in frames before it
}
