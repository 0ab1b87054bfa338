package sctp

import (
	"container/list"
	"net/netip"

	"sipspan/internal/packet"
)

// Associations puts the messages of SCTP associations together and delivers them to a Handler.
type Associations struct {
	config  Config
	handler Handler
	table   map[ends]*association
	order   list.List // of associations, by last packet
	waiting list.List // of flows with fragments, by when one was added
	scratch []byte
	mark    uint64   // of the packet in hand
	marks   []uint64 // of the packets that carried the message in hand, if trace
	trace   bool
	lastID  uint64
	stats   Stats
}

// ends are the two ends of an association, the lower one first.
type ends struct{ low, high netip.AddrPort }

// association is an entry of the table.
type association struct {
	key   ends
	last  int64
	place *list.Element
	flows [2]Flow // the first leads from the lower end to the higher
	init  uint32  // initiate tag of the last INIT
	asked int64   // when it was sent, 0 if none was seen or it was answered
	over  bool    // its end was reported
}

// New returns an empty Associations that delivers to h.
func New(c Config, h Handler) *Associations {
	return &Associations{config: c, handler: h, table: make(map[ends]*association)}
}

// Trace makes the Associations note which packets carry a message. It is called before the first Add.
func (a *Associations) Trace() { a.trace = true }

// Mark names the packet that is added next by a number of the caller's.
func (a *Associations) Mark(number uint64) { a.mark = number }

// Marks returns, within Handler.Message and after Trace, what Mark was given for the packets that carried the message. It is valid until
// the next Add.
func (a *Associations) Marks() []uint64 { return a.marks }

// Add takes a packet: p is of packet.VerdictSCTP. All that has become due by now happens first.
func (a *Associations) Add(now int64, p *packet.Packet) Fate {
	a.Expire(now)
	as, f := a.find(now, p)
	fate := Control
	for rest := p.Payload; len(rest) > 0; {
		c, after, ok := nextChunk(rest, p.Missing)
		if !ok {
			a.stats.Malformed++
			return max(fate, Malformed)
		}
		fate = max(fate, a.chunk(now, as, f, &c, p.SCTP.Tag))
		rest = after
	}
	return fate
}

// find returns the association of a packet, and its direction.
func (a *Associations) find(now int64, p *packet.Packet) (*association, *Flow) {
	key, way := ends{p.Src, p.Dst}, 0
	if p.Dst.Compare(p.Src) < 0 {
		key, way = ends{p.Dst, p.Src}, 1
	}
	as := a.table[key]
	if as == nil {
		as = a.enter(now, key)
	} else {
		a.order.MoveToBack(as.place)
	}
	as.last = now
	return as, &as.flows[way]
}

// enter makes an association, in the place of another when the table is full.
func (a *Associations) enter(now int64, key ends) *association {
	if len(a.table) >= a.config.MaxAssociations {
		a.stats.Evicted++
		a.remove(now, a.order.Front().Value.(*association))
	}
	a.lastID++
	a.stats.Associations++
	as := &association{key: key}
	there, back := &as.flows[0], &as.flows[1]
	*there = Flow{Src: key.low, Dst: key.high, ID: a.lastID, reverse: back}
	*back = Flow{Src: key.high, Dst: key.low, ID: a.lastID, reverse: there}
	as.place = a.order.PushBack(as)
	a.table[key] = as
	return as
}

// remove gives up what an association holds and forgets it.
func (a *Associations) remove(now int64, as *association) {
	for i := range as.flows {
		a.giveUp(now, &as.flows[i])
	}
	a.order.Remove(as.place)
	delete(a.table, as.key)
}

// chunk takes one chunk.
func (a *Associations) chunk(now int64, as *association, f *Flow, c *chunk, tag uint32) Fate {
	switch c.kind {
	case chunkData, chunkIData:
		return a.data(now, as, f, c, tag)
	case chunkInit:
		a.opening(now, as, f, c)
	case chunkAbort:
		a.abort(now, as, f, c, tag)
	case chunkShutdown:
		if !as.over && f.holds(tag) {
			as.over = true
			a.handler.End(f, now, EndShutdown, 0)
		}
	case chunkForward, chunkIForward:
		if len(c.value) >= 4 && f.holds(tag) {
			a.forward(now, f, be32(c.value))
		}
	}
	return Control
}

