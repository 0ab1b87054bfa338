package session

import (
	"net/netip"
	"time"

	"sipspan/decode/sip"
	"sipspan/record"
	"sipspan/session/evidence"
	"sipspan/session/value"
)

// callCause says why a call failed or ended as it did, nil when there is nothing to say.
func (u *CallUsage) callCause(c *call, rec *record.Call, source *hop, at int64) *record.Cause {
	var origin netip.AddrPort
	if source != nil {
		origin = source.answeredBy()
	}
	plain := c.cause(rec, origin)
	if u.Explainer == nil {
		return plain
	}
	if rec.Disposition == record.Answered {
		return u.endingCause(c, rec, origin, at)
	}
	if plain == nil {
		return nil
	}
	k := u.callCase(c)
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
		k.Network = u.eventsAbout(k.Network, r, c.attemptStart, k.End)
	}
	return u.Explain(k, plain)
}

// callCase begins the case of a call.
func (u *CallUsage) callCase(c *call) *evidence.Case {
	k := &u.Scratch
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

// endingCause says what was odd about the end of an answered call, nil when nothing was.
func (u *CallUsage) endingCause(c *call, rec *record.Call, origin netip.AddrPort, at int64) *record.Cause {
	wait := evidence.NoWait
	switch {
	case rec.AckMissing:
		wait = evidence.NoACK
	case c.answerRepeated >= 3 && c.acked:
		wait = evidence.ACKLost
	case c.ranOut(at):
		wait = evidence.NoRefresh
	}
	short := rec.Duration.Known && rec.Duration.D <= shortTalk && (c.outside() || value.Outside(origin.Addr()))
	if wait == evidence.NoWait && len(c.closing) == 0 && !short {
		return nil
	}
	k := u.callCase(c)
	k.Status, k.Phrase, k.End, k.Origin = rec.Status, rec.Reason, c.bye, origin
	if k.End == 0 {
		k.End = rec.Start + int64(rec.Setup.D)
	}
	k.Wait, k.Interval = wait, time.Duration(c.interval)*time.Second
	if o := c.outcome(); o != nil && o.status == rec.Status {
		k.Told = o.final
	}
	k.Response = u.sketchAnswer(c, rec)
	if rec.Duration.Known {
		k.Talk = rec.Duration.D
	}
	return u.Explain(k, nil)
}
