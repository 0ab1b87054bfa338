// Package sip reads SIP messages (RFC 3261 and its extensions) as spans into the bytes they arrived in.
//
// A [Message] is reused from packet to packet. [Message.Parse] notes where the header fields are, and accessors hand out
// subslices of the packet, parsed when somebody asks; for up to 64 header fields nothing is allocated. Everything
// returned as a byte slice is borrowed: it is valid as long as the bytes given to Parse are.
//
// The reader is tolerant where a person would be, and says what it had to overlook: [Message.Faults] is a set of closed
// names, the reasons of sip_malformed_total. Only the start line decides whether something is a message. [Detect] tells
// SIP from everything else on a wire by it, [Frame] finds where a message in a byte stream ends, and [PeekCallID] finds
// the Call-ID without parsing. No input makes any of them panic.
package sip
