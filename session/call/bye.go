package call

import (
	"bytes"
	"net/netip"
	"time"

	"github.com/cespare/xxhash/v2"

	"sipspan/decode/sip"
	"sipspan/record"
	"sipspan/session/transaction"
	"sipspan/session/value"
)

// openBye takes a BYE that is seen for the first time. One whose dialog was never seen opens a call in mid-stream; one
// that follows a call already written does not.
func (u *Usage) openBye(g *transaction.Group, v *transaction.View) {
	if g.Call == nil && g.Buried {
		u.TakeOver(u.NewRequest(g, v, transaction.RoleOther))
		return
	}
	r := u.NewRequest(g, v, transaction.RoleBye)
	u.TakeOver(r)
	u.SettleGlare(g, nil, v.At)
	c := In(g)
	if c == nil {
		c = u.openCall(g, v, v.Meta.Flags|record.MidStream)
		c.established = v.At
	}
	r.Call = c
	if c.isBehind(v) {
		r.Role = transaction.RoleOther
		c.byeBehind(v)
		return
	}
	if v.Message.First(sip.HeaderAlso) >= 0 {
		u.announceAlso(g, v)
	}
	if c.byeDone != 0 || c.leavesFork(v) || !c.confirmed() && c.decided() && !c.ackedBlindly() {
		r.Role = transaction.RoleOther // it ends nothing
		return
	}
	c.answerProved(v)
	u.keepClosing(c, v)
	if c.bye == 0 {
		c.bye = v.At
		c.releasedBy = c.releaser(v)
		u.announceEnd(c, v)
	}
	if !c.confirmed() {
		// A BYE before the 2xx ends the early dialog (RFC 3261 section 15): the INVITE gets its 487.
		c.cancel = v.At
		c.bye, c.releasedBy = 0, ""
	}
	c.schedule(&u.Config)
}

// ackedBlindly reports whether all that was captured of the final response is an ACK with the branch of the INVITE, as it
// belongs to a refusal. Some user agents send that to a 2xx, too.
func (c *Call) ackedBlindly() bool {
	o := &c.hops[c.origin]
	return o.byACK && o.status == 0
}

// answerProved takes the BYE of a call of which only such an ACK was captured: what was refused needs none.
func (c *Call) answerProved(v *transaction.View) {
	if !c.confirmed() && c.decided() && len(v.ToTag) > 0 {
		c.established = c.hops[c.origin].final
		c.proveAnswer(v)
	}
}

// atOnce is how soon after an answer a caller ends the fork that is one too many.
const atOnce = int64(2 * time.Second)

// leavesFork reports whether a BYE ends one of two forks that had both answered, and the call goes on with the other. A
// caller ends the one that is too many at once (RFC 3261 section 13.2.2.4), most often the later.
func (c *Call) leavesFork(v *transaction.View) bool {
	tag := v.ToTag
	if !c.fromCaller(v) {
		tag = v.FromTag
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
		case v.At <= max(f.answeredAt, o.answeredAt)+atOnce:
			f.ended = true
			c.winner = o.tag
			c.takeOther()
			return true
		}
	}
	return false
}

// keptFork returns the fork that the call went on with when two had answered and one of them was ended, else nil.
func (c *Call) keptFork() *fork {
	for i := range c.forks {
		if c.forks[i].ended {
			if f := c.fork(c.text.Of(c.winner)); f != &c.forks[i] {
				return f
			}
		}
	}
	return nil
}

