package session

import (
	"bytes"
	"net/netip"

	"sipspan/decode/sip"
	"sipspan/session/value"
)

// keptVias is how many of the Vias below the top one tell where in the tree of branches a hop belongs.
const keptVias = 3

// lowerVias returns hashes of the Vias below the top one, nearest first: those of the hops before, back to the sender.
func (v *view) lowerVias() (lower [keptVias]uint64) {
	n := -1
	for i := v.m.First(sip.HeaderVia); i >= 0 && n < keptVias; i = v.m.Next(i) {
		list := v.m.Value(i)
		if n < 0 && len(list) > 0 && bytes.IndexByte(list, ',') < 0 {
			n = 0 // the top one alone
			continue
		}
		for ; len(list) > 0 && n < keptVias; n++ {
			var via sip.Via
			if via, list = sip.NextVia(list); n >= 0 {
				lower[n] = hashVia(&via)
			}
		}
	}
	return lower
}

// A request forks into a tree of branches (RFC 3261 section 16.6). Where the capture holds the hop of its sender, that is
// the root, and what comes back there decides. A mirror port between a proxy and its targets shows only branches, of
// which several stand side by side; so do the tries of a user agent that turns to the next server (RFC 3263 section 4.3).
// Those are the top branches. What the sender was told is what a proxy makes of them: see lead.

// arrange puts a new transaction of the request's own method into the tree.
func (r *request) arrange(x *transaction) {
	for i := range r.transactions {
		y := &r.transactions[i]
		switch {
		case y == x || y.method != x.method || y.below:
		case x.follows(y):
			x.below = true
		case y.follows(x):
			y.below = true
		case x.beside(y):
		case x.vias < y.vias:
			y.below = true
		default:
			x.below = true
		}
	}
}

// follows reports whether a hop came of another one: the Via of that stands below its own, or, where an element between
// them hid it, the one ends where the other begins.
func (x *transaction) follows(y *transaction) bool {
	for _, via := range x.lower {
		if via != 0 && via == y.via {
			return true
		}
	}
	return x.vias <= y.vias && leads(y.src, y.dst, x.src)
}

// leads reports whether a hop from src to dst ends at the element that the next hop comes from.
func leads(src, dst, next netip.AddrPort) bool {
	if src.Addr() == dst.Addr() { // all on one host
		return next == dst
	}
	return next.Addr() == dst.Addr()
}

// beside reports whether two hops are branches of one transaction: they have a Via below in common, or both begin at the
// same sender.
func (x *transaction) beside(y *transaction) bool {
	if x.lower[0] == 0 && y.lower[0] == 0 {
		return x.src.Addr() == y.src.Addr()
	}
	for _, a := range x.lower {
		for _, b := range y.lower {
			if a != 0 && a == b {
				return true
			}
		}
	}
	return false
}

// lead makes that top branch the origin of the request which decides what its sender is told: one with a 2xx, else one
// that has no final response yet, else the one with the best (RFC 3261 section 16.7 steps 5 and 6).
func (r *request) lead() {
	best := r.nearest()
	for i := range r.transactions {
		x := &r.transactions[i]
		if x.method != r.method || x.below || x == best {
			continue
		}
		if best.below || preference(x.final != 0, int(x.status)) < preference(best.final != 0, int(best.status)) {
			best, r.origin = x, uint8(i)
		}
	}
}

// preference orders the states of branches by what a proxy passes on, the first first. No branch is waited for once there
// is a 2xx; a final response of another class is passed on when no branch is without one.
func preference(final bool, status int) int {
	switch {
	case final && value.Success(status):
		return 0
	case !final:
		return 1
	case status >= 600:
		return 2
	case status == 0: // an ACK told of it
		return 9999
	case status == 401, status == 407, status == 415, status == 420, status == 484:
		return status - 100 // what the sender can mend
	case status == 503:
		return 599 // passed on only where there is nothing else
	}
	return status
}

// forked reports whether an element on the way sent a request to several places.
func (r *request) forked() bool {
	for i := range r.transactions {
		for j := range r.transactions[:i] {
			x, y := &r.transactions[i], &r.transactions[j]
			if x.method == r.method && y.method == r.method && x.below && y.below && x.vias == y.vias && x.beside(y) {
				return true
			}
		}
	}
	return false
}

// tried reports whether a request has gone to several places from the same point.
func (r *request) tried() bool {
	n := 0
	for i := range r.transactions {
		if x := &r.transactions[i]; x.method == r.method && !x.below {
			n++
		}
	}
	return n > 1
}
