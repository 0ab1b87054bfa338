// Package sipgen makes captures out of plain values, so that tests and benchmarks need no traffic from elsewhere.
//
// It has three storeys. A Writer writes packets as pcap or pcapng. Layers (Ethernet, VLAN, PPPoE, GRE, GTP-U, IPv4,
// IPv6, UDP, TCP …) are values that Build stacks around a payload. On top stand two users: a Flow, which is readable
// text with SIP messages, times, named hosts and faults to inject, and a Load, which invents any number of calls,
// registrations and subscriptions for the benchmarks. The same input always gives the same bytes. Outside of tests the two
// lower storeys serve exporters/alert/pcap, which writes messages that were seen as a capture.
//
// The package writes what it is told to, wrong lengths and broken messages included: it is the other side of the
// parsers and shares no code with them.
package sipgen
