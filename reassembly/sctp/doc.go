// Package sctp puts together the messages that SCTP associations carry (RFC 9260): in one DATA chunk or in fragments, in
// several streams, ordered or not, and as I-DATA chunks (RFC 8260).
//
// A message is handed on when its last missing fragment was captured; the order of messages is that of the capture, also
// where a receiver would wait for an earlier one. A chunk that was sent again is dropped. Messages whose fragments do not
// all come are given up after a time, when the sender gives them up (RFC 3758), or for a limit; what is known of their
// beginning is handed on as such.
//
// An association is known by its addresses and ports. Where an endpoint has several addresses, what it sends to each of
// them is read on its own.
//
// Every table is bounded by entries, bytes and age, and counts what it gives up. An Associations belongs to one goroutine.
// The package does not know what messages mean. It takes input of any kind.
package sctp
