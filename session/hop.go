package session

import (
	"bytes"
	"net/netip"
)

// hop is one stretch of the way of the INVITE. What it says of times and status is that of the last attempt that went
// this way, but for progress and ring, which are those of the first.
type hop struct {
	src, dst  netip.AddrPort
	transport Transport
	vias      int
	attempt   int
	uri       piece // Request-URI

	progress int64 // first provisional response other than 100
	ring     int64 // first 180

	start    int64  // INVITE
	heard    int64  // first response of any kind
	alerted  int64  // first provisional response other than 100 and 181
	shown    int64  // first provisional response other than 100
	cancel   int64  // CANCEL
	unasked  bool   // its INVITE was not seen: nobody knows when it was sent
	final    int64  // 0 while the attempt has no final response here
	status   int    // last final status; 0 with a final time when only the ACK of a failure was heard
	told     uint64 // fingerprint of the final response: the same wherever it is passed on
	reason   piece
	agent    piece // of the final response
	answerer netip.AddrPort
	givenUp  bool // its sender turned to another hop, and that was told
}

// addHop takes a transaction of an INVITE as a hop: the one it was before, if this is another attempt on the same way.
func (c *call) addHop(r *request, x *transaction, v *view) {
	i := c.formerHop(x)
	if i < 0 {
		if len(c.hops) >= maxHops {
			return
		}
		i = len(c.hops)
		c.hops = append(c.hops, hop{src: x.src, dst: x.dst, transport: x.transport, vias: int(x.vias)})
	}
	x.hop = uint8(i + 1)
	h := &c.hops[i]
	if h.start != 0 {
		c.leave(h)
	}
	h.attempt, h.vias, h.start = c.attempt, int(x.vias), v.at
	h.heard, h.alerted, h.shown, h.cancel, h.final, h.givenUp = 0, 0, 0, 0, 0, false
	h.unasked = !v.m.Request
	if v.m.Request {
		c.readTarget(h, v.m.RequestURI())
		c.readIdentity(v)
		c.hearDiversion(v)
		if n := causeIn(v.m.RequestURI()); n >= 0 {
			c.noteCause(n, v.at, "INVITE whose Request-URI has the")
		}
	}
	if o := &c.hops[c.origin]; r.cseq == c.cseq && (o.attempt < c.attempt || int(x.vias) < o.vias) {
		c.origin = i
	}
}

// readTarget keeps the Request-URI of a hop. Most often it is one that the call has already.
func (c *call) readTarget(h *hop, uri []byte) {
	switch {
	case bytes.Equal(c.text.of(c.uri), uri):
		h.uri = c.uri
	case !bytes.Equal(c.text.of(h.uri), uri):
		h.uri = c.text.add(uri)
	}
}

// formerHop returns the index of the hop that an earlier attempt took and x takes again, or -1. The port of the sender
// may be another.
func (c *call) formerHop(x *transaction) int {
	for i := range c.hops {
		h := &c.hops[i]
		if h.attempt < c.attempt && h.src.Addr() == x.src.Addr() && h.dst == x.dst {
			return i
		}
	}
	return -1
}

// hopOf returns the hop of a transaction, nil if it has none.
func (c *call) hopOf(x *transaction) *hop {
	if x.hop == 0 || int(x.hop) > len(c.hops) {
		return nil
	}
	return &c.hops[x.hop-1]
}

// answeredBy returns who sent the final response: who the INVITE was sent to, when only the ACK told of it.
func (h *hop) answeredBy() netip.AddrPort {
	if !h.answerer.IsValid() && h.final != 0 {
		return h.dst
	}
	return h.answerer
}

// outstanding reports whether a hop other than the first waits for its final response, or no other hop was seen at all.
func (c *call) outstanding() bool {
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
func (c *call) outcome() (best *hop) {
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

func nearer(h, than *hop) bool {
	if success(h.status) != success(than.status) {
		return success(h.status)
	}
	if h.vias != than.vias {
		return h.vias < than.vias
	}
	return h.final > than.final
}

func success(status int) bool { return status >= 200 && status < 300 }

// generator returns the hop on which the response that the caller was told was heard first: the nearest to where it
// came from. Responses that are passed on keep their To tag, which tells them from those of another branch with the
// same status. Where no other hop has that tag, an element on the way has made its own, and the status alone must do.
// Of hops that heard it at the same time, as far as the clock tells, the last is the farthest.
func (c *call) generator(outcome *hop) *hop {
	first, alike := outcome, outcome
	for i := range c.hops {
		h := &c.hops[i]
		if h.final == 0 || h.attempt != c.attempt || h.status != outcome.status {
			continue
		}
		if h.told == outcome.told && h.final <= first.final {
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

// progressed returns when the caller was first told more than 100, at the first hop, or at any if the first shows no
// response at all.
func (c *call) progressed() int64 { return c.earliest(func(h *hop) int64 { return h.progress }) }

// rang returns when the caller was first told 180, likewise.
func (c *call) rang() int64 { return c.earliest(func(h *hop) int64 { return h.ring }) }

func (c *call) earliest(of func(*hop) int64) int64 {
	if len(c.hops) == 0 {
		return 0
	}
	if o := &c.hops[c.origin]; o.final != 0 || o.progress != 0 {
		return of(o)
	}
	first := int64(0)
	for i := range c.hops {
		if at := of(&c.hops[i]); at != 0 && (first == 0 || at < first) {
			first = at
		}
	}
	return first
}
