// Package report writes what a capture held for people: totals, how calls ended, failures by cause, the slowest set-ups,
// registrations, subscriptions, instant messages, and what could not be seen.
//
// It is an exporter: it gathers sums while the records pass by, in memory that does not grow with the capture, and
// writes the page when it is closed. Text from the wire is shown without anything that a terminal would obey.
package report
