package sipgen

import (
	"container/heap"
	"io"
	"math/rand/v2"
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

	Hold     time.Duration // from answer to BYE, a sixth more or less; 0: 4 to 40 s
	Calls    float64       // share of calls among the sessions, 0.45 by default; the others keep their proportions
	Answered float64       // share of answered calls among the calls, 0.6 by default
	Full     bool          // header fields and session descriptions as long as those of desk phones
	IPv6     float64       // share of the sessions that use IPv6
	Repeated float64       // share of the datagrams that are sent again half a second later
	TCP      *Segmented    // over TCP instead of UDP
	Standing *Standing     // calls that are open at the same time, instead of the sessions above; Messages and For do not count
}

// Period is a part of a capture, counted from its start. The zero value is none.
type Period struct{ From, To time.Duration }

// Written counts what a Load wrote.
type Written struct {
	Packets, SIP, Bytes int
	Duration            time.Duration // packet time from the first to the last

	Open     int // answered calls before their BYE, the most at one time
	Again    int // datagrams or segments sent again; these do not count as SIP
	IPv6     int // SIP messages over IPv6
	Segments int // TCP segments with payload that carry a part of the stream for the first time
	Swapped  int // pairs of these in the wrong order
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
	g := newGenerator(l)
	begin := g.plan()
	done := &g.done
	last := g.start
	write := func(p pcapwrite.Packet) error {
		done.Packets++
		done.Bytes += len(p.Data)
		return cw.Write(p)
	}
	for more := true; l.Standing != nil || l.Messages == 0 || done.SIP < l.Messages; {
		for more && (len(g.pending) == 0 || g.pending[0].at >= g.now) {
			more = begin()
		}
		if len(g.pending) == 0 {
			break
		}
		next := heap.Pop(&g.pending).(queued)
		if next.from.IsValid() {
			if err := g.media.between(last, next.at, write); err != nil {
				return *done, err
			}
		}
		for _, p := range g.packets(next) {
			if err := write(p); err != nil {
				return *done, err
			}
		}
		last = next.at
	}
	done.Duration = time.Duration(last - g.start)
	return *done, cw.Flush()
}

// generator begins sessions and keeps the messages that lie ahead.
type generator struct {
	load    Load
	rng     *rand.Rand
	start   int64
	now     int64
	count   uint64
	pending queue
	order   uint64
	media   *media
	conns   connections
	done    Written
	open    int // answered calls right now

	transport, params string // of the Vias and of the URIs
	v6                bool   // the session under construction uses IPv6

	outageFrom, outageTo int64
}

func newGenerator(l Load) *generator {
	start := time.Date(2026, 1, 1, 9, 0, 0, 0, time.UTC).UnixNano()
	g := &generator{
		load: l, rng: rand.New(rand.NewPCG(l.Seed, 0x51b5)), start: start, now: start, transport: "UDP",
		media: newMedia(l.Seed, l.RTP), outageFrom: start + int64(l.Outage.From), outageTo: start + int64(l.Outage.To),
	}
	if l.TCP != nil {
		g.transport, g.params = "TCP", ";transport=tcp"
		g.conns = newConnections(l.Seed, *l.TCP)
	}
	return g
}

// plan returns what begins the next session and reports whether there is one.
func (g *generator) plan() func() bool {
	if g.load.Standing != nil {
		return newStanding(g, *g.load.Standing).begin
	}
	end := g.start + int64(g.load.For)
	return func() bool {
		g.pass()
		if g.load.Messages == 0 && g.now >= end {
			return false
		}
		g.session()
		return true
	}
}

// pass moves the time on to the beginning of the next session.
func (g *generator) pass() { g.now += int64(g.rng.ExpFloat64() / g.load.Rate * 1e9) }

// session begins one session of a random kind and queues all its packets.
func (g *generator) session() {
	g.count++
	g.v6 = g.load.IPv6 > 0 && g.rng.Float64() < g.load.IPv6
	s := &session{g: g, at: g.now, callID: g.token(16) + "@" + host(g.client().Addr())}
	switch n := g.kind(); {
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

// kind is the kind of the next session: below 45 a call.
func (g *generator) kind() int {
	switch {
	case g.load.Calls == 0:
		return g.rng.IntN(100)
	case g.rng.Float64() < g.load.Calls:
		return 0
	}
	return 45 + g.rng.IntN(55)
}
