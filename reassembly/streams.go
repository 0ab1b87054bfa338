package reassembly

import (
	"time"

	"sipspan/internal/packet"
)

// Streams rebuilds the byte streams of TCP connections (RFC 9293) and delivers
// them to a Handler.
//
// A connection is known from its SYN, from the answer to that, or from the first
// segment with payload; then the bytes before it are missing and MidStream of the
// flow is set. Where segments overlap the bytes that came first stay. Bytes that
// are missing are given up, and reported as a gap, when the other side acknowledges
// them, when what waits for them exceeds a limit, or when they have been
// missing for the gap timeout.
type Streams struct {
	config     StreamsConfig
	handler    Handler
	table      map[connectionKey]*connection // the first of those between two ends
	known      int                           // connections in table
	latest     *connection                   // of the last segment, nil when it has left the table
	classes    [classes]list[connection]     // by last packet
	gaps       list[queue]                   // by when the gap began
	partials   list[queue]                   // by when bytes were last kept
	buffers    buffers
	free       []*connection
	freeQueues []*queue
	lastID     uint64
	flow       *Flow // of the last segment that was not an RST
	stats      StreamsStats
}

const (
	// maxAhead is how far a segment may lie from the place a stream has come to.
	// What lies further off is taken only when a second segment goes on there.
	maxAhead = 1 << 20

	// openTimeout is how long a SYN waits for an answer or its own repetition.
	openTimeout = 75 * time.Second

	// lingerTimeout is how long an ended connection stays known, so that what
	// arrives after its end does not open a new one.
	lingerTimeout = 10 * time.Second
)

// NewStreams returns an empty Streams that delivers to h.
func NewStreams(c StreamsConfig, h Handler) *Streams {
	return &Streams{config: c, handler: h, table: make(map[connectionKey]*connection)}
}

// Add takes a segment: p is of packet.VerdictTCP. All that has become due by now
// happens first.
func (s *Streams) Add(now int64, p *packet.Packet) Fate {
	s.Expire(now)
	fate := s.add(now, p)
	s.stats.Fates[fate]++
	if s.buffers.out > s.config.MaxHeldTotal {
		s.shrink(now)
	}
	return fate
}

func (s *Streams) add(now int64, p *packet.Packet) Fate {
	key, way := keyOf(p.Src, p.Dst)
	c := s.latest
	if c == nil || c.key != key || c.ways[way].realm != p.Realm { // segments most often follow others of their connection
		c = s.find(key, way, p)
	}
	flags := p.TCP.Flags
	switch {
	case flags&packet.RST != 0:
		return s.reset(now, c, way, p)
	case flags&packet.SYN != 0:
		c = s.open(now, c, key, way, p)
	case c == nil:
		if len(p.Payload) == 0 {
			return Control
		}
		c = s.begin(now, key, way, p)
		s.stats.MidStream++
	}
	s.latest = c
	if c.class != lingering {
		c.last = now
		s.classes[c.class].push(&c.link)
	}
	if flags&packet.ACK != 0 {
		back := &c.ways[1-way]
		s.acknowledge(now, back, p.TCP.Ack)
		if p.TCP.Window == 0 || back.isClosed {
			s.window(now, back, p)
		}
	}
	s.flow = &c.ways[way].flow
	fate := s.receive(now, &c.ways[way], p)
	s.file(now, c)
	return fate
}

// Flow returns the direction of the last segment that was ignored or taken; it may belong to another connection afterwards.
func (s *Streams) Flow() *Flow { return s.flow }

// receive takes what a segment carries in its direction.
func (s *Streams) receive(now int64, d *direction, p *packet.Packet) Fate {
	seq, data := p.TCP.Seq, p.Payload
	if p.TCP.Flags&packet.SYN != 0 {
		seq++
	}
	fin := p.TCP.Flags&packet.FIN != 0
	if len(data) == 0 && !fin {
		return Control
	}
	switch d.stage {
	case ignored:
		return fateOf(data, Ignored)
	case ended:
		if int32(seq+uint32(len(data))-d.next) <= 0 {
			return fateOf(data, Duplicate)
		}
		return fateOf(data, Refused)
	case unseen:
		d.next, d.stage = seq, started
		d.flow.MidStream = true
	}

	ahead := int(int32(seq - d.next))
	if ahead > maxAhead || ahead < -maxAhead {
		if !s.astray(now, d, seq, len(data)+p.Missing) {
			return fateOf(data, Refused)
		}
		ahead = 0
	}
	d.hasStray = false
	if fin && !d.hasFIN {
		d.fin, d.hasFIN = seq+uint32(len(data)+p.Missing), true
	}

	fate := fateOf(data, Duplicate)
	switch {
	case len(data) == 0:
	case ahead > 0:
		if s.hold(now, d, seq, data) {
			fate = Held
		}
	case -ahead < len(data):
		s.deliver(now, d, data[-ahead:])
		fate = Taken
	}
	if d.queue != nil || d.hasFIN {
		s.settle(now, d)
	}
	return fate
}

