// Package presence reads the bodies of event packages: presence (PIDF with RPID, RFC 3863 and 4480; the older XPIDF;
// Microsoft's own two forms), dialogs (RFC 4235), registrations (RFC 3680), watchers (RFC 3858), resource lists (RFC 4662),
// conferences (RFC 4575), waiting messages (RFC 3842), typing indications (RFC 3994), the progress of a REFER (RFC 3515), call
// completion (RFC 6910), and the lists that a SUBSCRIBE brings along, RFC 5367's and Microsoft's.
//
// [Parse] takes a body with its Content-Type and returns one [Document] for each part that it can read; the root element
// decides what a part is, because devices are careless about the type. Documents are plain values that share nothing
// with the body.
//
// Bodies in plain XML, which is what devices write, are read by a scanner of our own that costs about a microsecond; for
// all others, and as the judge of the scanner, there is encoding/xml, as lenient as it goes. Size, depth, number of elements and
// length of every text are bounded, so that no body costs more than a small multiple of its own size.
package presence
