// Package presence reads the bodies of event packages: presence (PIDF with RPID, RFC 3863 and 4480; the older XPIDF;
// Microsoft's own two forms), dialogs (RFC 4235), registrations (RFC 3680), watchers (RFC 3858), resource lists (RFC 4662),
// waiting messages (RFC 3842), typing indications (RFC 3994) and Microsoft's batched subscriptions.
//
// [Parse] takes a body with its Content-Type and returns one [Document] for each part that it can read; the root element
// decides what a part is, because devices are careless about the type. Documents are plain values that share nothing
// with the body.
//
// This is no hot path: bodies are read with encoding/xml, as leniently as it goes. Size, depth, number of elements and
// length of every text are bounded, so that no body costs more than a small multiple of its own size.
package presence
