package reassembly

import (
	"net/netip"
	"time"

	"sipspan/internal/packet"
)

// Defrag joins IP fragments into datagrams.
//
// Fragments may come in any order and more than once: one that holds nothing
// new is a copy, also for a while after its datagram was completed. Pieces that overlap and
// hold the same bytes are taken; an overlap with other bytes discards the
// datagram. In IPv6 what still comes of it is discarded until the timeout, as
// RFC 5722 demands. In IPv4, where a 16-bit number is soon used again, what
// comes later begins a new datagram, as it does in the stack of Linux: two
// datagrams that share a number cost each other, but not a third one.
//
// A datagram is known by source, destination, identification and, in IPv4,
// protocol. The VLAN or tunnel it came in is no part of that: the halves of a
// datagram may take two ways, and one that was mirrored on two ways agrees
// with itself.
type Defrag struct {
	// KeepCopies makes a datagram of every set of fragments that is whole,
	// captured for the second time or not. It is set before the first Add.
	KeepCopies bool

	config  DefragConfig
	table   map[fragmentKey]*datagram
	order   list[datagram] // that wait, by arrival of the first fragment
	joined  list[datagram] // that are complete and recognise copies, by when they were
	done    int            // how many these are
	free    []*datagram
	buffers buffers
	index   int       // bytes of long lists of pieces
	shown   []byte    // the payload that the last Add returned, when no datagram holds it
	lent    *datagram // that holds it
	lost    int       // fragments lost since the last Expire
	copies  int       // copies since the last Copies
	stats   DefragStats
}

// copyTimeout is how long a datagram stays known after it was completed. Another
// datagram of the same number, with the same bytes at the same place, does not
// come so soon.
const copyTimeout = 200 * time.Millisecond

// fragmentKey is what the fragments of one datagram have in common.
type fragmentKey struct {
	src, dst netip.Addr
	id       uint32
	proto    uint8 // zero in IPv6, where only the first fragment says it
}

// NewDefrag returns an empty Defrag.
func NewDefrag(c DefragConfig) *Defrag {
	return &Defrag{config: c, table: make(map[fragmentKey]*datagram)}
}

// Add takes a fragment: f and data are the Fragment and the Payload of a
// packet.Packet, data is copied. When it completes a datagram, Add returns the
// joined payload, valid until the next Add, and how many fragments it was made
// of, copies left out; f.Proto is then what the datagram carries, to be given to
// packet.Packet.Resume. data may be a slice of what the last Add returned, as
// it is where fragments travel in fragments.
func (d *Defrag) Add(now int64, f *packet.Fragment, data []byte) (payload []byte, packets int, ok bool) {
	d.expire(now)
	lent := d.lent
	d.lent = nil
	if lent != nil {
		d.pin(lent)
	}
	shown := d.shown
	d.shown = nil
	payload, packets, ok = d.add(now, f, data)
	d.buffers.put(shown)
	return payload, packets, ok
}

// pin moves the bytes of g, which the last Add has lent out, to where they stay
// until the end of this one: data may be a part of them.
func (d *Defrag) pin(g *datagram) {
	d.shown = g.buf
	g.buf = append(d.buffers.get(len(g.buf)), g.buf...)
}

func (d *Defrag) add(now int64, f *packet.Fragment, data []byte) ([]byte, int, bool) {
	d.stats.Added++
	from := int(f.Offset)
	to := from + len(data)
	if to > maxDatagram || f.More && (len(data) == 0 || len(data)%8 != 0) {
		d.lose(&d.stats.Invalid, 1)
		return nil, 0, false
	}

	key := fragmentKey{src: f.Src, dst: f.Dst, id: f.ID, proto: f.Proto}
	if f.Src.Is6() {
		key.proto = 0
	}
	g := d.table[key]
	if g != nil && !d.KeepCopies && g.holds(f, from, data) {
		d.copies++
		d.stats.Copies++
		return nil, 0, false
	}
	if g != nil && g.joined { // another datagram of that number
		d.remove(g)
		g = nil
	}
	if g == nil {
		g = d.begin(now, key)
	}
	g.packets++
	if g.dead || !d.place(g, f, from, data) {
		d.clash(g)
		return nil, 0, false
	}
	if !g.complete() {
		return nil, 0, false
	}

	f.Proto = g.proto
	d.join(g)
	payload, packets := g.buf, g.packets
	d.stats.Joined += uint64(packets)
	d.stats.Completed++
	if d.KeepCopies {
		d.shown, g.buf = g.buf, nil
		d.remove(g)
		return payload, packets, true
	}
	g.joined, g.since, g.packets = true, now, 0
	d.joined.push(&g.link)
	d.done++
	d.lent = g
	return payload, packets, true
}

// place puts the bytes of a fragment into its datagram and learns from it where
// that ends. It returns false when the fragment contradicts those before it.
func (d *Defrag) place(g *datagram, f *packet.Fragment, from int, data []byte) bool {
	to := from + len(data)
	if g.total >= 0 && to > g.total {
		return false
	}
	fresh, agrees := g.compare(from, data)
	if !agrees {
		return false
	}
	if !f.More {
		if g.total >= 0 && g.total != to || g.end() > to {
			return false
		}
		g.total = to
	}
	if from == 0 {
		g.proto = f.Proto
	}
	if n := len(g.buf) + fresh; n > cap(g.buf) {
		d.room(g, n)
		g.buf = d.buffers.grow(g.buf, n)
	}
	before := g.index()
	g.insert(from, data)
	if more := g.index() - before; more > 0 {
		d.index += more
		d.room(g, 0)
	}
	return true
}

