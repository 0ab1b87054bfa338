package sipgen

import (
	"math/rand/v2"
	"net/netip"
	"time"

	"sipspan/capture/pcapwrite"
)

// Segmented says how messages travel over TCP: each phone has one connection to each server it talks to, a message is cut into
// one to three segments, and an acknowledgement travels with what the other side sends next.
type Segmented struct {
	Swapped float64 // share of the segments that come after the next one of their message
	Resent  float64 // share of the segments that are sent again 200 ms later
}

// connections are the TCP connections of a load.
type connections struct {
	rng   *rand.Rand
	how   Segmented
	known map[[2]netip.AddrPort]*pcapwrite.Conn
	port  uint16 // of the next client, above firstPort
	id    uint16 // of the last packet

	swap, resend float64 // what is due; a segment is swapped or sent again when this reaches one
}

const firstPort = 20000

func newConnections(seed uint64, how Segmented) connections {
	return connections{
		rng: rand.New(rand.NewPCG(seed, 0x7c9)), how: how, known: map[[2]netip.AddrPort]*pcapwrite.Conn{},
	}
}

// between returns the connection of two parties of which one is a server, and the end of it that belongs to from.
func (c *connections) between(from, to netip.AddrPort) (conn *pcapwrite.Conn, sender netip.AddrPort) {
	phone, server := from, to
	if isServer(from.Addr()) {
		phone, server = to, from
	}
	conn = c.known[[2]netip.AddrPort{phone, server}]
	if conn == nil {
		client := netip.AddrPortFrom(phone.Addr(), firstPort+c.port)
		c.port = (c.port + 1) % (65535 - firstPort)
		conn = pcapwrite.NewConn(client, server, c.rng.Uint32(), c.rng.Uint32())
		c.known[[2]netip.AddrPort{phone, server}] = conn
	}
	if from == server {
		return conn, conn.Server
	}
	return conn, conn.Client
}

// segments returns the packets of a message. A segment that is sent again is queued.
func (g *generator) segments(q queued) []pcapwrite.Packet {
	c := &g.conns
	conn, sender := c.between(q.from, q.to)
	out := conn.Open()
	first := len(out)
	out = append(out, conn.Send(sender, q.data, c.cut(len(q.data))...)...)
	parts := out[first:]
	g.done.Segments += len(parts)
	c.swap += c.how.Swapped * float64(len(parts))
	if c.swap >= 1 && len(parts) > 1 {
		c.swap--
		g.done.Swapped++
		i := c.rng.IntN(len(parts) - 1)
		parts[i], parts[i+1] = parts[i+1], parts[i]
	}
	packets := make([]pcapwrite.Packet, 0, 6)
	for i, s := range out {
		packets = append(packets, pcapwrite.Packet{Time: q.at, Data: c.frame(s)})
		if i < first {
			continue
		}
		if c.resend += c.how.Resent; c.resend >= 1 {
			c.resend--
			g.push(queued{at: q.at + int64(200*time.Millisecond), data: c.frame(s)})
		}
	}
	return packets
}

// frame returns the Ethernet frame of a segment, with an identification of its own in the IP header.
func (c *connections) frame(s pcapwrite.Segment) []byte {
	c.id++
	return pcapwrite.Build(s.Payload,
		pcapwrite.Ethernet{Src: pcapwrite.MACOf(s.From.Addr()), Dst: pcapwrite.MACOf(s.To.Addr())},
		pcapwrite.IP(s.From.Addr(), s.To.Addr(), c.id), s.Header)
}

// cut returns where a message of that length is cut: half of them nowhere, three in ten once, the others twice.
func (c *connections) cut(length int) []int {
	switch n := c.rng.IntN(10); {
	case n < 5:
		return nil
	case n < 8:
		return []int{1 + c.rng.IntN(length-1)}
	}
	first := 1 + c.rng.IntN(length-2)
	return []int{first, 1 + c.rng.IntN(length-first-1)}
}
