// Package diagnose says why a request or a session failed, in one plain sentence that a network person can act on.
//
// A [Case] holds what a failed or odd transaction left behind; [Explain] returns the best explanation of it, or nil when
// there is nothing to explain. What an element says of itself counts more than what can be inferred, and what is
// particular more than what is general: diagnoses of Microsoft's servers, Reason, Warning, the pattern of
// authentication, loops, overload, what was not acceptable and what would be, ICMP and TCP, timers, and in the end the
// status code with what it means for the method.
//
// Every diagnosis is an entry of one table, [Table]: what it rests on, its sentence and what to do. The manual's page of
// diagnoses is written from it. The package knows no time but that of the Case, keeps nothing, and may be used from any
// number of goroutines.
package diagnose
