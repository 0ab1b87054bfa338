package call

import (
	"bytes"
	"net/netip"

	"sipspan/internal/wire"
	"sipspan/session/store"
	"sipspan/session/transaction"
	"sipspan/session/value"
)

// hop is one hop on the way of the INVITE. Its times and its status are those of the last attempt that went
// this way, but for progress and ring, which are those of the first.
type hop struct {
	src, dst netip.AddrPort

	// What most responses touch is one line of the cache.
	attempt       int
	start         int64 // INVITE
	firstResponse int64 // of any kind
	alerted       int64 // first provisional response other than 100 and 181
	shown         int64 // first provisional response other than 100
	final         int64 // 0 while the attempt has no final response here
	status        int   // last final status; 0 with a final time when only the ACK of a failure was seen
	transport     wire.Transport
	below         bool // another hop nearer to the caller was seen, see request.arrange
	unasked       bool // its INVITE was not seen: it is not known when it was sent
	byACK         bool // only the ACK shows the final response: its time is not known
	givenUp       bool // its sender turned to another hop, and that was reported
	rings         bool // there was a 180
	announces     bool // it gave early media alone, and not for the user who was called: see recogniseBranches

	vias      int
	progress  int64       // first provisional response other than 100
	ring      int64       // first 180
	cancel    int64       // CANCEL
	settled   int64       // ACK to a final response other than 2xx: from then on its sender has it
	ackTag    uint64      // hash of the To tag of that ACK
	finalHash uint64      // fingerprint of the final response: the same wherever it is passed on
	uri       store.Piece // Request-URI
	reason    store.Piece
	agent     store.Piece // of the final response
	answerer  netip.AddrPort

	_ [16]byte // whole lines of the cache
}

// addHop takes a transaction of an INVITE as a hop: the one it was before, if this is another attempt on the same way.
func (c *Call) addHop(r *transaction.Request, x *transaction.Transaction, v *transaction.View) {
	if r.Attempt != uint16(c.attempt) {
		return // it lags behind
	}
	i := c.formerHop(x)
	if i < 0 {
		if len(c.hops) >= transaction.MaxHops {
			return
		}
		i = len(c.hops)
		c.hops = append(c.hops, hop{src: x.Src, dst: x.Dst, transport: x.Transport, vias: int(x.Vias)})
	}
	x.Hop, x.Attempt = uint8(i+1), uint16(c.attempt)
	h := &c.hops[i]
	if h.start != 0 {
		c.leave(h)
	}
	h.attempt, h.vias, h.start = c.attempt, int(x.Vias), v.At
	h.firstResponse, h.alerted, h.shown, h.cancel, h.final, h.settled, h.givenUp, h.byACK = 0, 0, 0, 0, 0, 0, false, false
	h.rings, h.unasked = false, !v.Message.Request
	if v.Message.Request {
		c.readTarget(h, v.Message.RequestURI())
		c.readIdentity(v)
		c.observeDiversion(v)
		if n := causeIn(v.Message.RequestURI()); n >= 0 {
			c.noteCause(n, v.At, "INVITE whose Request-URI has the")
		}
	}
	for j := range r.Transactions {
		if y := &r.Transactions[j]; y.Method == r.Method {
			if h := c.hopOf(y); h != nil {
				h.below = y.Below || r.Behind
			}
		}
	}
	if c.atTop(h) {
		c.cancel = 0 // of branches that were out before
	}
	c.lead()
	if c.origin == i && !r.Tried() && v.Message.Request && len(r.Transactions) > 1 {
		c.beginAt(v)
	}
}

// beginAt takes the INVITE of a hop nearer to the caller than those before: what the capture shows second was sent first.
// Delays are taken at one hop, since two capture points may have different clocks.
func (c *Call) beginAt(v *transaction.View) {
	if c.start == c.attemptStart {
		c.start = v.At
		c.src, c.dst = v.Meta.Src, v.Meta.Dst
		c.uri = c.text.Add(v.Message.RequestURI())
		c.agent = c.text.Add(v.Agent())
	}
	c.attemptStart = v.At
	c.skewed = true
}

// lead makes that hop the origin of the call which decides what the caller receives: of the hops nearest to the caller
// that with a 2xx, else one without a final response, else the one with the best.
func (c *Call) lead() {
	best := &c.hops[c.origin]
	for i := range c.hops {
		h := &c.hops[i]
		if !c.atTop(h) || h == best {
			continue
		}
		if !c.atTop(best) || c.preference(h) < c.preference(best) {
			best, c.origin = h, i
		}
	}
}

// atTop reports whether a hop is one of those nearest to the caller in the present attempt.
func (c *Call) atTop(h *hop) bool { return !h.below && h.attempt == c.attempt }

// preference orders the states of the top hops, see preference. After a CANCEL by the caller, which is known when
// everything that was out is cancelled, a 487 is what the caller received.
func (c *Call) preference(h *hop) int {
	if c.cancel != 0 && h.final != 0 && h.status == 487 {
		return 3 // a 6xx of another branch makes a proxy cancel the others
	}
	return transaction.Preference(h.final != 0, h.status)
}

// atOrigin reports whether a message was seen between the ends of the hop that decides.
func (c *Call) atOrigin(v *transaction.View) bool {
	if len(c.hops) == 0 {
		return false
	}
	o, m := &c.hops[c.origin], v.Meta
	return transaction.SameWay(o.src, o.dst, m.Src, m.Dst) || transaction.SameWay(o.dst, o.src, m.Src, m.Dst)
}

