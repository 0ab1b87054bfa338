package call

import (
	"time"

	"sipspan/decode/sip"
	"sipspan/record"
	"sipspan/session/media"
	"sipspan/session/stats"
	"sipspan/session/store"
	"sipspan/session/transaction"
	"sipspan/session/value"
)

// Groups holds the groups of a shard and the order in which their calls came.
type Groups interface {
	// MakeRoom writes and forgets the oldest call when there are as many as there may be.
	MakeRoom()
	// Enter takes in the call of a group.
	Enter(g *transaction.Group)
	// Leave takes it out again.
	Leave(g *transaction.Group)
}

// Usage follows the calls of a shard.
type Usage struct {
	*transaction.Table
	*callMemory
	groups Groups
}

// callMemory is the memory in which calls are worked at, and what ended ones leave for the next. Shards of one goroutine share it.
type callMemory struct {
	pieces   []store.Piece
	branches []*hop
	stages   []stage
	media    media.Reader
	lines    []mediaLine

	freeCalls []*Call
}

// New returns a usage without calls.
func New(t *transaction.Table, groups Groups) *Usage {
	return &Usage{Table: t, callMemory: new(callMemory), groups: groups}
}

// Share makes a usage work in the memory of another.
func (u *Usage) Share(with *Usage) { u.callMemory = with.callMemory }

// Request takes a request of the dialog of a call, or one that begins or refers to a call.
func (u *Usage) Request(g *transaction.Group, v *transaction.View) {
	switch v.Message.Method {
	case sip.INVITE:
		u.openInvite(g, v)
		return
	case sip.BYE:
		u.openBye(g, v)
		return
	}
	r := u.NewRequest(g, v, transaction.RoleOther)
	u.TakeOver(r)
	c := In(g)
	switch v.Message.Method {
	case sip.REFER:
		u.announceRefer(r, v)
	case sip.UPDATE:
		if c != nil && !c.isBehind(v) {
			r.Call = g.Call
			u.offerStance(c, r, v)
			u.observeFeatures(c, r.Side, v)
			r.Offered = c.describe(v, false)
			c.renegotiated = c.renegotiated || r.Offered
		}
	case sip.INFO:
		if c != nil {
			c.observeTyping(v)
		}
	case sip.PRACK:
		if c != nil {
			c.describe(v, true)
			c.observePRACK(v)
		}
	}
}

// Response takes a final response to a request inside a dialog: to a re-INVITE or UPDATE, which changes the session.
func (u *Usage) Response(r *transaction.Request, _ *transaction.Transaction, v *transaction.View) {
	c := Of(r)
	if c == nil || r.Behind || v.Message.Status >= 300 || r.Method != sip.INVITE && r.Method != sip.UPDATE {
		return
	}
	u.acceptStance(c, r, v)
	u.observeFeatures(c, r.Side.Other(), v)
	u.announceHolds(c, v)
	c.describe(v, r.Offered)
	c.observeInterval(v)
}

// Complete takes the end of a request. An INVITE that began a call is the call's to write.
func (u *Usage) Complete(r *transaction.Request, v *transaction.View, at int64) (said bool) {
	if r.Role == transaction.RoleBye && (r.Progress != transaction.Declined || transaction.InvitesRetry(r.Status)) { // else it was done at once
		u.ByeDone(r, v, at)
	}
	return r.Role == transaction.RoleInvite
}

// Close has nothing to write for a request: the call is written by itself.
func (u *Usage) Close(*transaction.Request, int64) {}

// Expire does what is due for the call of a group. Messages inside the dialog do not move its deadline by themselves.
func (u *Usage) Expire(g *transaction.Group, at int64) {
	c := In(g)
	if c == nil || c.deadline > at {
		return
	}
	if c.schedule(&u.Config); c.deadline <= at && !u.goesOnRinging(c, at) {
		u.finishCall(c, at, timeIsUp)
	}
}

// Observe counts a message of the call of a group, if it has one.
func (u *Usage) Observe(g *transaction.Group, v *transaction.View) {
	if c := In(g); c != nil {
		c.observe(v)
		u.tidyCall(c)
	}
}

// End writes the call of a group as far as it is known when the capture ends.
func (u *Usage) End(g *transaction.Group, at int64) {
	u.finishCall(In(g), at, capturedToTheEnd)
}

// Evict writes the call of a group as far as it is known, to make room.
func (u *Usage) Evict(g *transaction.Group) {
	u.Counters.Evicted[stats.TableCalls]++
	u.finishCall(In(g), u.Now, tableIsFull)
}

