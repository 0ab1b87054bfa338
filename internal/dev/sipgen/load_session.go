package sipgen

import (
	"container/heap"
	"net/netip"
	"strconv"
	"time"

	"sipspan/capture/pcapwrite"
)

// session is one session under construction: a clock and the Call-ID.
type session struct {
	g      *generator
	at     int64
	callID string
	change int // by which the next message changes the number of open calls
}

// pass moves the session's clock on by a random time between the two bounds.
func (s *session) pass(least, most time.Duration) {
	s.at += int64(least) + s.g.rng.Int64N(int64(most-least)+1)
}

// hop is the time a message needs to the next element.
func (s *session) hop() { s.pass(200*time.Microsecond, 3*time.Millisecond) }

// send queues a message. It keeps text.
func (s *session) send(from, to netip.AddrPort, text []byte) {
	g := s.g
	g.push(queued{at: s.at, from: from, to: to, id: uint16(g.count), data: text, change: s.change})
	s.change = 0
	if g.load.Repeated > 0 && g.rng.Float64() < g.load.Repeated {
		again := datagram(from, to, uint16(g.count)+1, text)
		g.push(queued{at: s.at + int64(500*time.Millisecond), data: again})
	}
}

func (g *generator) push(q queued) {
	g.order++
	q.order = g.order
	heap.Push(&g.pending, q)
}

// packets returns the packets of what was queued, and counts them.
func (g *generator) packets(q queued) []pcapwrite.Packet {
	if !q.from.IsValid() {
		g.done.Again++
		return []pcapwrite.Packet{{Time: q.at, Data: q.data}}
	}
	g.done.SIP++
	if q.from.Addr().Is6() {
		g.done.IPv6++
	}
	g.open += q.change
	g.done.Open = max(g.done.Open, g.open)
	if g.load.TCP != nil {
		return g.segments(q)
	}
	return []pcapwrite.Packet{{Time: q.at, Data: datagram(q.from, q.to, q.id, q.data)}}
}

// datagram returns the Ethernet frame of a UDP datagram.
func datagram(from, to netip.AddrPort, id uint16, payload []byte) []byte {
	return pcapwrite.Build(payload,
		pcapwrite.Ethernet{Src: pcapwrite.MACOf(from.Addr()), Dst: pcapwrite.MACOf(to.Addr())},
		pcapwrite.IP(from.Addr(), to.Addr(), id),
		pcapwrite.UDP{Src: from.Port(), Dst: to.Port()})
}

// token returns n random characters of the kind found in tags and branches.
func (g *generator) token(n int) string {
	const alphabet = "0123456789abcdef"
	b := make([]byte, n)
	for i := range b {
		b[i] = alphabet[g.rng.IntN(16)]
	}
	return string(b)
}

func (g *generator) number(below int) string { return strconv.Itoa(g.rng.IntN(below)) }
