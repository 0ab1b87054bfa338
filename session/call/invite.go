package call

import (
	"sipspan/decode/sip"
	"sipspan/record"
	"sipspan/session/link"
	"sipspan/session/transaction"
	"sipspan/session/value"
)

// openInvite takes an INVITE that is seen for the first time: a new call, another attempt at it, a leg of it beyond an
// element that keeps the Call-ID, or a re-INVITE.
func (u *Usage) openInvite(g *transaction.Group, v *transaction.View) {
	c := In(g)
	if len(v.ToTag) > 0 || c != nil && c.bye == 0 && c.continuedBy(v) {
		u.openReinvite(g, v)
		return
	}
	if c != nil && c.bye != 0 {
		// The Call-ID is used again after the end of its first call.
		u.finishCall(c, v.At, superseded)
		c = nil
	}
	r := u.NewRequest(g, v, transaction.RoleInvite)
	switch {
	case c == nil:
		c = u.openCall(g, v, v.Meta.Flags)
		u.signalPlaced(r, v.At)
	case c.retriedBy(v):
		u.retry(c, r, v)
	case v.Sender == c.sender || len(c.hops) == 0:
	case c.cameBy(v):
		c.begunBy(v)
	default:
		r.Behind = true
		c.remember(v.Sender)
	}
	r.Call, r.Attempt = c, uint16(c.attempt)
	r.Wait(transaction.Never)
	u.announceNonces(c, v, true, sip.HeaderAuthorization, sip.HeaderProxyAuthorization)
	g.Numbers.Note(r.Sender, r.CSeq)
	c.addHop(r, r.Nearest(), v)
	if r.CSeq == c.cseq && !r.Behind {
		if r.Offered = c.describe(v, false); r.Offered {
			offer, _ := c.descriptions()
			c.link.readOffer(offer)
		}
	}
	c.link.focus = focusOf(v)
	c.link.mixes[link.CallerSide] = c.link.focus != 0
	c.link.ordinary[link.CallerSide] = c.link.focus == 0
	u.readLinks(c, v)
	c.schedule(&u.Config)
}

// continuedBy reports whether an INVITE without a To tag is a re-INVITE all the same: user agents of RFC 2543 send none.
func (c *Call) continuedBy(v *transaction.View) bool {
	return c.confirmed() && (c.fromCallee(v) || c.fromCaller(v))
}

// retriedBy reports whether an INVITE is the caller's next attempt at a call.
func (c *Call) retriedBy(v *transaction.View) bool {
	if c.confirmed() || len(c.hops) == 0 {
		return false
	}
	src := v.Meta.Src
	if !v.Message.Request {
		src = v.Meta.Dst
	}
	if v.Sender == c.sender && v.CSeq > c.cseq {
		return true // whichever hop of it is seen first
	}
	o := &c.hops[c.origin]
	return o.src.Addr() == src.Addr() && o.final != 0
}

// retry begins another attempt.
func (u *Usage) retry(c *Call, r *transaction.Request, v *transaction.View) {
	status := 0
	if c.decided() {
		status = c.hops[c.origin].status
	}
	if value.IsChallenge(status) {
		c.challenged, c.formerChallenge = true, c.challenge
	} else if status >= 400 && !negotiable(status) && c.cancel == 0 && status != 487 {
		u.writeAttemptFailure(c, v.At)
		u.recogniseAttempt(c, c.outcome())
	}
	u.followCall(c, r)
	c.keepTry()
	c.attempt++
	c.cseq, c.sender, c.attemptStart = v.CSeq, v.Sender, v.At
	c.forks = c.forks[:0]
	c.provisional, c.cancel, c.answered, c.forwarded, c.answers = 0, 0, false, 0, 0
	c.revive(u.Counters)
	c.flags |= v.Meta.Flags
}

// negotiable reports whether a user agent may try again by itself after this status, so that one who succeeds then has
// not failed before (RFC 3261 section 8.1.3.5, RFC 3329, RFC 4028, RFC 8224; 488 and 503 by common practice).
func negotiable(status int) bool {
	switch status {
	case 401, 407, 413, 415, 416, 420, 421, 422, 423, 428, 436, 437, 438, 488, 494, 503:
		return true
	}
	return status >= 300 && status < 400
}

