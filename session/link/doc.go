// Package link holds the facts that a shard reports about its sessions to the one who joins what concerns two Call-IDs.
//
// An [Announcement] says something about a session while it lasts; a [FinishedCall], [FinishedSubscription] or
// [FinishedRegistration] is a record with what others must know beside it. All of them are plain values: exported fields, and
// neither pointers (but to the record) nor maps, functions or interfaces of other packages, so that they can be written down
// and read elsewhere. A value and its strings belong to whoever it is handed to. Times are packet times, in Unix nanoseconds.
//
// Whom and what the facts name is compared by hashes ([Identity], [Presentity], [Mix]), which are the same in every run.
package link