// holds reports whether a packet with this verification tag belongs to the association whose data was seen in f.
func (f *Flow) holds(tag uint32) bool { return !f.tagged || f.tag == tag }

// data takes user data.
func (a *Associations) data(now int64, as *association, f *Flow, c *chunk, tag uint32) Fate {
	g, ok := parseData(c)
	if !ok {
		a.stats.Malformed++
		return Malformed
	}
	if !f.tagged || f.tag != tag { // another association on the same ports
		if f.tagged {
			a.giveUp(now, f)
			as.over, f.User, f.reverse.User = false, false, false
		}
		f.tag, f.tagged, f.seen = tag, true, window{}
	}
	as.asked = 0
	if !f.seen.take(g.tsn) {
		a.stats.Duplicates++
		return Duplicate
	}
	if g.first && g.last {
		if a.trace {
			a.marks = append(a.marks[:0], a.mark)
		}
		return a.deliver(now, f, g.data, g.cut)
	}
	known := f.User || f.reverse.User
	if g.first && !a.handler.Begins(g.data) || !g.first && !known && !g.unspecified {
		return Ignored
	}
	return a.hold(now, f, &g)
}

// deliver hands a message on.
func (a *Associations) deliver(now int64, f *Flow, data []byte, cut bool) Fate {
	if cut {
		a.stats.Cut++
	} else {
		a.stats.Messages++
	}
	if !a.handler.Message(f, now, data, cut, f.lost) {
		return Ignored
	}
	f.User, f.lost = true, false
	return Taken
}

// opening notes an INIT. One that is sent again was not answered.
func (a *Associations) opening(now int64, as *association, f *Flow, c *chunk) {
	if len(c.value) < 4 {
		return
	}
	tag := be32(c.value)
	f.opened, f.reverse.opened = true, false
	if as.asked != 0 && as.init == tag && now-as.asked > leastRepeat {
		a.handler.End(f, now, EndUnanswered, 0)
	}
	as.init, as.asked, as.over = tag, now, false
}

// leastRepeat is how soon a sender repeats an INIT at the earliest, in nanoseconds. What comes sooner was captured twice.
const leastRepeat = 200_000_000

// abort takes an ABORT with the tag of its receiver, or that of its sender reflected.
func (a *Associations) abort(now int64, as *association, f *Flow, c *chunk, tag uint32) {
	right := f.holds(tag)
	if c.flags&flagTagOfPeer != 0 {
		right = f.reverse.holds(tag)
	}
	if !right || as.over {
		return
	}
	how := EndAborted
	if as.asked != 0 && !f.tagged && !f.reverse.tagged {
		how = EndRefused
	}
	as.over, as.asked = true, 0
	a.giveUp(now, f)
	a.giveUp(now, f.reverse)
	a.handler.End(f, now, how, causeOf(c))
}

// Expire gives up what is due by now. It is cheap when there is nothing to do.
func (a *Associations) Expire(now int64) {
	for e := a.waiting.Front(); e != nil; e = a.waiting.Front() {
		f := e.Value.(*Flow)
		if now-f.since <= int64(a.config.GapTimeout) {
			break
		}
		a.giveUp(now, f)
	}
	for e := a.order.Front(); e != nil; e = a.order.Front() {
		as := e.Value.(*association)
		if now-as.last <= int64(a.config.IdleTimeout) {
			break
		}
		a.remove(now, as)
	}
}

// Close gives up all fragments: the capture has ended.
func (a *Associations) Close(now int64) {
	for e := a.order.Front(); e != nil; e = a.order.Front() {
		a.remove(now, e.Value.(*association))
	}
}

// Stats returns the counters.
func (a *Associations) Stats() Stats {
	s := a.stats
	s.Active = len(a.table)
	return s
}
