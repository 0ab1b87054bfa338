// Package packet walks a captured frame from its link layer to the transport
// payload: through VLAN and port tags, MPLS labels, pseudowires, PPP, PPPoE, IEEE 802.11, GRE, ERSPAN,
// IP-in-IP, 6in4, Teredo, ESP without encryption, GTP-U, VXLAN, Geneve, TZSP and L2TP to the innermost IPv4 or IPv6 datagram, and through that to UDP, TCP or SCTP.
//
// It promises to keep no state, to allocate nothing, to read nothing outside the
// frame and to end on any input. What it does not follow it names with a Reason
// of a closed set. Payloads are subslices of the frame, so they are borrowed for
// as long as the frame is. Captured length, IP length and transport length are
// kept apart: bytes after the IP length are never payload, and bytes the
// headers promise but the capture does not hold are counted in Packet.Missing.
//
// The walk is a loop over layers. A tunnel joins it in walk.go: a layer of its
// own, the number it is known by in one of the tables there, and a step
// function that strips its header and says which layer comes next.
package packet
