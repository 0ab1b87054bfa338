package session

import (
	"net/netip"
	"strconv"
	"time"

	"sipspan/decode/sip"
	"sipspan/record"
	"sipspan/session/evidence"
)

// newCase begins the case of a request from what its transactions show. It is valid until the next one.
func (t *Tracker) newCase(r *request) *evidence.Case {
	k := &t.scratch
	k.Reset()
	n := r.nearest()
	k.Method = r.methodName()
	k.Src, k.Dst = n.src, n.dst
	if k.Place = evidence.UnknownPlace; r.captured() {
		k.Start, k.Vias = r.start, int(n.vias)
		if k.Place = evidence.Outside; r.inside {
			k.Place = evidence.Inside
		}
	}
	if k.Request = r.raw; len(r.raw) == 0 {
		k.Request = t.sketch(r)
	}
	k.AddRefusal(r.evidence)
	return k
}

// requestCause says why a request failed, nil if it did not. at is when the wait for its answer ended.
func (t *Tracker) requestCause(r *request, p *parties, timedOut bool, at int64) *record.Cause {
	if r.open {
		return nil
	}
	plain := r.cause(p, timedOut)
	if plain == nil || t.Explainer == nil {
		return plain
	}
	if r.explained != nil {
		cause := *r.explained
		return &cause
	}
	k := t.newCase(r)
	k.Status, k.Phrase, k.End = r.status, p.text.of(r.reason), at
	if r.status != 0 {
		k.End, k.Told = r.final, r.final
		k.Origin = r.generator()
		k.LowCSeq, k.Crossed, k.Outlived, k.Glare = r.lowCSeq, r.crossed, r.outlived, r.glared
	} else {
		k.Wait = r.lack()
		k.OneSided = r.lost
	}
	k.Path = r.path(k.Path, r.status, k.Origin)
	k.Looped = r.looped
	k.Network = t.eventsAbout(k.Network, r, r.start, k.End)
	r.explained = t.explain(k, plain)
	return r.explained
}

// lack says what an unanswered request waits for.
func (r *request) lack() evidence.Wait {
	if r.farthest().responses == ([6]uint32{}) {
		return evidence.NoResponse
	}
	return evidence.NoFinal
}

// farthest returns the transaction of the request at the last hop without a final response.
func (r *request) farthest() *transaction {
	last := r.nearest()
	for i := range r.transactions {
		if x := &r.transactions[i]; x.method == r.method && x.final == 0 && x.vias >= last.vias {
			last = x
		}
	}
	return last
}

// path appends the hops from the sender to the one from whom the status came, or who did not answer; of a loop, as far
// as it was seen.
func (r *request) path(list []evidence.Hop, status int, from netip.AddrPort) []evidence.Hop {
	x := r.farthest()
	if status != 0 && !r.looped {
		x = r.nearest()
		for i := range r.transactions {
			if y := &r.transactions[i]; y.method == r.method && int(y.status) == status && y.answerer == from && (x.answerer != from || y.final <= x.final) {
				x = y
			}
		}
	}
	for {
		list = append(list, evidence.Hop{Src: x.src, Dst: x.dst, Status: int(x.status)})
		if x = r.before(x); x == nil {
			break
		}
	}
	for i, j := 0, len(list)-1; i < j; i, j = i+1, j-1 {
		list[i], list[j] = list[j], list[i]
	}
	return list
}

// before returns the transaction of the hop before x, nil if it was not seen: the one with the most Vias of those that
// have fewer than x, and rather one that led to the sender of x.
func (r *request) before(x *transaction) (best *transaction) {
	fits := func(y *transaction) bool { return y.dst.Addr() == x.src.Addr() }
	for i := range r.transactions {
		y := &r.transactions[i]
		if y.method != r.method || y.vias >= x.vias {
			continue
		}
		if best == nil || fits(y) && !fits(best) || fits(y) == fits(best) && y.vias > best.vias {
			best = y
		}
	}
	return best
}

