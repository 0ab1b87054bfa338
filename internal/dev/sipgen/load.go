package sipgen

import (
	"container/heap"
	"io"
	"math/rand/v2"
	"net/netip"
	"strconv"
	"time"

	"sipspan/capture/pcapwrite"
)

// Load describes synthetic traffic: what a proxy's SPAN port shows on a busy day. The same Load writes the same bytes.
type Load struct {
	Seed     uint64
	Messages int // SIP messages to write, one a packet; 0: those of the sessions that begin within For
	For      time.Duration
	Rate     float64 // new sessions a second, 500 by default
	RTP      int     // other packets (RTP, RTCP, DNS) in front of each SIP message
	Outage   Period  // in which every call is refused with 503
}

// Period is a part of a capture, counted from its start. The zero value is none.
type Period struct{ From, To time.Duration }

// Written counts what a Load wrote.
type Written struct {
	Packets, SIP, Bytes int
	Duration            time.Duration // packet time from the first to the last
}

// WriteCapture writes the traffic as a pcap file of Ethernet frames.
func (l Load) WriteCapture(w io.Writer) (Written, error) {
	cw, err := pcapwrite.NewWriter(w, pcapwrite.Format{})
	if err != nil {
		return Written{}, err
	}
	if l.Rate == 0 {
		l.Rate = 500
	}
	start := time.Date(2026, 1, 1, 9, 0, 0, 0, time.UTC).UnixNano()
	g := &generator{
		rng: rand.New(rand.NewPCG(l.Seed, 0x51b5)), now: start,
		media: newMedia(l.Seed, l.RTP), outageFrom: start + int64(l.Outage.From), outageTo: start + int64(l.Outage.To),
	}
	var done Written
	last := start
	write := func(p pcapwrite.Packet) error {
		done.Packets++
		done.Bytes += len(p.Data)
		return cw.Write(p)
	}
	end := start + int64(l.For)
	for more := true; l.Messages == 0 || done.SIP < l.Messages; {
		for more && (len(g.pending) == 0 || g.pending[0].Time >= g.now) {
			g.now += int64(g.rng.ExpFloat64() / l.Rate * 1e9)
			if more = l.Messages > 0 || g.now < end; more {
				g.session()
			}
		}
		if len(g.pending) == 0 {
			break
		}
		p := heap.Pop(&g.pending).(queued).Packet
		if err := g.media.between(last, p.Time, write); err != nil {
			return done, err
		}
		if err := write(p); err != nil {
			return done, err
		}
		done.SIP++
		last = p.Time
	}
	done.Duration = time.Duration(last - start)
	return done, cw.Flush()
}

// generator begins sessions and keeps the packets that lie ahead.
type generator struct {
	rng     *rand.Rand
	now     int64
	count   uint64
	pending queue
	order   uint64
	media   *media

	outageFrom, outageTo int64
}

// session begins one session of a random kind and queues all its packets.
func (g *generator) session() {
	g.count++
	s := &session{g: g, at: g.now, callID: g.token(16) + "@" + clientAddr(g.rng).Addr().String()}
	switch n := g.rng.IntN(100); {
	case n < 45:
		s.call()
	case n < 70:
		s.register()
	case n < 90:
		s.subscribe()
	default:
		s.options()
	}
}

// session is one session under construction: a clock and the Call-ID.
type session struct {
	g      *generator
	at     int64
	callID string
}

// pass moves the session's clock on by a random time between the two bounds.
func (s *session) pass(least, most time.Duration) {
	s.at += int64(least) + s.g.rng.Int64N(int64(most-least)+1)
}

// hop is the time a message needs to the next element.
func (s *session) hop() { s.pass(200*time.Microsecond, 3*time.Millisecond) }

func (s *session) send(from, to netip.AddrPort, text []byte) {
	g := s.g
	id := uint16(g.count)
	g.order++
	heap.Push(&g.pending, queued{pcapwrite.Packet{Time: s.at, Data: datagram(from, to, id, text)}, g.order})
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

// clientAddr is the address of one of some 65 000 phones.
func clientAddr(rng *rand.Rand) netip.AddrPort {
	n := rng.Uint32N(1 << 16)
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 1, byte(n >> 8), byte(n)}), uint16(5060+n%4*2))
}

func serverAddr(network, n byte) netip.AddrPort {
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, network, 10 + n}), 5060)
}
