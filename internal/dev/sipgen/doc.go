// Package sipgen makes captures with SIP traffic out of plain values, so that tests and benchmarks need no traffic from
// elsewhere.
//
// A Flow is readable text with SIP messages, times, named hosts and faults to inject. A Load invents any number of calls,
// registrations and subscriptions; Workloads returns those that the program is measured with. Both write their packets with
// capture/pcapwrite. The same input always gives the same bytes.
//
// The package writes what the text says, wrong lengths and broken messages included. It is the other side of the parsers
// and shares no code with them.
package sipgen
