package session

import (
	"bytes"
	"net/netip"
	"time"

	"sipspan/decode/sip"
	"sipspan/record"
	"sipspan/session/value"
)

// openBye takes a BYE that is seen for the first time. One whose dialog was never seen opens a call in mid-stream; one
// that follows a call already written does not.
func (u *CallUsage) openBye(g *group, v *view) {
	if g.call == nil && g.buried {
		u.takeOver(u.newRequest(g, v, roleOther))
		return
	}
	r := u.newRequest(g, v, roleBye)
	u.takeOver(r)
	u.settleGlare(g, nil, v.at)
	c := callIn(g)
	if c == nil {
		c = u.openCall(g, v, v.meta.Flags|record.MidStream)
		c.established = v.at
	}
	r.call = c
	if c.isBehind(v) {
		r.role = roleOther
		c.byeBehind(v)
		return
	}
	if v.m.First(sip.HeaderAlso) >= 0 {
		u.announceAlso(g, v)
	}
	if c.byeDone != 0 || c.leavesFork(v) || !c.confirmed() && c.decided() && !c.ackedBlindly() {
		r.role = roleOther // it ends nothing
		return
	}
	c.answerProved(v)
	u.keepClosing(c, v)
	if c.bye == 0 {
		c.bye = v.at
		c.releasedBy = c.releaser(v)
		u.announceEnd(c, v)
	}
	if !c.confirmed() {
		// A BYE before the 2xx ends the early dialog (RFC 3261 section 15): the INVITE gets its 487.
		c.cancel = v.at
		c.bye, c.releasedBy = 0, ""
	}
	c.schedule(&u.Config)
}

// ackedBlindly reports whether all that was captured of the final response is an ACK with the branch of the INVITE, as it
// belongs to a refusal. Some user agents send that to a 2xx, too.
func (c *call) ackedBlindly() bool {
	o := &c.hops[c.origin]
	return o.byACK && o.status == 0
}

// answerProved takes the BYE of a call of which only such an ACK was captured: what was refused needs none.
func (c *call) answerProved(v *view) {
	if !c.confirmed() && c.decided() && len(v.toTag) > 0 {
		c.established = c.hops[c.origin].final
		c.proveAnswer(v)
	}
}

// atOnce is how soon after an answer a caller ends the fork that is one too many.
const atOnce = int64(2 * time.Second)

// leavesFork reports whether a BYE ends one of two forks that had both answered, and the call goes on with the other. A
// caller ends the one that is too many at once (RFC 3261 section 13.2.2.4), most often the later.
func (c *call) leavesFork(v *view) bool {
	tag := v.toTag
	if !c.fromCaller(v) {
		tag = v.fromTag
	}
	f := c.fork(tag)
	if f == nil || !f.answered() {
		return false
	}
	kept := bytes.Equal(c.text.Of(c.winner), value.Clip(tag))
	for i := range c.forks {
		o := &c.forks[i]
		switch {
		case o == f || !o.answered() || o.ended:
		case (o.shown == 0) != (f.shown == 0): // one dialog under two tags
		case !kept:
			f.ended = true
			return true
		case v.at <= max(f.answeredAt, o.answeredAt)+atOnce:
			f.ended = true
			c.winner = o.tag
			c.takeOther()
			return true
		}
	}
	return false
}

// keptFork returns the fork that the call went on with when two had answered and one of them was ended, else nil.
func (c *call) keptFork() *fork {
	for i := range c.forks {
		if c.forks[i].ended {
			if f := c.fork(c.text.Of(c.winner)); f != &c.forks[i] {
				return f
			}
		}
	}
	return nil
}

// releaser says who hung up. A BYE that begins its way at an element between the endpoints comes from the network,
// whomever it speaks for. Of any other the tags say whose it is, or, where they do not, the address that it comes from.
func (c *call) releaser(v *view) string {
	caller, callee := c.ends()
	src := v.meta.Src
	apart := caller.Addr() != callee.Addr()
	fromEnd := src == caller || src == callee || apart && (src.Addr() == caller.Addr() || src.Addr() == callee.Addr())
	switch {
	case !caller.IsValid() && src.IsValid():
		return ""
	case !fromEnd && !c.endedBehind && v.vias() <= 1 && c.between(src):
		return "network"
	case c.fromCaller(v) != c.fromCallee(v):
		if c.fromCaller(v) {
			return "caller"
		}
		return "callee"
	case !fromEnd:
		return ""
	case src == caller, apart && src.Addr() == caller.Addr():
		return "caller"
	}
	return "callee"
}

// ends returns the addresses of the two ends as far as hops show.
func (c *call) ends() (caller, callee netip.AddrPort) {
	if len(c.hops) == 0 {
		return c.src, c.dst
	}
	caller = c.hops[c.origin].src
	if f := c.keptFork(); f != nil && f.hop > 0 && c.hops[f.hop-1].answerer.IsValid() {
		return caller, c.hops[f.hop-1].answerer
	}
	if o := c.outcome(); o != nil {
		return caller, c.generator(o).answeredBy()
	}
	deepest := &c.hops[c.origin]
	for i := range c.hops {
		if h := &c.hops[i]; h.attempt == c.attempt && h.vias >= deepest.vias {
			deepest = h
		}
	}
	return caller, deepest.dst
}

// between reports whether an address is one that the INVITE went through.
func (c *call) between(a netip.AddrPort) bool {
	for i := range c.hops {
		if c.hops[i].src.Addr() == a.Addr() || c.hops[i].dst.Addr() == a.Addr() {
			return true
		}
	}
	return false
}

// maxRetryAfter bounds the time for which a call waits for the next BYE after one that was refused.
const maxRetryAfter = 5 * time.Minute

// byeDone takes the end of a BYE: its final response v, or none in time. A refusal that names a time to try again does
// not end the wait for the session's end, and the delay of the disconnection runs to a 2xx only (RFC 6076 section 4.4).
func (u *CallUsage) byeDone(r *request, v *view, at int64) {
	c := callOf(r)
	if c == nil || c.byeDone != 0 || !c.confirmed() {
		return
	}
	if v != nil && r.status == 503 && r.first != 0 {
		if after := v.seconds(sip.HeaderRetryAfter); after >= 0 {
			c.refused = r.final
			c.retryAt = r.final + int64(min(time.Duration(after)*time.Second, maxRetryAfter))
			c.schedule(&u.Config)
			return
		}
	}
	began := r.first
	if c.refused != 0 && began != 0 {
		began = c.bye
	}
	c.byeDone = at
	if r.status != 0 {
		c.byeDone = r.final
		c.byeStatus = r.status
		if r.first != 0 {
			c.byeDelay = record.Between(began, r.final)
		}
	} else {
		c.byeWait = record.Between(began, at)
	}
	c.retire(u.Counters)
	c.schedule(&u.Config)
}

// sdd returns the delay of the disconnection, which a refusal does not end.
func (c *call) sdd() record.Elapsed {
	if !value.Success(c.byeStatus) {
		return record.Elapsed{}
	}
	return c.byeDelay
}

// endRefused ends a call whose BYE was refused and not sent again.
func (c *call) endRefused() {
	if c.refused != 0 && c.byeDone == 0 {
		c.byeDone, c.byeStatus = c.refused, 503
		c.byeDelay = record.Between(c.bye, c.refused)
	}
}
