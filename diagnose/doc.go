// Package diagnose says why a request or a session failed, in one plain sentence that a network person can act on.
//
// An evidence.Case holds what is known of a failed or odd transaction. [Explain] returns the best explanation of it, or
// nil when there is nothing to explain. What an element states itself comes before what can be inferred, and a specific
// explanation before a general one: diagnoses of Microsoft's servers, Reason, Warning, the pattern of authentication,
// loops, overload, what was not acceptable and what would be, ICMP and TCP, timers, and last the status code with its
// meaning for the method.
//
// Every diagnosis is an entry of one table, [Table]: what it rests on, its sentence and what to do. The manual's page of
// diagnoses is generated from it. The package reads no clock, keeps nothing between two cases, and may be used from any
// number of goroutines.
package diagnose
