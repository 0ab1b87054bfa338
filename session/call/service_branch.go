package call

import (
	"cmp"
	"slices"
	"strconv"

	"sipspan/record"
	"sipspan/session/value"
)

// result is what came of trying a user, at one place or at several at once.
type result uint8

const (
	resultUnreached  result = iota // no place that a user is at: it does not count as a try
	resultAnswered                 // 2xx
	resultBusy                     // 486, 600
	resultNoAnswer                 // rang in vain
	resultAway                     // 480 without ringing: nobody is there
	resultRedirected               // 3xx
)

// stage is one step of a search: branches of one element that were out at the same time.
type stage struct {
	branches []*hop
	result   result
}

// recogniseBranches finds the services of the elements that sent the INVITE to more than one place, or to somebody
// else: at the same time (simultaneous_ring), or one after the other (forwards and find_me).
func (u *Usage) recogniseBranches(c *Call) {
	for i := range c.hops {
		first := &c.hops[i]
		if first.attempt != c.attempt || c.elementSeen(i) {
			continue
		}
		if first.vias <= 1 && sameElement(first, &c.hops[c.origin]) {
			continue // the caller tries another server, if anything
		}
		u.branches = append(u.branches[:0], first)
		for j := i + 1; j < len(c.hops); j++ {
			if h := &c.hops[j]; h.attempt == c.attempt && sameElement(h, first) {
				u.branches = append(u.branches, h)
			}
		}
		if len(u.branches) == 1 {
			c.recogniseUnconditional(first)
			continue
		}
		if slices.ContainsFunc(u.branches, func(h *hop) bool { return h.unasked }) || c.hidesBranch(u.branches) {
			continue // it is not known which came first, or how many there are
		}
		for _, h := range u.branches {
			h.announces = h.alerted != 0 && !h.rings && !c.forCalled(h)
		}
		u.stages = stages(u.branches, u.stages[:0], u.Config.T1.Nanoseconds())
		c.recogniseStages(u.stages)
	}
}

// hidesBranch reports whether an element that passes To tags on has shown an endpoint that is on none of the branches
// that were seen of it.
func (c *Call) hidesBranch(branches []*hop) bool {
	before := c.before(branches[0])
	passed, hidden := false, false
	for i := range c.forks {
		f := &c.forks[i]
		if f.hop == 0 || f.hop > len(c.hops) {
			continue
		}
		h := &c.hops[f.hop-1]
		passed = passed || f.shown != 0 && slices.Contains(branches, h)
		hidden = hidden || f.rung != 0 && h == before
	}
	return passed && hidden
}

// forCalled reports whether the INVITE of a hop has the user who was called in its Request-URI.
func (c *Call) forCalled(h *hop) bool {
	user, _ := userOf(c.text.Of(h.uri))
	called, _ := userOf(c.text.Of(c.toURI))
	if sameUser(user, called) {
		return true
	}
	before := c.before(h)
	if before == nil {
		return false
	}
	called, _ = userOf(c.text.Of(before.uri))
	return sameUser(user, called)
}

// sameElement reports whether two hops begin at the same element, at the same point of the way.
func sameElement(a, b *hop) bool { return a.vias == b.vias && a.src.Addr() == b.src.Addr() }

// elementSeen reports whether a hop before hop i begins where that does.
func (c *Call) elementSeen(i int) bool {
	for j := range c.hops[:i] {
		if c.hops[j].attempt == c.attempt && sameElement(&c.hops[j], &c.hops[i]) {
			return true
		}
	}
	return false
}

// stages sorts branches by time and cuts them where all that went before was over.
func stages(branches []*hop, list []stage, t1 int64) []stage {
	if len(branches) > 1 {
		slices.SortStableFunc(branches, func(a, b *hop) int { return cmp.Compare(a.start, b.start) })
	}
	for first := 0; first < len(branches); {
		end := first + 1
		for end < len(branches) && !allOver(branches[first:end], branches[end].start, t1) {
			end++
		}
		list = append(list, stage{branches: branches[first:end], result: resultOf(branches[first:end])})
		first = end
	}
	return list
}

func allOver(branches []*hop, at, t1 int64) bool {
	for _, h := range branches {
		if !h.over(at, t1) {
			return false
		}
	}
	return true
}

// over reports whether a branch was over when the next one began. The element that sent both acknowledges a refusal before
// it goes on, which shows their order also where the two directions are captured out of step. A branch that never gave a
// response was given up; a CANCEL may be sent just after the next INVITE.
func (h *hop) over(at, t1 int64) bool {
	switch {
	case h.final != 0 && max(h.final, h.settled) <= at, h.cancel != 0 && h.cancel <= at:
		return true
	case h.firstResponse == 0:
		return at-h.start >= t1
	case h.cancel != 0 && h.cancel <= at+t1:
		return at-h.start >= decisionTime
	}
	return false
}

// resultOf returns the best that came of branches that were tried together, for the one who searches.
func resultOf(branches []*hop) result {
	best := resultUnreached
	for _, h := range branches {
		r := h.result()
		switch {
		case r == resultAnswered:
			return r
		case best == resultUnreached, r == resultNoAnswer, r == resultRedirected, r == resultBusy && best == resultAway:
			best = r
		}
	}
	return best
}