// releaser returns who hung up. A BYE that begins its way at an element between the endpoints comes from the network,
// whomever it speaks for. Of any other the tags say whose it is, or, where they do not, the address that it comes from.
func (c *Call) releaser(v *transaction.View) string {
	caller, callee := c.ends()
	src := v.Meta.Src
	apart := caller.Addr() != callee.Addr()
	fromEnd := src == caller || src == callee || apart && (src.Addr() == caller.Addr() || src.Addr() == callee.Addr())
	switch {
	case !caller.IsValid() && src.IsValid():
		return ""
	case !fromEnd && !c.endedBehind && v.Vias() <= 1 && c.between(src):
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
func (c *Call) ends() (caller, callee netip.AddrPort) {
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
func (c *Call) between(a netip.AddrPort) bool {
	for i := range c.hops {
		if c.hops[i].src.Addr() == a.Addr() || c.hops[i].dst.Addr() == a.Addr() {
			return true
		}
	}
	return false
}

// maxRetryAfter bounds the time for which a call waits for the next BYE after one that was refused.
const maxRetryAfter = 5 * time.Minute

// ByeDone takes the end of a BYE: its final response v, or none in time. A refusal that names a time to try again does
// not end the wait for the session's end, and the delay of the disconnection runs to a 2xx only (RFC 6076 section 4.4).
func (u *Usage) ByeDone(r *transaction.Request, v *transaction.View, at int64) {
	c := Of(r)
	if c == nil || c.byeDone != 0 || !c.confirmed() {
		return
	}
	if v != nil && r.Status == 503 && r.First != 0 {
		if after := v.Seconds(sip.HeaderRetryAfter); after >= 0 {
			c.refused = r.Final
			c.retryAt = r.Final + int64(min(time.Duration(after)*time.Second, maxRetryAfter))
			c.schedule(&u.Config)
			return
		}
	}
	began := r.First
	if c.refused != 0 && began != 0 {
		began = c.bye
	}
	c.byeDone = at
	if r.Status != 0 {
		c.byeDone = r.Final
		c.byeStatus = r.Status
		if r.First != 0 {
			c.byeDelay = record.Between(began, r.Final)
		}
	} else {
		c.byeWait = record.Between(began, at)
	}
	c.retire(u.Counters)
	c.schedule(&u.Config)
}

// sdd returns the delay of the disconnection, which a refusal does not end.
func (c *Call) sdd() record.Elapsed {
	if !value.Success(c.byeStatus) {
		return record.Elapsed{}
	}
	return c.byeDelay
}

// endRefused ends a call whose BYE was refused and not sent again.
func (c *Call) endRefused() {
	if c.refused != 0 && c.byeDone == 0 {
		c.byeDone, c.byeStatus = c.refused, 503
		c.byeDelay = record.Between(c.bye, c.refused)
	}
}

// BeginBye takes a BYE at a hop nearer to its sender than those before.
func (u *Usage) BeginBye(r *transaction.Request, v *transaction.View) {
	if c := Of(r); r.Role == transaction.RoleBye && c != nil && c.bye == r.Start {
		c.bye = v.At
	}
}

// ByeUnasked takes the response to a BYE that was not seen.
func (u *Usage) ByeUnasked(g *transaction.Group, r *transaction.Request, v *transaction.View) {
	if g.Call == nil {
		u.openCall(g, v, record.MidStream).established = v.At
	}
	r.Call = g.Call
}

// crossesEnd reports whether a request was answered 481 because it was under way when the other side ended the dialog: by
// a BYE that had not been answered when the request was sent, or, in an early dialog, by the final response to the INVITE.
func crossesEnd(r *transaction.Request) bool {
	if r.Status != 481 || !r.Inside || !r.Captured() {
		return false
	}
	other := xxhash.Sum64(r.Text.Of(r.ToTag))
	for _, x := range r.Group.Requests {
		if x.Method == sip.BYE && x != r && x.Sender == other && x.Start <= r.Final && (x.Final == 0 || r.Start <= x.Final) {
			return true
		}
	}
	if c := In(r.Group); c != nil && c.decided() {
		h := &c.hops[c.origin]
		return h.status >= 300 && r.Start <= h.final+transaction.Flight && h.final <= r.Final
	}
	return false
}

// Judge looks at what else goes on in the dialog when a request is refused: by the time its record is written that may be
// forgotten.
func Judge(r *transaction.Request) {
	r.Crossed = crossesEnd(r)
	c := In(r.Group)
	r.Outlived = r.Status == 481 && r.Inside && !r.Crossed && r.Method != sip.BYE && c != nil && c.byeDone != 0 && c.byeDone < r.Start
}
