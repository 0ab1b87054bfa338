package ingest

import (
	"net/netip"
	"sync"
	"sync/atomic"

	"sipspan/record"
)

// maxServers is the number of servers that are told apart. The packets of all others count together.
const maxServers = 1000

// Servers counts the packets that could not be read for want of keys, by the server of their connection. All sources share it. The zero
// value is empty.
type Servers struct {
	mu     sync.Mutex
	known  map[netip.AddrPort]*server
	others server // those that came when known was full
}

// server counts the packets of connections to one server.
type server struct{ packets atomic.Uint64 }

// of returns the count of a server.
func (s *Servers) of(addr netip.AddrPort) *server {
	s.mu.Lock()
	defer s.mu.Unlock()
	if one := s.known[addr]; one != nil {
		return one
	}
	if len(s.known) >= maxServers {
		return &s.others
	}
	if s.known == nil {
		s.known = map[netip.AddrPort]*server{}
	}
	one := new(server)
	s.known[addr] = one
	return one
}

// Record returns how many servers there are, and the one with the most packets. Of several the one with the lowest address is named.
func (s *Servers) Record() (r record.Servers) {
	s.mu.Lock()
	defer s.mu.Unlock()
	busiest, most := netip.AddrPort{}, uint64(0)
	for addr, one := range s.known {
		n := one.packets.Load()
		if n == 0 {
			continue // its first packet is still in hand
		}
		r.Servers++
		if n > most || n == most && addr.Compare(busiest) < 0 {
			busiest, most = addr, n
		}
	}
	r.More = s.others.packets.Load() > 0
	if most > 0 {
		r.Busiest = busiest.String()
	}
	return r
}

// sides returns who opened the connection and to whom. known is false if it cannot be told: the ends are then in the order in which they
// were seen.
func (c *tlsConn) sides() (opener, server netip.AddrPort, known bool) {
	client := 0
	first, second := c.in.tls.isServerPort(c.ends[0].Port()), c.in.tls.isServerPort(c.ends[1].Port())
	switch info := c.conn.Info(); {
	case info.Begun:
		client, known = int(info.Client), true
	case first != second:
		known = true
		if first {
			client = 1
		}
	}
	return c.ends[client], c.ends[1-client], known
}

// unread notes that the packet in hand cannot be read for want of keys.
func (c *tlsConn) unread() {
	if c.server == nil && c.in.servers != nil {
		if _, addr, known := c.sides(); known {
			c.server = c.in.servers.of(addr)
		}
	}
	c.in.outcome.server = c.server
}