// join puts the bytes of g, which is complete, in order.
func (d *Defrag) join(g *datagram) {
	if g.inOrder() {
		return
	}
	d.room(g, g.total)
	payload := g.join(d.buffers.get(g.total))
	d.buffers.put(g.buf)
	d.index -= g.index()
	g.buf, g.pieces = payload, append(g.few[:0], piece{to: uint16(g.total)})
}

// room makes room for another buffer of n bytes among the other datagrams; g is the one that needs it. Without n it makes up for what
// the list of its pieces has taken.
func (d *Defrag) room(g *datagram, n int) {
	size := 0
	if n > 0 {
		_, size = classOf(n)
	}
	for d.held()+size > d.config.MaxBytes {
		if done := d.joined.oldest(); done != nil {
			d.remove(done)
			continue
		}
		victim := d.order.oldest()
		if victim == g {
			victim = nil
			if g.next != nil {
				victim = g.next.owner
			}
		}
		if victim == nil {
			break
		}
		d.lose(&d.stats.Evicted, victim.packets)
		d.remove(victim)
	}
	if d.held()+d.buffers.kept+size > d.config.MaxBytes && (n == 0 || !d.buffers.waits(n)) {
		d.buffers.drain()
	}
}

// held returns how many bytes the datagrams take: what came of their payloads, rounded up to the size of a buffer, and long lists of pieces.
func (d *Defrag) held() int { return d.buffers.out + d.index }

// begin enters a new datagram, in the place of the oldest one when the table is
// full.
func (d *Defrag) begin(now int64, key fragmentKey) *datagram {
	if len(d.table) >= d.config.MaxDatagrams {
		victim := d.joined.oldest()
		if victim == nil {
			victim = d.order.oldest()
			d.lose(&d.stats.Evicted, victim.packets)
		}
		d.remove(victim)
	}
	var g *datagram
	if n := len(d.free); n > 0 {
		g, d.free = d.free[n-1], d.free[:n-1]
	} else {
		g = new(datagram)
		g.owner = g
	}
	g.key, g.since, g.total, g.pieces = key, now, -1, g.few[:0]
	d.table[key] = g
	d.order.push(&g.link)
	return g
}

// clash discards g for a contradiction among its fragments.
func (d *Defrag) clash(g *datagram) {
	d.lose(&d.stats.Overlapping, g.packets)
	if !g.key.src.Is6() {
		d.remove(g)
		return
	}
	d.index -= g.index()
	d.buffers.put(g.buf)
	g.clear()
	g.dead = true
}

// remove takes g out of the table and keeps its memory for another.
func (d *Defrag) remove(g *datagram) {
	delete(d.table, g.key)
	g.leave()
	if g.joined {
		d.done--
	}
	if g == d.lent { // who holds the bytes has them until the next Add
		d.shown, d.lent, g.buf = g.buf, nil, nil
	}
	d.index -= g.index()
	d.buffers.put(g.buf)
	g.clear()
	g.proto, g.dead, g.joined = 0, false, false
	d.free = append(d.free, g)
}

// lose counts n fragments that come to nothing.
func (d *Defrag) lose(reason *uint64, n int) {
	*reason += uint64(n)
	d.lost += n
}

// Expire drops what has waited for longer than the timeout. It returns how many
// fragments came to nothing since the last Expire, for whatever reason; Stats
// has them by reason. So fragments added = fragments of completed datagrams +
// the sum of all Copies + the sum of all Expire and Close, once Close was
// called. It is cheap when there is nothing to do.
func (d *Defrag) Expire(now int64) (packets int) {
	d.expire(now)
	packets, d.lost = d.lost, 0
	return packets
}

// Copies returns how many fragments since the last Copies had been there before.
func (d *Defrag) Copies() (packets int) {
	packets, d.copies = d.copies, 0
	return packets
}

func (d *Defrag) expire(now int64) {
	for g := d.joined.oldest(); g != nil && now-g.since > int64(copyTimeout); g = d.joined.oldest() {
		d.remove(g)
	}
	for {
		g := d.order.oldest()
		if g == nil || now-g.since <= int64(d.config.Timeout) {
			return
		}
		d.lose(&d.stats.Expired, g.packets)
		d.remove(g)
	}
}

// Close drops all that waits and returns what Expire would, these included.
func (d *Defrag) Close() (packets int) {
	for g := d.order.oldest(); g != nil; g = d.order.oldest() {
		d.lose(&d.stats.Discarded, g.packets)
		d.remove(g)
	}
	for g := d.joined.oldest(); g != nil; g = d.joined.oldest() {
		d.remove(g)
	}
	d.lent = nil
	d.buffers.put(d.shown)
	d.shown = nil
	packets, d.lost = d.lost, 0
	return packets
}

// Stats returns the counters.
func (d *Defrag) Stats() DefragStats {
	s := d.stats
	s.Datagrams = len(d.table) - d.done
	s.Bytes = d.held() + d.buffers.kept
	return s
}
