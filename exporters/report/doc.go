// Package report writes a readable summary of a capture: totals, how calls ended, failures by cause, the slowest set-ups,
// registrations, subscriptions, instant messages, and what was not captured.
//
// It is an exporter: it gathers sums while the records pass by, in memory that does not grow with the capture, and
// writes the page when it is closed. Text from the wire is shown without control characters, which a terminal would execute.
package report