// callCause says why a call failed or ended as it did, nil when there is nothing to say.
func (t *Tracker) callCause(c *call, rec *record.Call, source *hop, at int64) *record.Cause {
	var origin netip.AddrPort
	if source != nil {
		origin = source.answeredBy()
	}
	plain := c.cause(rec, origin)
	if t.Explainer == nil {
		return plain
	}
	if rec.Disposition == record.Answered {
		return t.endingCause(c, rec, origin, at)
	}
	if plain == nil {
		return nil
	}
	k := t.callCase(c)
	k.Status, k.Phrase, k.End, k.Origin = rec.Status, rec.Reason, rec.End, origin
	if o := c.outcome(); o != nil && o.status == rec.Status {
		k.Told = o.final
	}
	k.Answers = c.answers
	k.Ring = record.Between(c.rang(), k.Told).D
	c.tellUnreliable(k)
	k.OneSided = rec.Confidence.Flags&record.OneWay != 0
	if rec.Status == 0 && rec.Disposition != record.Cancelled {
		k.Wait = evidence.NoFinal
		switch {
		case rec.Disposition == record.Failed:
			k.Wait = evidence.UnseenFailure
		case c.provisional == 0:
			k.Wait = evidence.NoResponse
		}
	}
	if r := c.invite(); r != nil {
		if k.Wait == evidence.NoFinal && r.lack() == evidence.NoResponse {
			k.Wait = evidence.NoResponse
		}
		k.Path = r.path(k.Path, rec.Status, origin)
		k.Looped = r.looped
		k.Network = t.eventsAbout(k.Network, r, c.attemptStart, k.End)
	}
	return t.explain(k, plain)
}

// callCase begins the case of a call.
func (t *Tracker) callCase(c *call) *evidence.Case {
	k := &t.scratch
	k.Reset()
	k.Method = sip.INVITE.String()
	k.Src, k.Dst = c.src, c.dst
	k.Place = evidence.UnknownPlace
	if len(c.hops) > 0 {
		o := &c.hops[c.origin]
		k.Src, k.Dst = o.src, o.dst
		if !o.unasked {
			k.Start, k.Vias, k.Place = c.attemptStart, o.vias, evidence.Outside
		}
	}
	raw, e := c.attempted(nil)
	k.Request = *raw
	k.AddRefusal(e)
	k.Closing = c.closing
	return k
}

// invite returns the INVITE of the present attempt, nil when it has been forgotten.
func (c *call) invite() *request {
	for _, r := range c.group.requests {
		if r.call == c && r.role == roleInvite && r.cseq == c.cseq {
			return r
		}
	}
	return nil
}

// shortTalk is up to how long people talk into a call that they cannot hear.
const shortTalk = 15 * time.Second

// endingCause says what was odd about the end of an answered call, nil when nothing was.
func (t *Tracker) endingCause(c *call, rec *record.Call, origin netip.AddrPort, at int64) *record.Cause {
	wait := evidence.NoWait
	switch {
	case rec.AckMissing:
		wait = evidence.NoACK
	case c.answerRepeated >= 3 && c.acked:
		wait = evidence.ACKLost
	case c.ranOut(at):
		wait = evidence.NoRefresh
	}
	short := rec.Duration.Known && rec.Duration.D <= shortTalk && (c.outside() || outside(origin.Addr()))
	if wait == evidence.NoWait && len(c.closing) == 0 && !short {
		return nil
	}
	k := t.callCase(c)
	k.Status, k.Phrase, k.End, k.Origin = rec.Status, rec.Reason, c.bye, origin
	if k.End == 0 {
		k.End = rec.Start + int64(rec.Setup.D)
	}
	k.Wait, k.Interval = wait, time.Duration(c.interval)*time.Second
	if o := c.outcome(); o != nil && o.status == rec.Status {
		k.Told = o.final
	}
	k.Response = t.sketchAnswer(c, rec)
	if rec.Duration.Known {
		k.Talk = rec.Duration.D
	}
	return t.explain(k, nil)
}

// subscribeCause says why a SUBSCRIBE failed.
func (t *Tracker) subscribeCause(r *request, at int64) *record.Cause {
	p := r.seal()
	return t.requestCause(r, &p, true, at)
}

// subscriptionCause says why a subscription failed or ran out, nil if it did neither.
func (t *Tracker) subscriptionCause(s *subscription, rec *record.Subscription) *record.Cause {
	switch {
	case s.outcome == record.Expired:
		return t.expiryCause(s)
	case s.outcome != record.OutcomeRejected && s.outcome != record.OutcomeTimeout:
		return nil
	case s.cause != nil:
		return s.cause
	case s.outcome == record.OutcomeTimeout && s.answered != 0:
		return t.notifyCause(s, rec)
	case s.outcome == record.OutcomeTimeout:
		return timeoutCause("timer_f")
	}
	return &record.Cause{Source: "sip", Code: strconv.Itoa(s.status), Text: rec.Reason, Origin: rec.Dst}
}