// fateOf returns f for a segment with payload and Control for one without.
func fateOf(data []byte, f Fate) Fate {
	if len(data) == 0 {
		return Control
	}
	return f
}

// hold keeps a segment that came too early. A limit on that gives up the gap
// before it.
func (s *Streams) hold(now int64, d *direction, seq uint32, data []byte) bool {
	q := s.queueOf(d)
	fresh := s.insert(q, seq, data)
	for d.queue == q && len(q.held) > 0 && (q.memory > s.config.MaxHeldBytes || len(q.held) > maxSegments) {
		s.stats.Overruns++
		s.giveUp(now, d)
	}
	return fresh
}

// astray decides on a segment far outside of the window. One alone is refused.
// When a second one follows on it the stream has gone on there: after a long
// loss, or because this is another connection whose SYN was not seen.
func (s *Streams) astray(now int64, d *direction, seq uint32, length int) bool {
	if !d.hasStray || d.stray != seq {
		d.stray, d.hasStray = seq+uint32(length), true
		return false
	}
	d.hasFIN, d.hasAck = false, false
	s.flush(now, d)
	s.finish(now, d)
	if !d.wants() {
		return false
	}
	lost := int(int32(seq - d.next))
	d.next = seq
	s.lose(now, d, max(lost, 0))
	return true
}

// acknowledge notes how much of d the other side has received.
func (s *Streams) acknowledge(now int64, d *direction, ack uint32) {
	if !d.wants() || int32(ack-d.next) > maxAhead {
		return
	}
	if !d.hasAck || int32(ack-d.acked) > 0 {
		d.acked, d.hasAck = ack, true
		if d.queue != nil {
			s.settle(now, d)
		}
	}
}

// Expire gives up what is due by now. It is cheap when there is nothing to do.
func (s *Streams) Expire(now int64) {
	for {
		q := s.gaps.oldest()
		if q == nil || now-q.gapFrom <= int64(s.config.GapTimeout) {
			break
		}
		c := q.way.conn
		s.giveUp(now, q.way)
		s.file(now, c)
	}
	s.expire(now, lingering, lingerTimeout)
	s.expire(now, opening, openTimeout)
	s.expire(now, spare, s.config.IdleTimeout)
	s.expire(now, live, s.config.IdleTimeout)
}

func (s *Streams) expire(now int64, k class, timeout time.Duration) {
	for {
		c := s.classes[k].oldest()
		if c == nil || now-c.last <= int64(timeout) {
			return
		}
		if k != lingering {
			s.stats.Expired++
		}
		s.close(now, c, EndTimeout)
		s.remove(c)
	}
}

// shrink gives up gaps, then unfinished messages, the oldest first, until what
// is held is within its limit.
func (s *Streams) shrink(now int64) {
	for s.buffers.out > s.config.MaxHeldTotal {
		var d *direction
		if q := s.gaps.oldest(); q != nil {
			d = q.way
			s.stats.Overruns++
			s.giveUp(now, d)
		} else if q := s.partials.oldest(); q != nil {
			d = q.way
			s.overrun(now, d)
			s.settle(now, d)
		} else {
			return
		}
		s.file(now, d.conn)
	}
}

// Close ends all connections: the capture has ended.
func (s *Streams) Close(now int64) {
	for k := range s.classes {
		for c := s.classes[k].oldest(); c != nil; c = s.classes[k].oldest() {
			s.close(now, c, EndCapture)
			s.remove(c)
		}
	}
}

// Stats returns the counters.
func (s *Streams) Stats() StreamsStats {
	t := s.stats
	t.Active = s.known
	t.HeldBytes = s.buffers.out
	return t
}
