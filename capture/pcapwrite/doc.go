// Package pcapwrite makes captures out of plain values: packets built header by header and written as pcap or pcapng.
//
// [Build] stacks layers (Ethernet, VLAN, PPPoE, GRE, GTP-U, VXLAN, IPv4, IPv6, UDP, TCP …) around a payload, [Conn] numbers the
// segments of a TCP connection, and a [Writer] writes the file. The package writes what it is given, wrong lengths
// included. It shares no code with the packages that read, so that a test which uses both compares two independent
// understandings of a format.
package pcapwrite
