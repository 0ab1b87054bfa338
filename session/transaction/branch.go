package transaction

import (
	"bytes"
	"net/netip"

	"sipspan/decode/sip"
	"sipspan/session/value"
)

// KeptVias is how many of the Vias below the top one tell where in the tree of branches a hop belongs.
const KeptVias = 3

// lowerVias returns hashes of the Vias below the top one, nearest first: those of the hops before, back to the sender.
func (v *View) lowerVias() (lower [KeptVias]uint64) {
	n := -1
	for i := v.Message.First(sip.HeaderVia); i >= 0 && n < KeptVias; i = v.Message.Next(i) {
		list := v.Message.Value(i)
		if n < 0 && len(list) > 0 && bytes.IndexByte(list, ',') < 0 {
			n = 0 // the top one alone
			continue
		}
		for ; len(list) > 0 && n < KeptVias; n++ {
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
// Those are the top branches. What the sender received is what a proxy makes of them: see lead.

// arrange puts a new transaction of the request's own method into the tree.
func (r *Request) arrange(x *Transaction) {
	for i := range r.Transactions {
		y := &r.Transactions[i]
		switch {
		case y == x || y.Method != x.Method || y.Below:
		case x.follows(y):
			x.Below = true
		case y.follows(x):
			y.Below = true
		case x.beside(y):
		case x.Vias < y.Vias:
			y.Below = true
		default:
			x.Below = true
		}
	}
}

// follows reports whether a hop came of another one: the Via of that stands below its own, or, where an element between
// them hid it, the one ends where the other begins.
func (x *Transaction) follows(y *Transaction) bool {
	for _, via := range x.Lower {
		if via != 0 && via == y.Via {
			return true
		}
	}
	return x.Vias <= y.Vias && Leads(y.Src, y.Dst, x.Src)
}

// Leads reports whether a hop from src to dst ends at the element that the next hop comes from.
func Leads(src, dst, next netip.AddrPort) bool {
	if src.Addr() == dst.Addr() { // all on one host
		return next == dst
	}
	return next.Addr() == dst.Addr()
}

// beside reports whether two hops are branches of one transaction: they have a Via below in common, or both begin at the
// same sender.
func (x *Transaction) beside(y *Transaction) bool {
	if x.Lower[0] == 0 && y.Lower[0] == 0 {
		return x.Src.Addr() == y.Src.Addr()
	}
	for _, a := range x.Lower {
		for _, b := range y.Lower {
			if a != 0 && a == b {
				return true
			}
		}
	}
	return false
}

// Lead makes that top branch the origin of the request which decides what its sender receives: one with a 2xx, else one
// that has no final response yet, else the one with the best (RFC 3261 section 16.7 steps 5 and 6).
func (r *Request) Lead() {
	best := r.Nearest()
	for i := range r.Transactions {
		x := &r.Transactions[i]
		if x.Method != r.Method || x.Below || x == best {
			continue
		}
		if best.Below || Preference(x.Final != 0, int(x.Status)) < Preference(best.Final != 0, int(best.Status)) {
			best, r.Origin = x, uint8(i)
		}
	}
}

// Preference orders the states of branches by what a proxy passes on, the first first. No branch is waited for once there
// is a 2xx; a final response of another class is passed on when no branch is without one.
func Preference(final bool, status int) int {
	switch {
	case final && value.Success(status):
		return 0
	case !final:
		return 1
	case status >= 600:
		return 2
	case status == 0: // an ACK shows it
		return 9999
	case status == 401, status == 407, status == 415, status == 420, status == 484:
		return status - 100 // what the sender can mend
	case status == 503:
		return 599 // passed on only where there is nothing else
	}
	return status
}

// Forked reports whether an element on the way sent a request to several places.
func (r *Request) Forked() bool {
	for i := range r.Transactions {
		for j := range r.Transactions[:i] {
			x, y := &r.Transactions[i], &r.Transactions[j]
			if x.Method == r.Method && y.Method == r.Method && x.Below && y.Below && x.Vias == y.Vias && x.beside(y) {
				return true
			}
		}
	}
	return false
}

// Tried reports whether a request has gone to several places from the same point.
func (r *Request) Tried() bool {
	n := 0
	for i := range r.Transactions {
		if x := &r.Transactions[i]; x.Method == r.Method && !x.Below {
			n++
		}
	}
	return n > 1
}
