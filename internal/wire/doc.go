// Package session holds the small values that travel between the stages: when, where and over what a message was seen, what the
// network reported of a flow, and which shard a Call-ID belongs to.
//
// They are plain values that refer to no packet: whoever is handed one may keep it. Times are packet times, in Unix
// nanoseconds.
package wire
