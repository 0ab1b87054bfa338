package pcapwrite

import "net/netip"

// Conn is a TCP connection between two endpoints. It keeps the sequence numbers, so that segments that are never
// captured still count.
type Conn struct {
	Client, Server netip.AddrPort
	next           [2]uint32 // next sequence number, client's and server's
	open           bool
	finished       [2]bool
}

// Segment is one TCP segment with its endpoints.
type Segment struct {
	From, To netip.AddrPort
	Header   TCP
	Payload  []byte
}

// NewConn returns a connection whose sequence numbers begin at the two values given.
func NewConn(client, server netip.AddrPort, clientSeq, serverSeq uint32) *Conn {
	return &Conn{Client: client, Server: server, next: [2]uint32{clientSeq, serverSeq}}
}

// Open returns the three segments of the handshake, or none when the connection is open.
func (c *Conn) Open() []Segment {
	if c.open {
		return nil
	}
	c.open = true
	syn := c.segment(0, SYN, nil)
	syn.Header.Ack = 0
	c.next[0]++
	synAck := c.segment(1, SYN|ACK, nil)
	c.next[1]++
	return []Segment{syn, synAck, c.segment(0, ACK, nil)}
}

// Resume marks the connection as open without a handshake, as a capture that begins in the middle sees it.
func (c *Conn) Resume() { c.open = true }

// Send returns payload as segments of the given sizes; what is left goes into a last one.
func (c *Conn) Send(from netip.AddrPort, payload []byte, sizes ...int) []Segment {
	side := c.side(from)
	var out []Segment
	for _, size := range append(sizes, len(payload)) {
		size = min(size, len(payload))
		if size <= 0 {
			continue
		}
		out = append(out, c.segment(side, ACK|PSH, payload[:size]))
		c.next[side] += uint32(size)
		payload = payload[size:]
	}
	return out
}

// Ack returns a segment without payload.
func (c *Conn) Ack(from netip.AddrPort) Segment { return c.segment(c.side(from), ACK, nil) }

// Full returns a segment without payload whose sender has no room for more: its window is closed.
func (c *Conn) Full(from netip.AddrPort) Segment {
	s := c.Ack(from)
	s.Header.Closed = true
	return s
}

// Finish returns the FIN of one side.
func (c *Conn) Finish(from netip.AddrPort) Segment {
	side := c.side(from)
	s := c.segment(side, FIN|ACK, nil)
	c.next[side]++
	c.finished[side] = true
	return s
}

// Closed reports whether both sides have sent their FIN.
func (c *Conn) Closed() bool { return c.finished[0] && c.finished[1] }

// Reset returns the RST of one side.
func (c *Conn) Reset(from netip.AddrPort) Segment { return c.segment(c.side(from), RST|ACK, nil) }

func (c *Conn) side(from netip.AddrPort) int {
	if from == c.Client {
		return 0
	}
	return 1
}

func (c *Conn) segment(side int, flags TCPFlags, payload []byte) Segment {
	ends := [2]netip.AddrPort{c.Client, c.Server}
	from, to := ends[side], ends[1-side]
	return Segment{From: from, To: to, Payload: payload, Header: TCP{
		Src: from.Port(), Dst: to.Port(), Seq: c.next[side], Ack: c.next[1-side], Flags: flags,
	}}
}
