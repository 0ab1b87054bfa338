// Package transaction holds the requests of a shard as their senders sent them, each with the transactions of all hops that
// it was seen on (RFC 3261 section 17), and decides what a message is: the first sight of a request, a further hop, another
// branch, a retransmission, or the answer to one.
//
// A Group is everything under one Call-ID. What its requests mean is for the usages to say, whose sessions a group holds
// without knowing them.
package transaction
