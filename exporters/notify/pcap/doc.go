// Package pcap writes for each alert that begins to fire a small capture of its sample calls: the SIP messages of these
// Call-IDs that are still in memory, in the order of their times, in headers with their true addresses and ports. A message
// that came over UDP is a UDP datagram; one that came over TCP is a segment of a connection with its handshake, several where
// one has no room for it. One that came over TLS, WebSocket or SCTP, or whose ends are not known, is an exported PDU: the
// message with tags that name its ends and transport, as Wireshark exports what it has decrypted. So a capture reads as the
// same calls over the same transports. What is not in it: link-layer addresses, fragments and retransmitted segments.
//
// A capture with exported PDUs is a pcapng file, because it has two link types; any other is a pcap file.
//
// Captures are written in a goroutine of their own and delay alerts for a bounded time only: an alert is passed on without a
// capture when the disk is slow or the capture cannot be written. The folder holds a limited number of captures of a
// limited size.
package pcap
