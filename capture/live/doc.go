// Package live listens on network interfaces, through libpcap or by a ring of AF_PACKET. It is the only package that needs cgo, which the ring
// does without.
//
// [OpenAll] gives one source per interface, so that each has its own reader. A source hands out frames that lie in the
// ring the kernel fills, without a copy or an allocation: one cgo call a packet with libpcap, one system call a block of packets
// with a ring of our own. When nothing arrives within Config.Poll, Next returns [capture.ErrIdle], so a reader is never stuck. What the
// kernel and the interface dropped is counted without end, although libpcap's own counters wrap at 32 bits.
//
// Every failure to open says what a person can do: which interfaces exist, which rights are missing and how to give them,
// what libpcap has against a filter expression.
package live
