package session

import (
	"sipspan/decode/sip"
	"sipspan/record"
	"sipspan/session/link"
	"sipspan/session/value"
)

// openInvite takes an INVITE that is seen for the first time: a new call, another attempt at it, a leg of it beyond an
// element that keeps the Call-ID, or a re-INVITE.
func (u *CallUsage) openInvite(g *group, v *view) {
	c := callIn(g)
	if len(v.toTag) > 0 || c != nil && c.bye == 0 && c.continuedBy(v) {
		u.openReinvite(g, v)
		return
	}
	if c != nil && c.bye != 0 {
		// The Call-ID is used again after the end of its first call.
		u.finishCall(c, v.at, superseded)
		c = nil
	}
	r := u.newRequest(g, v, roleInvite)
	switch {
	case c == nil:
		c = u.openCall(g, v, v.meta.Flags)
	case c.retriedBy(v):
		u.retry(c, r, v)
	case v.sender == c.sender || len(c.hops) == 0:
	case c.cameBy(v):
		c.begunBy(v)
	default:
		r.behind = true
		c.remember(v.sender)
	}
	r.call, r.attempt = c, uint16(c.attempt)
	r.wait(never)
	u.announceNonces(c, v, true, sip.HeaderAuthorization, sip.HeaderProxyAuthorization)
	g.numbers.note(r.sender, r.cseq)
	c.addHop(r, r.nearest(), v)
	if r.cseq == c.cseq && !r.behind {
		if r.offered = c.describe(v, false); r.offered {
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
func (c *call) continuedBy(v *view) bool {
	return c.confirmed() && (c.fromCallee(v) || c.fromCaller(v))
}

// retriedBy reports whether an INVITE is the caller's next attempt at a call.
func (c *call) retriedBy(v *view) bool {
	if c.confirmed() || len(c.hops) == 0 {
		return false
	}
	src := v.meta.Src
	if !v.m.Request {
		src = v.meta.Dst
	}
	if v.sender == c.sender && v.cseq > c.cseq {
		return true // whichever hop of it is seen first
	}
	o := &c.hops[c.origin]
	return o.src.Addr() == src.Addr() && o.final != 0
}

// retry begins another attempt.
func (u *CallUsage) retry(c *call, r *request, v *view) {
	status := 0
	if c.decided() {
		status = c.hops[c.origin].status
	}
	if value.IsChallenge(status) {
		c.challenged, c.formerChallenge = true, c.challenge
	} else if status >= 400 && !negotiable(status) && c.cancel == 0 && status != 487 {
		u.writeAttemptFailure(c, v.at)
		u.recogniseAttempt(c, c.outcome())
	}
	u.followCall(c, r)
	c.keepTry()
	c.attempt++
	c.cseq, c.sender, c.attemptStart = v.cseq, v.sender, v.at
	c.forks = c.forks[:0]
	c.provisional, c.cancel, c.answered, c.forwarded, c.answers = 0, 0, false, 0, 0
	c.revive(u.Counters)
	c.flags |= v.meta.Flags
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
func (u *CallUsage) openReinvite(g *group, v *view) {
	r := u.newRequest(g, v, roleOther)
	r.wait(v.at + u.Config.TimerB())
	if g.call == nil && !g.buried {
		c := u.openCall(g, v, v.meta.Flags|record.MidStream)
		c.established = v.at
		c.schedule(&u.Config)
	}
	r.call = g.call
	r.behind = g.call != nil && callIn(g).isBehind(v)
	if g.call != nil && !r.behind {
		u.offerStance(callIn(g), r, v)
		r.offered = callIn(g).describe(v, false)
		callIn(g).renegotiated = true
		u.observeFeatures(callIn(g), r.side, v)
	}
	u.takeOver(r)
}

// joinCallUnasked puts the response to an INVITE that was not seen where it belongs: into the call of its Call-ID, or
// one that it opens in mid-stream. The way of the response tells the hop.
func (u *CallUsage) joinCallUnasked(g *group, r *request, v *view) {
	c := callIn(g)
	switch {
	case c == nil:
		c = u.openCall(g, v, v.meta.Flags|record.MidStream)
	case c.retriedBy(v):
		u.retry(c, r, v)
	case v.sender != c.sender && len(c.hops) > 0:
		r.behind = true
		c.remember(v.sender)
	}
	r.call, r.attempt = c, uint16(c.attempt)
	r.wait(never)
	c.addHop(r, r.nearest(), v)
}

// inviteResponse takes a new response to the INVITE of a call.
func (u *CallUsage) inviteResponse(r *request, x *transaction, v *view) {
	c := callOf(r)
	status := v.m.Status
	decided := x.final != 0
	if status >= 200 && !decided {
		u.countPeerResponse(x, status)
	}
	if status >= 200 && (x.final == 0 || value.Success(status)) {
		x.status, x.final, x.answerer = uint16(status), v.at, v.meta.Src
	}
	if c == nil {
		u.linger(r, v.at)
		return
	}
	h := c.hopOf(x)
	if status < 200 {
		c.provisional = v.at
		if status == 181 && c.forwarded == 0 {
			c.forwarded, c.forwardedHop = v.at, x.hop
		}
		if status > 100 && !x.below && !r.behind {
			c.answers++
		}
	}
	if r.cseq != c.cseq && h == nil {
		return // an attempt that is over
	}
	var f uint64
	if status > 100 {
		f = v.fingerprint()
		if r.behind {
			c.remember(value.HashTag(v.toTag))
		} else {
			c.observeFork(x, v)
		}
		if status < 300 && r.described != f && !r.behind {
			r.described = f
			if c.answeredByOther(v) {
				c.keepOther(v)
			} else {
				c.describe(v, r.offered)
			}
		}
		if id := v.m.Header(sip.HeaderSessionID); id != nil {
			c.addSessionID(id)
		}
	}
	if h != nil {
		if status == 302 || status == 303 {
			c.observeRedirection(h, v, f)
		}
		c.observeAtHop(h, v, f)
		if value.IsChallenge(status) && c.atTop(h) {
			c.challenge = challengeIn(v)
			u.announceNonces(c, v, false, sip.HeaderWWWAuthenticate, sip.HeaderProxyAuthenticate)
		}
	}
	c.observeInterval(v)
	if value.Success(status) {
		c.answered = true
		if !r.behind && (c.winner.Len == 0 || !x.below && !c.shown(c.winner)) {
			c.winner = c.text.Add(v.toTag)
		}
	}
	if status > 100 && !value.IsChallenge(status) {
		u.announceLeg(c, v.at)
		if status < 300 {
			u.observeFeatures(c, link.CalleeSide, v)
		}
		if status >= 200 && (status < 300 || h == &c.hops[c.origin]) {
			u.announceOutcome(c, v.at, status)
		}
	}
	if status >= 200 && !x.below {
		r.lead()
		c.lead()
		if n := r.nearest(); n.final != 0 {
			r.status, r.final = int(n.status), n.final
			u.linger(r, v.at)
			if !value.Success(r.status) && c.decided() {
				c.retire(u.Counters)
			}
		}
	}
	c.schedule(&u.Config)
	if status >= 200 && !decided {
		u.signalInviteFinal(r, x, v)
	}
}

// observeAtHop notes a response with the given fingerprint.
func (c *call) observeAtHop(h *hop, v *view, fingerprint uint64) {
	status := v.m.Status
	if h.firstResponse == 0 {
		h.firstResponse = v.at
	}
	if status < 200 {
		if h.alerted == 0 && status > 100 && status != 181 {
			h.alerted = v.at
		}
		if status > 100 && h.shown == 0 {
			h.shown = v.at
			if h.progress == 0 {
				h.progress = v.at
			}
		}
		if status == 180 {
			h.rings = true
			if h.ring == 0 {
				h.ring = v.at
			}
		}
		return
	}
	if h.final != 0 && h.status != 0 && (value.Success(h.status) || !value.Success(status)) {
		return
	}
	h.final, h.byACK, h.status, h.answerer, h.finalHash = v.at, false, status, v.meta.Src, fingerprint
	c.text.Put(&h.reason, v.m.ReasonPhrase())
	c.text.Put(&h.agent, v.agent())
}
