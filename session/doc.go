// Package session turns decoded SIP messages into records: calls, registrations, subscriptions, publications,
// messages, failed transactions and failures.
//
// A [Tracker] owns the tables of one shard and is used from one goroutine. It promises that its records depend only on
// the messages it is handed and on their times: never on how often [Tracker.Advance] is called, on map order, on other
// shards, or on the clock of the machine. All time is packet time, in Unix nanoseconds. The byte slices of a message
// are borrowed until [Tracker.Handle] returns; what a record needs is copied.
//
// Everything in a table is found through its Call-ID, which "groups together a series of messages" (RFC 3261 section
// 8.1.1.4): one [group] each. A group holds the requests as a user agent sent them (same CSeq, same From), each request
// holds one transaction for every hop it was seen on (RFC 3261 section 17, keyed by the top Via), and a group may hold
// a call and subscriptions, which requests drive.
//
// What a message is, is decided once, before a session sees it: the first sight of a request, a further hop, another branch,
// a repetition, or an answer. A message that is captured ahead of what it belongs to waits for that (see order). The hops of
// a request form the tree that their Vias tell (see branch.go): the top ones decide what its sender was told. Dialogs that
// share a Call-ID are legs of one call, or strangers with groups of their own (see sharedid.go).
//
// What concerns two Call-IDs is decided elsewhere: a tracker reports facts of package link to its [Sink], and package correlate
// joins them.
package session
