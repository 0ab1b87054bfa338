package session

import (
	"strconv"

	"sipspan/record"
)

// ringWindow tells, where only the caller's side is seen, endpoints that ring together from one that is tried after
// another has rung in vain: even slow networks ring within that time, and people are given longer to answer.
const ringWindow = 8e9

// recogniseForks tells the services behind elements whose own branches were not seen: several endpoints answer one
// INVITE, each under its To tag.
func (c *call) recogniseForks() {
	if len(c.forks) < 2 {
		return
	}
	for i := range c.hops {
		if c.hops[i].attempt == c.attempt {
			c.recogniseForksBehind(i)
		}
	}
}

// recogniseForksBehind tells the services of the forks that were first heard on hop i.
func (c *call) recogniseForksBehind(i int) {
	var first, next *fork
	for j := range c.forks {
		if f := &c.forks[j]; f.hop == i+1 && f.alerted != 0 && (first == nil || f.alerted < first.alerted) {
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
		if f.alerted-first.alerted < ringWindow {
			together++
		} else {
			later++
		}
		if next == nil || f.alerted < next.alerted {
			next = f
		}
	}
	at := c.hops[i].dst.String()
	switch {
	case together > 1:
		c.note(record.SimultaneousRing, next.alerted, strconv.Itoa(together), " endpoints behind ", at, " ring at the same time, told by their To tags")
	case later == 2:
		c.note(record.ForwardNoAnswer, next.alerted, "another endpoint behind ", at, " comes in ", seconds(next.alerted-first.alerted), " after the first rang")
	case later > 2:
		c.note(record.FindMe, next.alerted, strconv.Itoa(later), " endpoints behind ", at, " ring one after the other, told by their To tags")
	}
}

// sameEndpoint reports whether two forks are one endpoint that changes its To tag: it shows the same Contact.
func (c *call) sameEndpoint(a, b *fork) bool {
	return a.contact.len > 0 && string(c.text.of(a.contact)) == string(c.text.of(b.contact))
}

// recogniseForwarded notes a 181. Where nothing else was seen of the forward, an endpoint that rang before tells a
// forward on no answer from one at once.
func (c *call) recogniseForwarded() {
	if c.forwarded == 0 {
		return
	}
	service := record.ForwardUnconditional
	for i := range c.forks {
		if f := &c.forks[i]; f.alerted != 0 && f.alerted < c.forwarded {
			service = record.ForwardNoAnswer
		}
	}
	for _, s := range [...]record.Service{record.ForwardUnconditional, record.ForwardBusy, record.ForwardNoAnswer} {
		if c.noted(s) {
			service = s
		}
	}
	c.note(service, c.forwarded, "181 tells the caller of the forward")
}
