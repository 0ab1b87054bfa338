package session

import (
	"net/netip"

	"sipspan/record"
	"sipspan/session/stats"
)

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
func (u *CallUsage) peerLegs(c *call) (legs []record.PeerLeg) {
	if u.Peers.Empty() {
		return nil
	}
	add := func(w way) {
		leg := record.PeerLeg{Status: w.status, Unanswered: w.unanswered}
		if leg.Peer = u.Peers.Of(w.src.Addr()); leg.Peer != "" {
			leg.Inbound = true
			legs = append(legs, leg)
		}
		if leg.Peer = u.Peers.Of(w.dst.Addr()); leg.Peer != "" {
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
func (u *CallUsage) deepestPeer(c *call) (name string) {
	if u.Peers.Empty() {
		return ""
	}
	vias := -1
	for i := range c.hops {
		if h := &c.hops[i]; h.attempt == c.attempt && h.vias > vias {
			if peer := u.Peers.Of(h.dst.Addr()); peer != "" {
				name, vias = peer, h.vias
			}
		}
	}
	return name
}
