package record

import (
	"net/netip"
	"time"
)

// SignalKind is what a Signal reports.
type SignalKind uint8

// The kinds of signal.
const (
	SignalFinal      SignalKind = iota // a hop had the final response to a request
	SignalUnanswered                   // a hop had no response at all to a request until its sender gave up
	SignalBound                        // a registrar bound a contact
	SignalUnbound                      // a contact removed its binding
	SignalLapsed                       // a binding expired and was not refreshed
	SignalLinkDown                     // a connection was refused, reset or not answered, or a network element reported that it cannot deliver
	SignalPlaced                       // an INVITE opened a call; reported only where somebody asks for it
)

// Signal is an event for the alert engine, which counts how often events happen: it comes long before the record of its session
// and is never written. Strings are constants, names from the configuration or the Call-ID.
type Signal struct {
	Time     int64 // Unix nanoseconds of packet time
	Kind     SignalKind
	Method   string         // of the request, "other" outside the set of the metrics
	Status   int            // final status, 0 when there was none
	Event    string         // event package of SUBSCRIBE, NOTIFY and PUBLISH, "other" outside the set of the metrics
	Src, Dst netip.AddrPort // of the request at that hop; of a connection, who opened it to whom
	From, To string         // peers that Src and Dst belong to, "" for none
	CallID   string
	Target   uint64        // a fingerprint of the user that was requested
	Delay    time.Duration // INVITE: until the caller received the first response other than 100; others: until the final response
	First    bool          // the hop is the one nearest to the sender; every request has one such signal
	Inside   bool          // the request was sent inside a dialog
	Retried  bool          // it was tried before, and challenged or redirected
	// Elsewhere says that the hop was cancelled because the call was answered on another one, as each of a group of phones that ring together
	// is but the one that answers.
	Elsewhere bool
	Count     int // bindings
}
