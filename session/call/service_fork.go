package call

import (
	"bytes"
	"strconv"

	"sipspan/record"
)

// Where only the caller's side of an element is seen, its branches show as To tags, and when each begins and ends is not
// told. Two endpoints that begin to ring within ringTogether ring at the same time; one that begins more than
// ringInVain after another had begun was tried because that did not answer. In between it is not known, unless the first
// speaks again while the second rings.
const (
	ringTogether = 2e9
	ringInVain   = 8e9
)

// recogniseForks finds the services behind elements whose own branches were not seen: several endpoints answer one
// INVITE, each under its To tag.
func (c *Call) recogniseForks() {
	if len(c.forks) < 2 {
		return
	}
	for i := range c.hops {
		if c.hops[i].attempt == c.attempt {
			c.recogniseForksBehind(i)
		}
	}
}

// recogniseForksBehind finds the services of the forks that were first seen on hop i.
func (c *Call) recogniseForksBehind(i int) {
	var first, second, next *fork // the first that rings, one that rings with it, and the first that rings in its place
	for j := range c.forks {
		if f := &c.forks[j]; f.hop == i+1 && f.rings() && (first == nil || f.alerted < first.alerted) {
			first = f
		}
	}
	if first == nil {
		return
	}
	together, later := 1, 1
	for j := range c.forks {
		f := &c.forks[j]
		if f == first || f.hop != i+1 || f.alerted == 0 || c.sameEndpoint(f, first) {
			continue
		}
		switch {
		case f.ringsWith(first):
			together++
			if second == nil || f.alerted < second.alerted {
				second = f
			}
		case first.rung != 0 && f.alerted-first.alerted >= ringInVain && (f.rings() || f.contact.Len > 0 && first.contact.Len > 0):
			later++
			if next == nil || f.alerted < next.alerted {
				next = f
			}
		}
	}
	at := c.hops[i].dst.String()
	switch {
	case together > 1:
		c.note(record.SimultaneousRing, second.alerted, strconv.Itoa(together), " endpoints behind ", at, " ring at the same time, told by their To tags")
	case later == 2:
		c.note(record.ForwardNoAnswer, next.alerted, "another endpoint behind ", at, " comes in ", seconds(next.alerted-first.alerted), " after the first rang")
	case later > 2:
		c.note(record.FindMe, next.alerted, strconv.Itoa(later), " endpoints behind ", at, " ring one after the other, told by their To tags")
	}
}

// rings reports whether a fork is a user agent that calls its user: a 180, or the epid by which one names itself. A 183
// alone may as well be an announcement of the network.
func (f *fork) rings() bool { return f.rung != 0 || f.epid.Len > 0 && f.alerted != 0 }

// ringsWith reports whether a fork rang while another one did that had begun before: both began within a moment, or
// that one spoke again afterwards.
func (f *fork) ringsWith(first *fork) bool {
	return f.rings() && (f.alerted-first.alerted < ringTogether || first.last > f.alerted)
}

// sameEndpoint reports whether two forks are one endpoint that changes its To tag: it shows the same Contact.
func (c *Call) sameEndpoint(a, b *fork) bool {
	return a.contact.Len > 0 && bytes.Equal(c.text.Of(a.contact), c.text.Of(b.contact))
}

// recogniseForwarded notes a 181. It does not say why the call is forwarded. The branches of the element that
// sent it show that; where they were not seen, an endpoint that had rung for long; else nothing.
func (c *Call) recogniseForwarded() {
	if c.forwarded == 0 {
		return
	}
	found := false
	for _, s := range [...]record.Service{record.ForwardUnconditional, record.ForwardBusy, record.ForwardNoAnswer} {
		if c.noted(s) {
			c.note(s, c.forwarded, forwardTold)
			found = true
		}
	}
	if found || c.forwardedHop == 0 || int(c.forwardedHop) > len(c.hops) {
		return
	}
	branch, n := c.branchesBehind(int(c.forwardedHop) - 1)
	switch {
	case n == 0 && c.rangBefore(c.forwarded-ringInVain), n == 1 && branch.triedBefore(c.forwarded) && branch.result() == resultNoAnswer:
		c.note(record.ForwardNoAnswer, c.forwarded, forwardTold)
	case n == 1 && branch.triedBefore(c.forwarded) && branch.result() == resultBusy:
		c.note(record.ForwardBusy, c.forwarded, forwardTold)
	case n == 1 && !branch.triedBefore(c.forwarded) && (branch.alerted == 0 || branch.alerted > c.forwarded):
		c.note(record.ForwardUnconditional, c.forwarded, forwardTold)
		c.note(record.ForwardUnconditional, branch.start, branch.src.String(), " sends the INVITE to ", branch.dst.String(), " at once")
	}
}

const forwardTold = "181 tells the caller of the forward"

// branchesBehind counts the hops that begin where a hop ends, and returns the first of them.
func (c *Call) branchesBehind(i int) (first *hop, n int) {
	h := &c.hops[i]
	for j := range c.hops {
		if b := &c.hops[j]; j != i && b.attempt == c.attempt && b.src.Addr() == h.dst.Addr() && b.vias >= h.vias && b.start >= h.start {
			if n++; first == nil {
				first = b
			}
		}
	}
	return first, n
}

// triedBefore reports whether a branch was over at a time.
func (h *hop) triedBefore(at int64) bool {
	return h.final != 0 && h.final <= at || h.cancel != 0 && h.cancel <= at
}

// rangBefore reports whether an endpoint began to ring before a time.
func (c *Call) rangBefore(at int64) bool {
	for i := range c.forks {
		if f := &c.forks[i]; f.rung != 0 && f.rung <= at {
			return true
		}
	}
	return false
}
