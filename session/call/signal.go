package call

import (
	"net/netip"
	"time"

	"sipspan/record"
	"sipspan/session/stats"
	"sipspan/session/transaction"
)

// signalPlaced reports the INVITE that has opened a call.
func (u *Usage) signalPlaced(r *transaction.Request, at int64) {
	if u.Watched && u.Placed {
		u.SignalHop(r, r.Nearest(), at, u.Say(record.SignalPlaced))
	}
}

// signalInviteFinal reports that a hop of an INVITE had its final response. The caller waited for the first sign of progress.
func (u *Usage) signalInviteFinal(r *transaction.Request, x *transaction.Transaction, v *transaction.View) {
	waited, retried, taken := time.Duration(0), false, false
	if c := Of(r); c != nil {
		answered := v.At
		if at := c.progressed(); at != 0 {
			answered = at
		}
		waited, retried, taken = transaction.Delay(c.start, answered), c.attempt > 1, c.answered
	}
	u.SignalFinal(r, x, v, waited, retried, taken)
}

// signalGivenUp reports the hops of an INVITE on which there was no response at all when its sender turned to another
// hop, well after it could have been answered.
func (u *Usage) signalGivenUp(r *transaction.Request, next *transaction.Transaction, at int64) {
	if !u.Watched || r.Call == nil {
		return
	}
	for i := range r.Transactions {
		x := &r.Transactions[i]
		if x == next || x.Method != r.Method || x.WasAnswered() || x.Src.Addr() != next.Src.Addr() {
			continue
		}
		if h := Of(r).hopOf(x); h != nil && !h.givenUp && at-h.start >= 2*int64(u.Config.T1) {
			h.givenUp = true
			s := u.Say(record.SignalUnanswered)
			s.Retried = Of(r).attempt > 1
			u.SignalHop(r, x, at, s)
		}
	}
}

// signalCallUnanswered reports the hops on which the INVITE of a call that was not answered had no response at all.
func (u *Usage) signalCallUnanswered(c *Call, rec *record.Call, at int64) {
	const notSeen = record.MidStream | record.OneWay
	if !u.Watched || rec.Confidence.Flags&notSeen != 0 || rec.Disposition == record.InProgress || rec.Disposition == record.Answered {
		return
	}
	r := c.invite()
	if r == nil {
		return
	}
	for i := range r.Transactions {
		x := &r.Transactions[i]
		if h := c.hopOf(x); x.Method == r.Method && !x.WasAnswered() && h != nil && !h.givenUp && h.cancel == 0 {
			s := u.Say(record.SignalUnanswered)
			s.Retried = c.attempt > 1
			u.SignalHop(r, x, at, s)
		}
	}
}

// way is a hop of an INVITE after which the same way was gone again.
type way struct {
	src, dst   netip.AddrPort
	status     int
	unanswered bool
}

// leave keeps what came of a hop whose way is gone again, unless a challenge makes the two one.
func (c *Call) leave(h *hop) {
	if !stats.Excused(h.status) && len(c.left) < transaction.MaxTries {
		c.left = append(c.left, way{h.src, h.dst, h.status, h.unanswered()})
	}
}

// unanswered reports whether nobody answered on a hop and its sender did not take the INVITE back.
func (h *hop) unanswered() bool { return h.final == 0 && h.cancel == 0 }

// peerLegs returns what the INVITEs of a call came to at peers.
func (u *Usage) peerLegs(c *Call) (legs []record.PeerLeg) {
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
func (u *Usage) deepestPeer(c *Call) (name string) {
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
