//go:build e2e

package e2e

import "slices"

// scenario is something that people and their phones do, and the records that are expected of it. All Call-IDs of a
// scenario begin with its name, so a record says to which it belongs.
type scenario struct {
	name      string
	transport string // between the phones and the proxy; udp, if empty
	caller    string // the user who calls; somebody from outside, if empty
	play      func(s *stage)
	records   []expectation
	besides   []expectation // records that may come, any number of times: what a phone sends by a clock of its own
	users     []string      // also all records about these users are expected ones; their phones choose Call-IDs themselves
	due       string        // Call-ID of a record that a timer of the daemon brings about: it must come while the capture goes on

	// What failed, if anything: method, status and origin of the failure record, and the cause that this record and the
	// first of the others give.
	failure expectation
	cause   expectation
}

// scenarios are all that is played, those first that take longest.
var scenarios = slices.Concat(calls, others, people, webCalls)
