// Package session turns decoded SIP messages into records: calls, registrations, subscriptions, publications,
// messages, failed transactions and failures.
//
// It is the transaction layer of one shard. A [Tracker] finds the group of a message by its Call-ID, which "groups together a
// series of messages" (RFC 3261 section 8.1.1.4), and in it the request and the transaction that the message belongs to (package
// transaction). It decides once what the message is: the first sight of a request, a further hop, another branch, a repetition,
// or an answer. What that means is for a transaction user to say (RFC 3261 section 5), whom it drives by the interface [Usage]:
// packages call, subscription and binding.
//
// A Tracker is used from one goroutine. It promises that its records depend only on the messages it is handed and on their times:
// never on how often [Tracker.Advance] is called, on map order, on other shards, or on the clock of the machine. All time is
// packet time, in Unix nanoseconds. The byte slices of a message are borrowed until [Tracker.Handle] returns; what a record needs
// is copied.
//
// A message that is captured ahead of what it belongs to waits for that. Dialogs that share a Call-ID are legs of one call, or
// strangers with groups of their own. Calls that only wait are packed when memory is wanted, and thawed by their next message or
// their deadline.
//
// What concerns two Call-IDs is decided elsewhere: facts of package link are reported to a shard.Sink, and package correlate joins
// them.
package session
