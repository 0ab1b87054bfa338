package reassembly

import (
	"fmt"
	"net/netip"
	"testing"

	"sipspan/internal/packet"
)

var (
	client = netip.MustParseAddrPort("192.0.2.1:40000")
	server = netip.MustParseAddrPort("192.0.2.2:5060")
)

const second = int64(1e9)

// collector is a Handler that writes down what it is shown.
type collector struct {
	t      *testing.T
	events []string                // gaps and ends, in order
	bytes  map[string][]byte       // by sender
	take   func(*Flow, []byte) int // nil takes all

}

func newCollector(t *testing.T) *collector {
	return &collector{t: t, bytes: map[string][]byte{}}
}

func (c *collector) Data(f *Flow, now int64, data []byte) int {
	if len(data) == 0 {
		c.t.Error("Data without bytes")
	}
	if f.Reverse().Reverse() != f || f.Reverse().Src != f.Dst || f.Reverse().ID != f.ID {
		c.t.Error("the reverse of the flow is not its reverse")
	}
	n := len(data)
	if c.take != nil {
		n = c.take(f, data)
	}
	if n > 0 {
		c.bytes[f.Src.String()] = append(c.bytes[f.Src.String()], data[:min(n, len(data))]...)
	}
	return n
}

func (c *collector) Gap(f *Flow, now int64, lost int) {
	if !f.Gap {
		c.t.Error("Gap, and the flow does not say so")
	}
	c.events = append(c.events, fmt.Sprintf("%v gap %d", f.Src.Port(), lost))
	c.bytes[f.Src.String()] = append(c.bytes[f.Src.String()], '|')
}

func (c *collector) Window(f *Flow, now, since int64, opened bool) {
	c.events = append(c.events, fmt.Sprintf("%v window %d-%d %v", f.Src.Port(), since/1e9, now/1e9, opened))
}

func (c *collector) End(f *Flow, now int64, how End) {
	c.events = append(c.events, fmt.Sprintf("%v %v", f.Src.Port(), how))
}

var _ Handler = (*collector)(nil)

// segment builds a packet. An ack of zero means that the flag is not set.
func segmentOf(src, dst netip.AddrPort, seq, ack uint32, flags packet.Flags, payload string) *packet.Packet {
	if ack != 0 {
		flags |= packet.ACK
	}
	return &packet.Packet{
		Src: src, Dst: dst, Payload: []byte(payload),
		TCP: packet.TCP{Seq: seq, Ack: ack, Flags: flags, Window: 65535},
	}
}

// up is a segment from the client, down one from the server.
func up(seq, ack uint32, flags packet.Flags, payload string) *packet.Packet {
	return segmentOf(client, server, seq, ack, flags, payload)
}

func down(seq, ack uint32, flags packet.Flags, payload string) *packet.Packet {
	return segmentOf(server, client, seq, ack, flags, payload)
}

// a step of a scenario: a packet, the time it comes at, and its fate.
type step struct {
	at   int64
	p    *packet.Packet
	fate Fate
}

func handshake(isn, peer uint32) []step {
	return []step{
		{0, up(isn, 0, packet.SYN, ""), Control},
		{0, down(peer, isn+1, packet.SYN, ""), Control},
		{0, up(isn+1, peer+1, 0, ""), Control},
	}
}
