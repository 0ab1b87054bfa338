// Package eventstate follows the state of resources that the bodies of event packages describe: presence, dialogs,
// registrations, watchers, conference users, resource lists and waiting messages.
//
// A [State] belongs to one subscription (RFC 6665 calls it the state of the resource, RFC 3903 event state). It takes
// parsed documents one after the other, full or partial, and keeps what they add up to and how often that changed. What
// has a life of its own, such as each dialog or each further presentity, counts against the [Table] of the tracker.
package eventstate
