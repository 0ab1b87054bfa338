package link

import (
	"sipspan/decode/presence"
	"sipspan/decode/sip"
	"sipspan/internal/wire"
	"sipspan/record"
)

// Presence is the presence of a presentity of which a watcher was notified for the first time, or that differs from the last notification.
type Presence struct {
	Entity, Watcher uint64 // see Presentity
	Basic           presence.Basic
	Subscription    ID
}

// NoPresence takes back the presence of a subscription that was none and has no record.
type NoPresence struct{ Subscription ID }

// FinishedSubscription is the record of a subscription that was notified of presence.
type FinishedSubscription struct {
	*record.Subscription
	Session ID
}

// Presentity returns a hash of whom a URI names: pres:bob@example.com is the presence of sip:bob@example.com (RFC 3859).
func Presentity(uri []byte) uint64 {
	if sip.HasScheme(uri, "pres:") {
		uri = uri[len("pres:"):]
	}
	if id := Identify(uri); id.AOR != 0 {
		return id.AOR
	}
	return wire.HashCallID(uri)
}
