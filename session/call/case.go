package call

import (
	"net/netip"
	"time"

	"sipspan/decode/sip"
	"sipspan/record"
	"sipspan/session/evidence"
	"sipspan/session/transaction"
	"sipspan/session/value"
)

// callCause returns why a call failed or ended as it did, nil where there is nothing to explain.
func (u *Usage) callCause(c *Call, rec *record.Call, source *hop, at int64) *record.Cause {
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
		if k.Wait == evidence.NoFinal && r.Lack() == evidence.NoResponse {
			k.Wait = evidence.NoResponse
		}
		k.Path = r.Path(k.Path, rec.Status, origin)
		k.Looped = r.Looped
		k.Network = u.EventsAbout(k.Network, r, c.attemptStart, k.End)
	}
	return u.Explain(k, plain)
}

// callCase begins the case of a call.
func (u *Usage) callCase(c *Call) *evidence.Case {
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
func (c *Call) invite() *transaction.Request {
	for _, r := range c.group.Requests {
		if r.Call == c && r.Role == transaction.RoleInvite && r.CSeq == c.cseq {
			return r
		}
	}
	return nil
}

// endingCause returns what was unusual about the end of an answered call, nil where nothing was.
func (u *Usage) endingCause(c *Call, rec *record.Call, origin netip.AddrPort, at int64) *record.Cause {
	wait := evidence.NoWait
	switch {
	case rec.AckMissing:
		wait = evidence.NoACK
	case c.answerRepeated >= 3 && c.acked:
		wait = evidence.ACKLost
	case c.ranOut(at):
		wait = evidence.NoRefresh
	}
	short := rec.Duration.Known && rec.Duration.D <= transaction.ShortTalk && (c.outside() || value.Outside(origin.Addr()))
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

// sketchAnswer writes what is kept of the 2xx to the INVITE of a call: the Contact of who answered, and their session
// description as long as the call still has the one it began with. It is valid until the next sketch.
func (u *Usage) sketchAnswer(c *Call, rec *record.Call) []byte {
	buf := append(u.Sketched[:0], "SIP/2.0 200 OK\r\n"...)
	for i := range rec.Forks {
		if f := &rec.Forks[i]; f.Answered && f.Contact != "" {
			buf = append(append(append(buf, "Contact: <"...), f.Contact...), ">\r\n"...)
			break
		}
	}
	offer, answer := c.descriptions()
	if c.offeredByCallee {
		answer = offer
	}
	if len(answer) > 0 && !c.renegotiated {
		buf = append(append(buf, "Content-Type: application/sdp\r\n\r\n"...), answer...)
	} else {
		buf = append(buf, "\r\n"...)
	}
	u.Sketched = buf
	return buf
}

// keepClosing keeps the CANCEL or BYE that ends a call when it gives a reason. A BYE follows a CANCEL that came too late.
func (u *Usage) keepClosing(c *Call, v *transaction.View) {
	if u.Explainer != nil && evidence.Says(v.Message) > 0 && (len(c.closing) == 0 || v.Message.Method == sip.BYE && c.bye == 0) {
		u.Evidence.Release(c.closing)
		c.closing = u.Evidence.Header(v.Message)
	}
}

// followCall gives the next attempt at a call what is kept of the one before.
func (u *Usage) followCall(c *Call, r *transaction.Request) {
	raw, e := c.attempted(r)
	if c.decided() {
		u.Inherit(r, raw, e, c.hops[c.origin].final)
	}
}

// attempted returns what is kept of the present attempt at a call: with its INVITE, or with the call when that has been
// forgotten. except is the INVITE that is being handled.
func (c *Call) attempted(except *transaction.Request) (raw *[]byte, e *evidence.Refusal) {
	for _, r := range c.group.Requests {
		if r != except && r.Call == c && r.Role == transaction.RoleInvite && r.CSeq == c.cseq {
			return &r.Raw, r.Evidence
		}
	}
	return &c.raw, c.evidence
}

// Adopt takes over what is kept of the INVITE of the present attempt when that is forgotten before its call: of one that
// failed, and of one whose sender may be behind a NAT.
func (u *Usage) Adopt(r *transaction.Request) {
	c := Of(r)
	if c == nil || r.Role != transaction.RoleInvite || r.CSeq != c.cseq || r.Evidence == nil && !c.outside() {
		return
	}
	u.Evidence.Release(c.raw)
	c.raw, r.Raw = r.Raw, nil
	c.evidence, r.Evidence = r.Evidence, c.evidence
}

// outside reports whether the caller's address is a public one.
func (c *Call) outside() bool { return value.Outside(c.src.Addr()) }
