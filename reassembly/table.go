package reassembly

import "sipspan/internal/packet"

// begin enters a new connection, in the place of another when the table is full.
func (s *Streams) begin(now int64, key connectionKey, way int, p *packet.Packet) *connection {
	if s.known >= s.config.MaxConnections {
		s.evict(now)
	}
	var c *connection
	if n := len(s.free); n > 0 {
		c, s.free = s.free[n-1], s.free[:n-1]
	} else {
		c = new(connection)
		c.owner = c
	}
	s.lastID++
	s.stats.Connections++
	there, back := &c.ways[way], &c.ways[1-way]
	*there = direction{conn: c, realm: p.Realm, flow: Flow{Src: p.Src, Dst: p.Dst, ID: s.lastID, reverse: &back.flow}}
	*back = direction{conn: c, realm: p.Realm, flow: Flow{Src: p.Dst, Dst: p.Src, ID: s.lastID, reverse: &there.flow}}
	c.key, c.last, c.class = key, now, opening
	s.enter(now, c)
	s.classes[opening].push(&c.link)
	return c
}

// evict gives up the connection whose loss costs least.
func (s *Streams) evict(now int64) {
	for k := range s.classes {
		c := s.classes[k].oldest()
		if c == nil {
			continue
		}
		if c.class != lingering {
			s.stats.Evicted++
		}
		s.close(now, c, EndEvicted)
		s.remove(c)
		return
	}
}

// file puts c into its class, when that has changed.
func (s *Streams) file(now int64, c *connection) {
	k := c.classify()
	if k == c.class {
		return
	}
	if k == lingering || c.class == lingering {
		c.last = now
	}
	c.class = k
	s.classes[k].push(&c.link)
}

// close ends both directions. The connection stays in the table.
func (s *Streams) close(now int64, c *connection, how End) {
	if c.class == opening && (how == EndTimeout || how == EndReplaced) {
		how = EndUnanswered
		s.stats.Unanswered++
	}
	for i := range c.ways {
		d := &c.ways[i]
		s.flush(now, d)
		s.end(now, d, how)
	}
}

// remove takes a closed connection out of the table and keeps its memory for
// another.
func (s *Streams) remove(c *connection) {
	s.leave(c)
	if s.latest == c {
		s.latest = nil
	}
	c.leave()
	for i := range c.ways {
		s.release(&c.ways[i])
		c.ways[i].flow.User = nil
	}
	s.free = append(s.free, c)
}

// open takes a SYN. It returns the connection it belongs to: the one that is
// there if it repeats or answers what opened that, or else a new one.
func (s *Streams) open(now int64, c *connection, key connectionKey, way int, p *packet.Packet) *connection {
	if c != nil && !c.opens(way, p) {
		if c.class != lingering {
			s.stats.Replaced++
			s.close(now, c, EndReplaced)
		}
		s.remove(c)
		c = nil
	}
	if c == nil {
		c = s.begin(now, key, way, p)
	}
	there, back := &c.ways[way], &c.ways[1-way]
	if !there.hasISN {
		there.isn, there.hasISN = p.TCP.Seq, true
		if there.stage == unseen {
			there.next, there.stage = p.TCP.Seq+1, started
		}
	}
	if p.TCP.Flags&packet.ACK != 0 && back.stage == unseen {
		back.next, back.stage = p.TCP.Ack, started
	}
	return c
}

// opens reports whether a SYN is one of those that opened c.
func (c *connection) opens(way int, p *packet.Packet) bool {
	there, back := &c.ways[way], &c.ways[1-way]
	switch {
	case there.hasISN:
		return there.isn == p.TCP.Seq
	case there.stage == started: // known from the answer, which came first
		return there.next == p.TCP.Seq+1
	case there.stage != unseen || !back.hasISN:
		return false
	case p.TCP.Flags&packet.ACK == 0: // both sides open at once (RFC 9293, 3.5)
		return true
	}
	// The answer acknowledges the SYN, and what it may have carried (RFC 7413).
	n := p.TCP.Ack - back.isn
	return n >= 1 && n <= 1<<16
}

// reset takes an RST.
func (s *Streams) reset(now int64, c *connection, way int, p *packet.Packet) Fate {
	fate := fateOf(p.Payload, Refused)
	if c == nil || c.class == lingering {
		return fate
	}
	there, back := &c.ways[way], &c.ways[1-way]
	if !inWindow(there, back, p) {
		s.stats.StrayResets++
		return fate
	}
	how := EndReset
	if there.stage == unseen && back.hasISN {
		how = EndRefused
		s.stats.RefusedSYN++
	} else {
		s.stats.Resets++
	}
	s.close(now, c, how)
	// A direction that was ignored has ended like the other.
	there.stage, back.stage = ended, ended
	s.file(now, c)
	return fate
}

// inWindow reports whether the receiver of an RST would accept it. Its window is
// not known exactly: the place in the stream, and as far ahead as a segment may
// lie, stand for it. The answer to a SYN has no place in a stream and is known
// by what it acknowledges.
func inWindow(there, back *direction, p *packet.Packet) bool {
	switch there.stage {
	case unseen:
		if p.TCP.Flags&packet.ACK == 0 || back.stage == unseen {
			return true
		}
		n := int32(p.TCP.Ack - back.next)
		return n >= -maxAhead && n <= maxAhead
	case ignored: // its place is no longer followed
		return true
	}
	n := int32(p.TCP.Seq - there.next)
	if there.stage == ended { // a reset after the FIN
		return n >= -1 && n <= maxAhead
	}
	return n >= 0 && n <= maxAhead
}