// allCancelled reports whether every top hop that waits for its final response was cancelled.
func (c *Call) allCancelled() bool {
	for i := range c.hops {
		if h := &c.hops[i]; c.atTop(h) && h.final == 0 && h.cancel == 0 {
			return false
		}
	}
	return true
}

// readTarget keeps the Request-URI of a hop. Most often it is one that the call has already.
func (c *Call) readTarget(h *hop, uri []byte) {
	switch {
	case bytes.Equal(c.text.Of(c.uri), uri):
		h.uri = c.uri
	case !bytes.Equal(c.text.Of(h.uri), uri):
		h.uri = c.text.Add(uri)
	}
}

// formerHop returns the index of the hop that an earlier attempt took and x takes again, or -1. The port of the sender
// may be another.
func (c *Call) formerHop(x *transaction.Transaction) int {
	for i := range c.hops {
		h := &c.hops[i]
		if h.attempt < c.attempt && h.src.Addr() == x.Src.Addr() && h.dst == x.Dst {
			return i
		}
	}
	return -1
}

// hopOf returns the hop of a transaction, nil if it has none, or a later attempt has gone the same way.
func (c *Call) hopOf(x *transaction.Transaction) *hop {
	if x.Hop == 0 || int(x.Hop) > len(c.hops) {
		return nil
	}
	if h := &c.hops[x.Hop-1]; h.attempt == int(x.Attempt) {
		return h
	}
	return nil
}

// answeredBy returns who sent the final response: who the INVITE was sent to, when only the ACK shows it.
func (h *hop) answeredBy() netip.AddrPort {
	if !h.answerer.IsValid() && h.final != 0 {
		return h.dst
	}
	return h.answerer
}

// outstanding reports whether a hop other than the first waits for its final response, or no other hop was seen at all.
func (c *Call) outstanding() bool {
	others := 0
	for i := range c.hops {
		h := &c.hops[i]
		if i == c.origin || h.attempt != c.attempt {
			continue
		}
		others++
		if h.final == 0 {
			return true
		}
	}
	return others == 0
}

// outcome returns the hop whose final response is the outcome of the last attempt: the first hop, else one with a 2xx,
// else that nearest to the caller. nil if there was none.
func (c *Call) outcome() (best *hop) {
	for i := range c.hops {
		h := &c.hops[i]
		if h.final == 0 || h.attempt != c.attempt {
			continue
		}
		if i == c.origin {
			return h
		}
		if best == nil || nearer(h, best) {
			best = h
		}
	}
	return best
}

// learnFinal takes the final response that the first hop had, of which only the ACK was captured there, from the hop
// behind it on which it was.
func (c *Call) learnFinal() {
	o := c.outcome()
	if o == nil || o.status != 0 {
		return
	}
	var best *hop
	for i := range c.hops {
		h := &c.hops[i]
		if h.attempt != c.attempt || h.final == 0 || h.status < 300 {
			continue
		}
		if value.HashTag(c.text.Of(c.tagAt(h))) == o.ackTag {
			best = h
			break
		}
		if best == nil || transaction.Preference(true, h.status) < transaction.Preference(true, best.status) {
			best = h
		}
	}
	if best != nil {
		o.status, o.finalHash, o.reason, o.agent = best.status, best.finalHash, best.reason, best.agent
	}
}

func nearer(h, than *hop) bool {
	if value.Success(h.status) != value.Success(than.status) {
		return value.Success(h.status)
	}
	if h.vias != than.vias {
		return h.vias < than.vias
	}
	return h.final > than.final
}

// generator returns the hop on which the response that the caller received was seen first: the nearest to where it
// came from. Responses that are passed on keep their To tag, which distinguishes them from those of another branch with the
// same status. Where no other hop has that tag, an element on the way has made its own, and the status alone must do.
// Of hops that saw it at the same time, as far as the clock shows, the last is the farthest.
func (c *Call) generator(outcome *hop) *hop {
	first, alike := outcome, outcome
	for i := range c.hops {
		h := &c.hops[i]
		if h.final == 0 || h.attempt != c.attempt || h.status != outcome.status {
			continue
		}
		if h.finalHash == outcome.finalHash && h.final <= first.final {
			first = h
		}
		if h.final <= alike.final {
			alike = h
		}
	}
	if first == outcome {
		return alike
	}
	return first
}

// progressed returns when the caller first received more than 100, at the first hop, or at any if the first shows no
// response at all.
func (c *Call) progressed() int64 { return c.earliest(func(h *hop) int64 { return h.progress }) }

// rang returns when the caller first received 180, likewise.
func (c *Call) rang() int64 { return c.earliest(func(h *hop) int64 { return h.ring }) }

func (c *Call) earliest(of func(*hop) int64) int64 {
	if len(c.hops) == 0 {
		return 0
	}
	told := false // the caller was, as far as the top hops show
	for i := range c.hops {
		h := &c.hops[i]
		told = told || c.atTop(h) && (h.final != 0 || h.progress != 0)
	}
	first := int64(0)
	for i := range c.hops {
		h := &c.hops[i]
		if told && !c.atTop(h) {
			continue
		}
		if at := of(h); at != 0 && (first == 0 || at < first) {
			first = at
		}
	}
	return first
}
