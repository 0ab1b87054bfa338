package reassembly

import "sipspan/internal/packet"

// Networks that do not know of each other use the same addresses: those of two tenants in VXLAN, of two subscribers in GTP-U, of two VLANs.
// Between two ends there can then be several connections at a time, and their bytes must not be joined. The realm of a packet
// (packet.Packet.Realm) tells them apart, but one connection may have several realms: the two directions of a tunnel have numbers of
// their own, a router takes a packet from one VLAN to another, a way changes. So a segment belongs to the connection of its realm, and
// where there is none to one whose sequence numbers it fits.

// maxAlike is how many connections between the same two ends are known at a time. For one more the oldest is given up.
const maxAlike = 32

// find returns the connection of a segment, nil if it is not known.
func (s *Streams) find(key connectionKey, way int, p *packet.Packet) *connection {
	first := s.table[key]
	for c := first; c != nil; c = c.alike {
		if c.ways[way].realm == p.Realm {
			return c
		}
	}
	for c := first; c != nil; c = c.alike {
		if c.fits(way, p) {
			c.ways[way].realm = p.Realm
			return c
		}
	}
	return nil
}

// fits reports whether the sequence numbers of a segment are those of c: of all numbers, one of some thousands is as near by chance.
func (c *connection) fits(way int, p *packet.Packet) bool {
	if p.TCP.Flags&packet.SYN != 0 {
		return c.opens(way, p)
	}
	there, back := &c.ways[way], &c.ways[1-way]
	if there.stage != unseen {
		acknowledged := back.stage == unseen || p.TCP.Flags&packet.ACK == 0 || near(p.TCP.Ack, back.next)
		return acknowledged && near(p.TCP.Seq, there.next)
	}
	return back.stage != unseen && p.TCP.Flags&packet.ACK != 0 && near(p.TCP.Ack, back.next)
}

// near reports whether a sequence number is as close to another as those of one stream are.
func near(a, b uint32) bool {
	distance := int32(a - b)
	return -maxAhead <= distance && distance <= maxAhead
}

// enter puts a connection into the table, in front of those between the same ends.
func (s *Streams) enter(now int64, c *connection) {
	n, last := 1, (*connection)(nil)
	for o := s.table[c.key]; o != nil; o = o.alike {
		n, last = n+1, o
	}
	if n > maxAlike {
		if last.class != lingering {
			s.stats.Evicted++
		}
		s.close(now, last, EndEvicted)
		s.remove(last)
	}
	c.alike = s.table[c.key]
	s.table[c.key] = c
	s.known++
}

// leave takes a connection out of the table.
func (s *Streams) leave(c *connection) {
	s.known--
	first := s.table[c.key]
	switch {
	case first != c:
		for first.alike != c {
			first = first.alike
		}
		first.alike = c.alike
	case c.alike == nil:
		delete(s.table, c.key)
	default:
		s.table[c.key] = c.alike
	}
	c.alike = nil
}
