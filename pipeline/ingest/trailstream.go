package ingest

import (
	"net/netip"

	"sipspan/internal/packet"
)

// way is one direction of a connection, or of what it carries inside of TLS.
type way struct {
	src, dst netip.AddrPort
	secure   bool
}

// stretch is the last bytes of one direction.
type stretch struct {
	isn      uint32 // number of the SYN, if hasISN
	hasISN   bool
	pieces   []piece     // in the order of the capture
	messages []delivered // that are followed, in their order
}

// piece is bytes that one frame carried.
type piece struct {
	from, to uint32
	carrier  Carrier
	more     bool // the packet or record of the piece before was in this frame, too
}

// delivered is where a message was that is followed.
type delivered struct {
	from, to uint32
	callID   string
}

const (
	maxPieces    = 4096 // of one direction
	maxDelivered = 256
)

// stretchOf returns what is known of a direction.
func (t *trail) stretchOf(w way) *stretch {
	s, _ := t.ways.get(w)
	if s == nil {
		s = new(stretch)
		t.ways.put(w, s)
	}
	return s
}

// segment notes the TCP segment in hand.
func (t *trail) segment(p *packet.Packet, at int64) {
	from := p.TCP.Seq
	syn := p.TCP.Flags&packet.SYN != 0
	if !syn && len(p.Payload) == 0 {
		return
	}
	s := t.stretchOf(way{p.Src, p.Dst, false})
	if syn {
		if !s.hasISN || s.isn != from {
			*s = stretch{isn: from, hasISN: true}
		}
		from++
	}
	if len(p.Payload) == 0 {
		return
	}
	to := from + uint32(len(p.Payload))
	t.repeats(s, from, to, at)
	for i, c := range t.hand {
		t.add(s, piece{from, to, c, i > 0})
	}
}

// repeats reports a segment with bytes of messages that were delivered.
func (t *trail) repeats(s *stretch, from, to uint32, at int64) {
	for i := range s.messages {
		if m := &s.messages[i]; overlap(from, to, m.from, m.to) {
			t.again(m.callID, at)
		}
	}
}

// weight returns how much memory the stretch takes, in pieces.
func (s *stretch) weight() int { return 1 + len(s.pieces) }

// add adds a piece, in the place of the older half where there are too many.
func (t *trail) add(s *stretch, p piece) {
	if len(s.pieces) >= maxPieces {
		s.pieces = s.pieces[:copy(s.pieces, s.pieces[maxPieces/2:])]
	}
	s.pieces = append(s.pieces, p)
	t.ways.add(1)
}

// plain notes the plaintext of a TLS record: it was in the frames of that record.
func (t *trail) plain(c *tlsConn, i *inside, n int) {
	f := i.flow
	s := t.stretchOf(way{f.Src, f.Dst, true})
	if i.seq == 0 {
		*s = stretch{}
	}
	from, to := c.conn.Record()
	outer := t.stretchOf(way{f.Src, f.Dst, false})
	t.collect(outer, from, to)
	for k, carrier := range t.found {
		t.add(s, piece{i.seq, i.seq + uint32(n), carrier, k > 0})
	}
}

// carriersOf returns the frames of a message of a stream.
func (t *trail) carriersOf(sp *span, callID string) []Carrier {
	s := t.stretchOf(way{sp.flow.Src, sp.flow.Dst, sp.flow.Secure})
	if len(s.messages) >= maxDelivered {
		s.messages = s.messages[:copy(s.messages, s.messages[maxDelivered/2:])]
	}
	s.messages = append(s.messages, delivered{sp.from, sp.to, callID})
	t.collect(s, sp.from, sp.to)
	return append([]Carrier(nil), t.found...)
}

// collect puts the frames with bytes of a range into found.
func (t *trail) collect(s *stretch, from, to uint32) {
	t.found = t.found[:0]
	var known [][2]uint32 // bytes that frames before have carried
	for i := range s.pieces {
		p := &s.pieces[i]
		if !overlap(p.from, p.to, from, to) {
			continue
		}
		n := len(t.found)
		c, a, b := p.carrier, p.from, p.to
		if int32(from-a) > 0 {
			a = from
		}
		if int32(b-to) > 0 {
			b = to
		}
		if n > 0 && t.found[n-1].Input == c.Input && t.found[n-1].Number == c.Number {
			continue // two records in one frame
		}
		if n > 0 && p.more {
			c.Copy = c.Copy || t.found[n-1].Copy
			t.found = append(t.found, c)
			continue
		}
		for _, k := range known {
			c.Copy = c.Copy || int32(a-k[0]) >= 0 && int32(k[1]-b) >= 0
		}
		if k := len(known); k > 0 && known[k-1][1] == a {
			known[k-1][1] = b
		} else {
			known = append(known, [2]uint32{a, b})
		}
		t.found = append(t.found, c)
	}
}

// overlap reports whether two ranges of sequence numbers have a byte in common.
func overlap(a, b, c, d uint32) bool { return int32(d-a) > 0 && int32(b-c) > 0 }
