// Package call follows calls from the first INVITE to the record: attempts, hops, forks and legs, what the sides agreed on, how the
// call ended and which services it made.
//
// A call is everything that a user placed as one: all INVITEs under one Call-ID with the hops and branches that they took (RFC
// 3261 section 16). While it waits it is packed, see Usage.Packed.
package call