func (h *hop) result() result {
	status := 0
	if h.final != 0 {
		status = h.status
	}
	switch {
	case value.Success(status):
		return resultAnswered
	case status >= 300 && status < 400:
		return resultRedirected
	case status == 486 || status == 600:
		return resultBusy
	case h.announces:
		return resultUnreached
	case h.cancel != 0 && h.firstResponse != 0, h.alerted != 0 && (status == 408 || status == 480 || status == 487):
		return resultNoAnswer
	case status == 480:
		return resultAway
	}
	return resultUnreached
}

// reached reports whether a branch came to a user agent.
func (h *hop) reached() bool {
	return h.alerted != 0 && !h.announces || h.result() > resultUnreached && h.result() != resultAway
}

// recogniseStages finds the services from the steps of one element's search.
func (c *Call) recogniseStages(list []stage) {
	last := len(list) - 1
	var tries []stage
	redirected := false
	for i := range list {
		s := &list[i]
		c.recogniseParallel(s.branches)
		redirected = redirected || s.result == resultRedirected
		if i == last || s.result == resultBusy || s.result == resultNoAnswer || s.result == resultAway {
			tries = append(tries, *s)
		}
	}
	switch {
	case len(tries) == 1:
		if s := list[last].branches; !redirected && len(s) == 1 {
			c.recogniseUnconditional(s[0])
		}
	case len(tries) == 2 && !c.confirmed() && !c.decided() && c.cancel == 0: // it may go on to a third
	case len(tries) == 2, c.forwarded != 0, c.noted(record.ForwardBusy), c.noted(record.ForwardNoAnswer):
		for i := range tries[1:] {
			c.recogniseForward(&tries[i], tries[i+1].branches[0])
		}
	default:
		for i := range tries {
			c.noteTry(record.FindMe, &tries[i])
		}
	}
}

// recogniseParallel notes that user agents were called at the same time.
func (c *Call) recogniseParallel(branches []*hop) {
	var first, second *hop
	reached := 0
	for _, h := range branches {
		switch {
		case !h.reached():
			continue
		case first == nil:
			first = h
		case h.dst == first.dst && string(c.text.Of(h.uri)) == string(c.text.Of(first.uri)):
			continue
		case second == nil:
			second = h
		}
		reached++
	}
	if second != nil {
		c.note(record.SimultaneousRing, second.start, "INVITE out to ", strconv.Itoa(reached), " places at the same time, such as ",
			first.dst.String(), " and ", second.dst.String())
	}
}

// recogniseForward notes that after a try in vain another one was made.
func (c *Call) recogniseForward(try *stage, next *hop) {
	service := record.ForwardNoAnswer
	from, _ := userOf(c.text.Of(try.branches[0].uri))
	to, _ := userOf(c.text.Of(next.uri))
	switch {
	case try.result == resultBusy:
		service = record.ForwardBusy
	case try.result == resultAway:
		if !sameUser(from, to) {
			return
		}
		service = record.FindMe
	case sameUser(from, to) && isNumber(to) && !slices.ContainsFunc(try.branches, func(h *hop) bool { return h.rings }):
		return // another trunk for the same number, after early media of the first
	}
	c.noteTry(service, try)
	c.note(service, next.start, "then INVITE to ", next.dst.String())
}

// noteTry notes where a user was looked for and what came of it.
func (c *Call) noteTry(service record.Service, try *stage) {
	for _, h := range try.branches {
		c.note(service, h.start, "INVITE to ", h.dst.String(), ": ", h.outcome())
	}
}

// outcome writes what a hop came to, for people.
func (h *hop) outcome() string {
	switch {
	case h.final != 0 && value.Success(h.status):
		return "answered"
	case h.cancel != 0 && h.alerted != 0:
		return "rang, cancelled"
	case h.cancel != 0:
		return "cancelled"
	case h.final != 0 && h.status != 0 && h.alerted != 0:
		return "rang, " + strconv.Itoa(h.status)
	case h.final != 0 && h.status != 0:
		return strconv.Itoa(h.status)
	case h.alerted != 0:
		return "rang"
	}
	return "no response"
}

// recogniseUnconditional notes that an element sent the INVITE to somebody else at once.
func (c *Call) recogniseUnconditional(h *hop) {
	called := c.toURI
	if before := c.before(h); before != nil {
		called = before.uri
	}
	if called != h.uri && causeIn(c.text.Of(h.uri)) < 0 && c.forwardsTo(c.text.Of(called), c.text.Of(h.uri)) {
		c.note(record.ForwardUnconditional, h.start, h.src.String(), " sends the INVITE to another user, at ", h.dst.String())
	}
}

// before returns the hop that led to the element where h begins, nil if it was not seen.
func (c *Call) before(h *hop) (before *hop) {
	for i := range c.hops {
		p := &c.hops[i]
		if p != h && p.attempt == c.attempt && p.dst.Addr() == h.src.Addr() && p.start <= h.start && p.vias <= h.vias &&
			(before == nil || p.vias > before.vias) {
			before = p
		}
	}
	return before
}
