// Package ingest gives every packet its one fate and turns payloads into framed messages.
//
//	frame → header walk → defragment ┬ UDP → table of probes ──────────────────┬→ message
//	                                 ├ TCP → reassemble → table of protocols ──┤
//	                                 ├ SCTP → chunks → messages ───────────────┘
//	                                 └ ICMP, resets, refused and unanswered connections → network event
//
// What a UDP payload may be is the table in datagram.go; what a TCP stream may be is the one in stream.go. A protocol that may
// carry SIP is one more row. Every packet is counted once, as delivered, ignored for a reason or dropped for a reason: see
// [Account]. An IP packet that was captured twice counts as a duplicate: see [Copies].
//
// Only the transport, the end of a message and its Call-ID are read here. What a message means is for those who get it.
package ingest
