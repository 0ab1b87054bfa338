package session

import (
	"net/netip"

	"sipspan/record"
	"sipspan/session/stats"
)

// countPeerRequest counts a request that was seen on a hop.
func (t *Tracker) countPeerRequest(x *transaction) {
	t.counters.Peers.CountRequest(&t.peers, x.src.Addr(), x.dst.Addr(), x.method)
}

// countPeerResponse counts the first final response to a request on a hop.
func (t *Tracker) countPeerResponse(x *transaction, status int) {
	t.counters.Peers.CountResponse(&t.peers, x.src.Addr(), x.dst.Addr(), x.method, status)
}

// way is a hop of an INVITE behind which the same way was gone again.
type way struct {
	src, dst   netip.AddrPort
	status     int
	unanswered bool
}

// leave keeps what came of a hop whose way is gone again, unless a challenge makes the two one.
func (c *call) leave(h *hop) {
	if !stats.Excused(h.status) && len(c.left) < maxTries {
		c.left = append(c.left, way{h.src, h.dst, h.status, h.unanswered()})
	}
}

// unanswered reports whether nobody answered on a hop and its sender did not take the INVITE back.
func (h *hop) unanswered() bool { return h.final == 0 && h.cancel == 0 }

// peerLegs returns what the INVITEs of a call came to at peers.
func (t *Tracker) peerLegs(c *call) (legs []record.PeerLeg) {
	if t.peers.Empty() {
		return nil
	}
	add := func(w way) {
		leg := record.PeerLeg{Status: w.status, Unanswered: w.unanswered}
		if leg.Peer = t.peers.Of(w.src.Addr()); leg.Peer != "" {
			leg.Inbound = true
			legs = append(legs, leg)
		}
		if leg.Peer = t.peers.Of(w.dst.Addr()); leg.Peer != "" {
			leg.Inbound = false
			legs = append(legs, leg)
		}
	}
	for _, w := range c.left {
		add(w)
	}
	for i := range c.hops {
		h := &c.hops[i]
		add(way{h.src, h.dst, h.status, h.unanswered()})
	}
	return legs
}

// deepestPeer returns the peer that an INVITE came to which was seen farthest from the caller, "" for none.
func (t *Tracker) deepestPeer(c *call) (name string) {
	if t.peers.Empty() {
		return ""
	}
	vias := -1
	for i := range c.hops {
		if h := &c.hops[i]; h.attempt == c.attempt && h.vias > vias {
			if peer := t.peers.Of(h.dst.Addr()); peer != "" {
				name, vias = peer, h.vias
			}
		}
	}
	return name
}

// peersOf returns the groups of both ends of a way.
func (t *Tracker) peersOf(from, to netip.AddrPort) record.Peers {
	return t.peers.Between(from.Addr(), to.Addr())
}

// destination returns where the request went at the hop farthest from its sender.
func (r *request) destination() netip.AddrPort {
	far := r.nearest()
	for i := range r.transactions {
		if x := &r.transactions[i]; x.method == r.method && x.vias > far.vias {
			far = x
		}
	}
	return far.dst
}