// openReinvite takes an INVITE inside a dialog. One whose dialog was never seen opens a call in mid-stream.
func (u *Usage) openReinvite(g *transaction.Group, v *transaction.View) {
	r := u.NewRequest(g, v, transaction.RoleOther)
	r.Wait(v.At + u.Config.TimerB())
	if g.Call == nil && !g.Buried {
		c := u.openCall(g, v, v.Meta.Flags|record.MidStream)
		c.established = v.At
		c.schedule(&u.Config)
	}
	r.Call = g.Call
	r.Behind = g.Call != nil && In(g).isBehind(v)
	if g.Call != nil && !r.Behind {
		u.offerStance(In(g), r, v)
		r.Offered = In(g).describe(v, false)
		In(g).renegotiated = true
		u.observeFeatures(In(g), r.Side, v)
	}
	u.TakeOver(r)
}

// JoinCallUnasked puts the response to an INVITE that was not seen where it belongs: into the call of its Call-ID, or
// one that it opens in mid-stream. The addresses of the response show the hop.
func (u *Usage) JoinCallUnasked(g *transaction.Group, r *transaction.Request, v *transaction.View) {
	c := In(g)
	switch {
	case c == nil:
		c = u.openCall(g, v, v.Meta.Flags|record.MidStream)
	case c.retriedBy(v):
		u.retry(c, r, v)
	case v.Sender != c.sender && len(c.hops) > 0:
		r.Behind = true
		c.remember(v.Sender)
	}
	r.Call, r.Attempt = c, uint16(c.attempt)
	r.Wait(transaction.Never)
	c.addHop(r, r.Nearest(), v)
}

// InviteResponse takes a new response to the INVITE of a call.
func (u *Usage) InviteResponse(r *transaction.Request, x *transaction.Transaction, v *transaction.View) {
	status := v.Message.Status
	final := status >= 200
	first := final && x.Final == 0
	if first {
		u.CountPeerResponse(x, status)
	}
	if first || value.Success(status) {
		x.Status, x.Final, x.Answerer = uint16(status), v.At, v.Meta.Src
	}
	c := Of(r)
	if c == nil {
		u.Linger(r, v.At)
		return
	}
	if !final {
		c.observeProvisional(r, x, v)
	}
	h := c.hopOf(x)
	if r.CSeq != c.cseq && h == nil {
		return // an attempt that is over
	}
	var f uint64
	if status > 100 {
		f = v.Fingerprint()
		c.observeDialog(r, x, v, f)
	}
	if h != nil {
		u.observeAt(c, h, v, f)
	}
	c.observeInterval(v)
	if value.Success(status) {
		c.observeAnswer(r, x, v)
	}
	if status > 100 && !value.IsChallenge(status) {
		u.announceLeg(c, v.At)
		if status < 300 {
			u.observeFeatures(c, link.CalleeSide, v)
		}
		if final && (status < 300 || h == &c.hops[c.origin]) {
			u.announceOutcome(c, v.At, status)
		}
	}
	if final && !x.Below {
		u.decide(c, r, v.At)
	}
	c.schedule(&u.Config)
	if first {
		u.signalInviteFinal(r, x, v)
	}
}

// observeProvisional takes a response that shows how far the INVITE has come.
func (c *Call) observeProvisional(r *transaction.Request, x *transaction.Transaction, v *transaction.View) {
	c.provisional = v.At
	if v.Message.Status == 181 && c.forwarded == 0 {
		c.forwarded, c.forwardedHop = v.At, x.Hop
	}
	if v.Message.Status > 100 && !x.Below && !r.Behind {
		c.answers++
	}
}

// observeDialog takes what a response with the given fingerprint shows of the dialog that it belongs to, and of the session.
func (c *Call) observeDialog(r *transaction.Request, x *transaction.Transaction, v *transaction.View, fingerprint uint64) {
	if id := v.Message.Header(sip.HeaderSessionID); id != nil {
		c.addSessionID(id)
	}
	c.addCorrelation(v)
	if r.Behind {
		c.remember(value.HashTag(v.ToTag))
		return
	}
	c.observeFork(x, v)
	if v.Message.Status >= 300 || r.Described == fingerprint {
		return
	}
	r.Described = fingerprint
	if c.answeredByOther(v) {
		c.keepOther(v)
	} else {
		c.describe(v, r.Offered)
	}
}

// observeAt takes a response with the given fingerprint at a hop of the attempt.
func (u *Usage) observeAt(c *Call, h *hop, v *transaction.View, fingerprint uint64) {
	status := v.Message.Status
	if status == 302 || status == 303 {
		c.observeRedirection(h, v, fingerprint)
	}
	c.observeAtHop(h, v, fingerprint)
	if value.IsChallenge(status) && c.atTop(h) {
		c.challenge = transaction.ChallengeIn(v)
		u.announceNonces(c, v, false, sip.HeaderWWWAuthenticate, sip.HeaderProxyAuthenticate)
	}
}