// Weigh counts the memory that the call of a group takes, if it has one.
func (u *Usage) Weigh(g *transaction.Group) {
	if c := In(g); c != nil {
		u.Charge(stats.TableCalls, &c.bytes, c.weight())
	}
}

// IsSettingUp reports whether a request is an INVITE of a call that is not answered.
func (u *Usage) IsSettingUp(r *transaction.Request) bool {
	c := Of(r)
	return c != nil && r.Role == transaction.RoleInvite && r.Progress != transaction.Done && !c.confirmed()
}

// IsUndecided reports whether the call of a group has neither a dialog nor a final response.
func (u *Usage) IsUndecided(g *transaction.Group) bool {
	c := In(g)
	return !c.confirmed() && !c.decided()
}

// Knows reports whether a message has a tag of the call of a group.
func (u *Usage) Knows(g *transaction.Group, v *transaction.View) bool {
	c, to := In(g), value.HashTag(v.ToTag)
	return c != nil && (c.sender == v.Sender || c.sender == to || c.fork(v.ToTag) != nil || c.fork(v.FromTag) != nil)
}

// IsStrange reports whether an INVITE outside a dialog has nothing to do with the call of a group but the Call-ID.
func (u *Usage) IsStrange(g *transaction.Group, v *transaction.View) bool {
	return In(g).stranger(v)
}

// ReferAccepted takes the response by which a request of a call was accepted.
func (u *Usage) ReferAccepted(r *transaction.Request, v *transaction.View) {
	if c := In(r.Group); c != nil {
		u.observeFeatures(c, r.Side.Other(), v)
	}
}

// Number returns the number of the call of a group.
func (u *Usage) Number(g *transaction.Group) uint64 { return In(g).number }

// GoesOn reports whether the call of a group has not ended: it waits for its answer, for its BYE and the response to that, or
// for the caller to send credentials.
func (u *Usage) GoesOn(g *transaction.Group) bool {
	c := In(g)
	if c.bye != 0 && c.byeDone == 0 {
		return true
	}
	d := u.disposition(c, capturedToTheEnd, u.Now)
	return d == record.InProgress || d == record.AuthFailed && !c.challenged
}

// NoteEnd notes whether the call of a group has ended, as far as the capture shows, and reports whether that is news.
func (u *Usage) NoteEnd(g *transaction.Group) (news bool) {
	c := In(g)
	if c == nil || c.active != c.endNoted {
		return false
	}
	c.endNoted = !c.active
	return true
}

// LastSeen returns when the last message of the call of a group was seen, but at least a time.
func (u *Usage) LastSeen(g *transaction.Group, atLeast int64) int64 {
	if c := In(g); c != nil {
		return max(c.last, atLeast)
	}
	return atLeast
}

// Release forgets the call of a group without a record.
func (u *Usage) Release(g *transaction.Group) { u.releaseCall(In(g), u.Now) }

// Discard forgets a call that was taken up although its record was written. Nothing of it was counted yet.
func (u *Usage) Discard(g *transaction.Group) {
	c := In(g)
	u.SkipNumber(c.number)
	u.recycleCall(c)
	g.Call, g.Buried = nil, true
}

// Resume takes up the call of a group that another tracker has handed on, after a gap. The correlator of this run knows nothing
// of it.
func (u *Usage) Resume(g *transaction.Group, gap time.Duration) {
	c := In(g)
	u.SkipNumber(c.number)
	u.groups.Enter(g)
	if c.active {
		u.Counters.CallsActive++
	}
	u.Evidence.Count(c.evidence, c.raw, c.closing)
	c.flags |= record.Restart
	c.gap += gap
	c.endNoted = false // not in this run
	c.interval = 0     // it may have been refreshed meanwhile
	c.link.id = 0
	c.link.announced, c.link.holds, c.link.resumed, c.link.outcome = 0, 0, 0, 0
	if c.confirmed() || c.provisional != 0 {
		u.announceLeg(c, c.last)
	}
}

// ClosingOrder returns record.IDHash of the record of a group's call as it is written when the capture ends, and 0 while something
// of the call is still to be announced.
func (u *Usage) ClosingOrder(g *transaction.Group) uint64 {
	c := In(g)
	if c.link.id == 0 || c.link.announced < len(c.link.keys) {
		return 0
	}
	return record.IDHash(record.KindCall, g.CallID, c.start, "", 0)
}

// Move makes the call of a group that of another one.
func (u *Usage) Move(from, to *transaction.Group) {
	c := In(from)
	c.group, to.Call = to, c
}
