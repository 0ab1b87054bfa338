// Package correlate joins what concerns two Call-IDs: the legs of a conversation and the services that they make together, a
// challenge and its answer, retries, bindings and the presence of somebody.
//
// A [Correlator] runs after the trackers of all shards. It takes the facts of package link and the records that they finish, puts
// the records into one order that does not depend on the number of shards, completes and counts them, and hands them on. It
// has one owner and no locks. All time is packet time, in Unix nanoseconds: it advances to a watermark, which says that every
// shard has reached that time.
package correlate