// observeAnswer takes a 2xx.
func (c *Call) observeAnswer(r *transaction.Request, x *transaction.Transaction, v *transaction.View) {
	c.answered = true
	if !r.Behind && (c.winner.Len == 0 || !x.Below && !c.shown(c.winner)) {
		c.winner = c.text.Add(v.ToTag)
	}
}

// decide takes a final response at a top branch: with it, the sender of the INVITE may have received its answer.
func (u *Usage) decide(c *Call, r *transaction.Request, at int64) {
	r.Lead()
	c.lead()
	n := r.Nearest()
	if n.Final == 0 {
		return
	}
	r.Status, r.Final = int(n.Status), n.Final
	u.Linger(r, at)
	if !value.Success(r.Status) && c.decided() {
		c.retire(u.Counters)
	}
}

// observeAtHop notes a response with the given fingerprint.
func (c *Call) observeAtHop(h *hop, v *transaction.View, fingerprint uint64) {
	status := v.Message.Status
	if h.firstResponse == 0 {
		h.firstResponse = v.At
	}
	if status < 200 {
		if h.alerted == 0 && status > 100 && status != 181 {
			h.alerted = v.At
		}
		if status > 100 && h.shown == 0 {
			h.shown = v.At
			if h.progress == 0 {
				h.progress = v.At
			}
		}
		if status == 180 {
			h.rings = true
			if h.ring == 0 {
				h.ring = v.At
			}
		}
		return
	}
	if h.final != 0 && h.status != 0 && (value.Success(h.status) || !value.Success(status)) {
		return
	}
	h.final, h.byACK, h.status, h.answerer, h.finalHash = v.At, false, status, v.Meta.Src, fingerprint
	c.text.Put(&h.reason, v.Message.ReasonPhrase())
	c.text.Put(&h.agent, v.Agent())
}

// FurtherHop takes a request of a call at another hop than those before.
func (u *Usage) FurtherHop(r *transaction.Request, x *transaction.Transaction, v *transaction.View) {
	c := Of(r)
	switch {
	case c == nil:
	case r.Role == transaction.RoleBye:
		if c.skewed && c.bye == r.Start && c.atOrigin(v) {
			c.bye = v.At
		}
	case r.Role == transaction.RoleInvite:
		if !x.Below {
			u.reopen(c, r)
		}
		c.addHop(r, x, v)
		u.readLinks(c, v)
		if c.link.id != 0 {
			u.announceKeys(c, v.At)
		}
		c.schedule(&u.Config)
		u.signalGivenUp(r, x, v.At)
	}
}

// reopen takes an INVITE that goes to another place after it was refused at those before.
func (u *Usage) reopen(c *Call, r *transaction.Request) {
	if r.Progress == transaction.Done && !value.Success(r.Status) && r.Attempt == uint16(c.attempt) {
		r.Progress, r.Status, r.Final = transaction.Waiting, 0, 0
		r.Wait(transaction.Never)
		c.revive(u.Counters)
	}
}

// AdoptInvite gives a call what its INVITE carries.
func (u *Usage) AdoptInvite(c *Call, r *transaction.Request, x *transaction.Transaction, v *transaction.View) {
	if c.uri.Len == 0 {
		c.uri, c.agent = c.text.Add(v.Message.RequestURI()), c.text.Add(v.Agent())
		c.src, c.dst = v.Meta.Src, v.Meta.Dst
	}
	if h := c.hopOf(x); h != nil {
		c.readTarget(h, v.Message.RequestURI())
	}
	c.readIdentity(v)
	c.observeDiversion(v)
	if r.Offered = c.describe(v, false); r.Offered {
		offer, _ := c.descriptions()
		c.link.readOffer(offer)
	}
	u.readLinks(c, v)
	if c.link.id != 0 {
		u.announceKeys(c, v.At)
	}
}

// UnaskedHop takes a hop of an INVITE that only a response shows.
func (u *Usage) UnaskedHop(r *transaction.Request, x *transaction.Transaction, v *transaction.View) {
	Of(r).addHop(r, x, v)
}

// ConfirmedIn reports whether a group has a call whose dialog is confirmed.
func (u *Usage) ConfirmedIn(g *transaction.Group) bool {
	c := In(g)
	return c != nil && c.confirmed()
}
