// Package reassembly puts together again what the network takes apart: IP
// fragments into datagrams (Defrag) and TCP segments into byte streams
// (Streams).
//
// It promises bounded memory whatever arrives: every table has a greatest
// number of entries, of bytes and an age, gives up the oldest when one is
// reached, and counts it. Time is packet time; it is handed in and never asked
// for. Nothing is guessed: bytes that were lost are reported as a gap of known
// length. A segment that arrives in order, with nothing held back before it, is
// handed on as it lies in the packet, without a copy and without an allocation;
// what must wait is copied into buffers that are used again.
//
// Which bytes win where segments overlap: in a stream the first that came, as
// they may have been handed on already. In a datagram of fragments none: pieces
// that overlap and agree are taken, pieces that overlap and differ discard the
// datagram.
//
// A Defrag and a Streams belong to one goroutine. The package knows nothing of
// what the bytes mean.
package reassembly
