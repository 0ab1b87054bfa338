// Package store keeps the sessions of one shard while nothing happens to them: as packed byte strings in memory of its own,
// found by hash, by deadline and in the order of their arrival.
//
// It knows no SIP. What a session is, and when it waits, is the caller's; the store gives out a Ref for it, an index with a
// generation, so that a Ref of what was removed is never taken for what came into its place. Nothing that waits holds a
// pointer to a session, so that the garbage collector has nothing to walk, however many sessions wait.
//
// For the sessions that are busy it has the memory of their strings (Text), their deadlines (Timers) and the order in which
// they came (Queue).
package store
