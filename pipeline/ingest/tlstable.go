package ingest

import (
	"net/netip"
	"slices"
	"strconv"

	"sipspan/internal/wire"
	"sipspan/reassembly"
	rtls "sipspan/reassembly/tls"
)

// tlsTable is the TLS connections of a source, the one that has been without bytes for longest first.
type tlsTable struct {
	in          *Ingest
	decrypter   *rtls.Decrypter
	keys        *rtls.Keys
	limits      rtls.Config
	ports       []uint16 // of SIP over TLS beside those of isSIPPort
	first, last *tlsConn
	size        int
	held        int    // bytes of plaintext that wait for the rest of a message
	waiting     int    // connections with records that wait for secrets
	changes     uint64 // of the keys, when the waiting connections last looked
	evicted     uint64
}

func newTLSTable(in *Ingest, c rtls.Config, keys *rtls.Keys) tlsTable {
	limits := rtls.Limits{MaxHeld: c.MaxHeld, MaxHeldTotal: c.MaxHeldTotal}
	var ports []uint16
	for _, text := range c.Ports {
		if port, err := strconv.ParseUint(text, 10, 16); err == nil { // Validate has reported what is wrong with them
			ports = append(ports, uint16(port))
		}
	}
	return tlsTable{in: in, ports: ports, decrypter: rtls.NewDecrypter(keys, limits), keys: keys, limits: c}
}

// isPort reports whether SIP over TLS is expected on one of the ports of a connection.
func (t *tlsTable) isPort(f *reassembly.Flow) bool {
	return t.isServerPort(f.Src.Port()) || t.isServerPort(f.Dst.Port())
}

// isServerPort reports whether SIP over TLS is expected on a port.
func (t *tlsTable) isServerPort(port uint16) bool {
	return isSIPPort(port) || slices.Contains(t.ports, port)
}

// open begins to follow a connection of which f is the first direction that was seen.
func (t *tlsTable) open(f *reassembly.Flow, now int64, begins bool) *tlsStream {
	for t.size >= t.limits.MaxConnections {
		c := t.first
		c.evicted = true
		t.evicted++
		if c.closing != nil {
			c.conclude()
		} else {
			c.end(now, reassembly.EndEvicted)
		}
	}
	c := &tlsConn{in: t.in, start: now, last: now, port: t.isPort(f), ends: [2]netip.AddrPort{f.Src, f.Dst}}
	c.place = t.in.origins.of(&t.in.pkt, &wire.Meta{Src: f.Src, Dst: f.Dst, Stream: f.ID})
	c.conn = t.decrypter.Open(c)
	c.conn.Likely = c.port
	c.inside[0].flow, c.inside[1].flow = f.Inside()
	s := &tlsStream{conn: c}
	c.join(f, s, begins)
	t.size++
	t.push(c)
	return s
}

// push puts a connection at the end of the list.
func (t *tlsTable) push(c *tlsConn) {
	c.prev, c.next = t.last, nil
	if t.last != nil {
		t.last.next = c
	} else {
		t.first = c
	}
	t.last = c
}

// unlink takes a connection out of the list.
func (t *tlsTable) unlink(c *tlsConn) {
	if c.prev != nil {
		c.prev.next = c.next
	} else {
		t.first = c.next
	}
	if c.next != nil {
		c.next.prev = c.prev
	} else {
		t.last = c.prev
	}
	c.prev, c.next = nil, nil
}

// touch notes that bytes of a connection came.
func (t *tlsTable) touch(c *tlsConn) {
	if t.last != c {
		t.unlink(c)
		t.push(c)
	}
}

// forget takes a connection out of the table.
func (t *tlsTable) forget(c *tlsConn) {
	if c.waits {
		c.waits = false
		t.waiting--
	}
	t.unlink(c)
	t.size--
}

// await notes whether records of a connection wait for secrets.
func (t *tlsTable) await(c *tlsConn, now int64) {
	waits := c.conn.Waits()
	switch {
	case waits && !c.waits:
		c.waitsSince = now
		t.waiting++
	case !waits && c.waits:
		t.waiting--
	}
	c.waits = waits
}

// retry looks for the secrets of the connections that wait, and gives up those that have waited for too long.
func (t *tlsTable) retry(now int64) {
	if t.waiting == 0 {
		return
	}
	changes := uint64(0)
	if t.keys != nil {
		changes = t.keys.Changes()
	}
	for c := t.first; c != nil; {
		next := c.next
		if c.waits {
			if changes != t.changes {
				c.conn.Retry()
			}
			if now-c.waitsSince > int64(t.limits.KeyWait) {
				c.conn.GiveUp()
			}
			t.await(c, now)
			if c.closing != nil && !c.waits {
				c.conclude()
			}
		}
		c = next
	}
	t.changes = changes
}

// close gives up what still waits: the source has ended.
func (t *tlsTable) close() {
	for c := t.first; c != nil; c = t.first {
		if c.closing == nil {
			c.closing = &closing{at: c.last, how: reassembly.EndCapture}
		}
		c.conclude()
	}
}

// lookForKeys is called for each packet: secrets that have come are used at once.
func (t *tlsTable) lookForKeys(now int64) {
	if t.waiting > 0 && t.keys != nil && t.keys.Changes() != t.changes {
		t.retry(now)
	}
}
