package call

import (
	"net/netip"
	"strconv"

	"sipspan/decode/sip"
	"sipspan/internal/wire"
	"sipspan/record"
	"sipspan/session/link"
	"sipspan/session/shard"
	"sipspan/session/store"
	"sipspan/session/value"
)

// ending is why a call is written.
type ending uint8

const (
	timeIsUp         ending = iota // its deadline has come
	capturedToTheEnd               // the capture is over
	tableIsFull                    // it had to make room
	superseded                     // its Call-ID begins another call
)

// finishCall writes a call and forgets it.
func (u *Usage) finishCall(c *Call, at int64, why ending) {
	if why == tableIsFull {
		c.flags |= record.TableFull
	}
	u.announceLeg(c, at)
	c.endRefused()
	c.endBehind()
	rec := u.callRecord(c, at, why)
	u.signalCallUnanswered(c, rec, at)
	cut := why == capturedToTheEnd && rec.Disposition == record.AuthFailed && !c.challenged
	if cut {
		rec.Cause = nil
	}
	u.Emit(at, &link.FinishedCall{Call: rec, Session: c.link.id, Cut: cut})
	if !cut && failed(c, rec) {
		u.Emit(at, u.callFailure(c, rec))
	}
	u.releaseCall(c, at)
}

// failed reports whether a call is a failed request that a person would want explained.
func failed(c *Call, rec *record.Call) bool {
	switch rec.Disposition {
	case record.InProgress, record.Answered, record.Cancelled, record.Redirected, record.Challenged:
		return false
	case record.NoAnswer:
		return rec.Status >= 400 || c.cutOff // nothing failed because nothing more was seen
	case record.Timeout:
		// When the capture did not hold the INVITE, it is not known how long it waited.
		return c.unreached() && c.flags&(record.MidStream|record.Restart) == 0
	}
	return rec.Status >= 400 || rec.Disposition == record.Failed
}

// unreached reports whether an INVITE came to a hop from which nothing came back. That nothing followed a provisional
// response is no failure that the capture shows.
func (c *Call) unreached() bool { return c.provisional == 0 || c.deadEnd() != 0 }

// callRecord makes the record of a call.
func (u *Usage) callRecord(c *Call, at int64, why ending) *record.Call {
	c.learnFinal()
	rec := &record.Call{Disposition: u.disposition(c, why, at)}
	outcome := c.outcome()
	if rec.Disposition == record.InProgress && !c.decided() {
		outcome = nil // the caller received nothing yet
	}
	if outcome != nil && c.confirmed() && !value.Success(outcome.status) {
		outcome = nil // the first hop showed the failure of one fork; another, or the dialog, went on
	}
	var source *hop
	if outcome != nil {
		source = c.generator(outcome)
	}
	flags := c.flags
	if u.oneWay(c, at) {
		flags |= record.OneWay
	}

	// All strings go into the text of the call before it becomes one string.
	x := &c.text
	kept := x.Size()
	caller, callee := c.ends()
	if c.src == (netip.AddrPort{}) && len(c.hops) == 0 {
		caller, callee = netip.AddrPort{}, netip.AddrPort{}
	}
	callerAddr, calleeAddr := x.Address(caller), x.Address(callee)
	u.pieces = u.pieces[:0]
	for i := range c.hops {
		u.pieces = append(u.pieces, x.Address(c.hops[i].src), x.Address(c.hops[i].dst))
	}
	media := u.readMedia(c)
	noted := len(c.notes)
	u.recognise(c, outcome, media)
	s := x.Seal()

	rec.Header = u.Header(record.KindCall, c.group.CallID, c.start, c.end(rec.Disposition, outcome, at), "", 0)
	rec.Confidence.Flags, rec.Confidence.Gap = flags, value.Known(c.gap)
	rec.Session = c.number
	rec.Place, rec.Correlation = c.group.Origin, s.Of(c.correlation())
	rec.Peers = u.PeersOf(caller, callee)
	if rec.Peers.To == "" {
		rec.Peers.To = u.deepestPeer(c)
	}
	rec.PeerLegs = u.peerLegs(c)
	rec.From = record.Party{URI: s.Of(c.fromURI), Display: s.Of(c.fromName), Tag: s.Of(c.fromTag)}
	rec.To = record.Party{URI: s.Of(c.toURI), Display: s.Of(c.toName), Tag: s.Of(c.remoteTag(outcome))}
	rec.RequestURI = s.Of(c.uri)
	rec.Caller = record.Endpoint{Addr: s.Of(callerAddr), UserAgent: s.Of(c.agent)}
	rec.Callee = record.Endpoint{Addr: s.Of(calleeAddr)}
	if source != nil {
		rec.Callee.UserAgent = s.Of(source.agent)
	}
	if outcome != nil {
		rec.Status, rec.Reason = outcome.status, s.Of(outcome.reason)
	}
	for _, p := range c.identity {
		rec.AssertedIdentity = append(rec.AssertedIdentity, s.Of(p))
	}
	c.times(rec, outcome)
	c.fillTries(rec, outcome)
	rec.Challenged = c.challenged
	rec.Messages, rec.Retransmissions = c.messages, c.retransmissions
	rec.InstantMessages, rec.TypingNotices = c.instantMessages, c.typing
	c.addServices(rec, s)
	c.notes = c.notes[:noted]
	x.Cut(kept) // what only this record holds: another try of the call may follow
	rec.AckMissing = c.ackMissing(rec.Confidence.Flags)
	c.fillLists(rec, s, u.pieces, media)
	rec.Cause = u.callCause(c, rec, source, at)
	return rec
}

// ackMissing reports whether the ACK to the 2xx did not reach the callee, who repeats the 2xx then (RFC 3261 section
// 13.3.1.4). An ACK that is only missing in the capture may have taken another way.
func (c *Call) ackMissing(flags record.Flags) bool {
	return c.answered && !c.acked && c.callerSeen && c.unacknowledged > 0 && flags&(record.MidStream|record.OneWay|record.Restart) == 0
}

// oneWay reports whether only one side was seen of a call that had both: what a callee sends to a caller who was not
// captured, the ACK or BYE of a dialog that nobody was seen to answer, or an INVITE over UDP that its sender did not repeat (Timer A), so
// that it had got a response or an ICMP error. An INVITE that nobody answers is not such a call.
func (u *Usage) oneWay(c *Call, at int64) bool {
	switch {
	case c.callerSeen && c.calleeSeen:
		return false
	case c.calleeSeen, c.established != 0, c.decided():
		return true
	}
	r := c.invite()
	if r == nil || r.Nearest().Transport != wire.UDP || c.retransmissions > 0 || at-c.attemptStart < 2*int64(u.Config.T1) {
		return false
	}
	return len(u.EventsAbout(nil, r, c.attemptStart, at)) == 0
}

// remoteTag returns the To tag of the dialog, or of the fork whose response the caller received.
func (c *Call) remoteTag(outcome *hop) store.Piece {
	if c.winner.Len > 0 {
		return c.winner
	}
	if outcome != nil {
		for i := range c.forks {
			if c.forks[i].status == outcome.status {
				return c.forks[i].tag
			}
		}
	}
	return c.toTag
}

// times fills in the times between the messages of a call.
func (c *Call) times(rec *record.Call, outcome *hop) {
	if c.flags&record.MidStream != 0 {
		rec.SDD, rec.ReleasedBy = c.sdd(), c.releasedBy
		return
	}
	told, status := int64(0), 0
	if outcome != nil {
		status = outcome.status
		if !outcome.byACK {
			told = outcome.final
		}
	}
	if value.Success(status) {
		rec.Setup = record.Between(c.start, told)
	}
	rec.Ring = record.Between(c.rang(), told)
	switch progressed := c.progressed(); {
	case progressed != 0:
		rec.SRD = record.Between(c.start, progressed)
	case value.Success(status), status >= 400 && !value.IsChallenge(status) && status != 402:
		rec.SRD = record.Between(c.start, told)
	}
	if c.confirmed() {
		answer := c.established
		if value.Success(status) {
			answer = told
		}
		rec.Duration = record.Between(answer, c.bye)
		rec.SDD, rec.ReleasedBy = c.sdd(), c.releasedBy
	}
}

func (c *Call) fillLists(rec *record.Call, s store.Sealed, addresses []store.Piece, media []mediaLine) {
	if len(c.hops) > 0 {
		rec.Hops = make([]record.Hop, len(c.hops))
	}
	for i := range c.hops {
		h := &c.hops[i]
		rec.Hops[i] = record.Hop{
			Src:       s.Of(addresses[2*i]),
			Dst:       s.Of(addresses[2*i+1]),
			Transport: h.transport.String(),
			Status:    h.status,
			Cancelled: h.cancel != 0,
		}
		if !h.unasked && !h.byACK {
			rec.Hops[i].Delay = record.Between(h.start, h.final)
		}
	}
	if len(c.forks) > 0 {
		rec.Forks = make([]record.Fork, len(c.forks))
	}
	for i := range c.forks {
		f := &c.forks[i]
		rec.Forks[i] = record.Fork{
			ToTag:     s.Of(f.tag),
			Epid:      s.Of(f.epid),
			Contact:   s.Of(f.contact),
			UserAgent: s.Of(f.agent),
			Status:    f.status,
			Answered:  f.answered(),
			Cancelled: c.wasCancelled(f),
		}
	}
	if len(media) > 0 {
		rec.Media = make([]record.Media, len(media))
	}
	for i := range media {
		m := &media[i]
		rec.Media[i] = record.Media{Type: s.Of(m.kind), Codec: s.Of(m.codec), Addr: s.Of(m.addr), Direction: m.direction.String()}
	}
}

// end returns when a call ended.
func (c *Call) end(d record.Disposition, outcome *hop, at int64) int64 {
	switch {
	case d == record.Answered && c.byeDone != 0:
		return c.byeDone
	case d == record.Answered && c.bye != 0:
		return c.bye
	case d == record.Answered || d == record.InProgress:
		return c.last
	case outcome != nil:
		return outcome.final
	}
	return min(at, c.limit)
}

// disposition returns how a call ended.
func (u *Usage) disposition(c *Call, why ending, at int64) record.Disposition {
	over := why == timeIsUp || why == superseded
	if c.confirmed() {
		if over || c.bye != 0 || c.byeDone != 0 {
			return record.Answered
		}
		return record.InProgress
	}
	if o := c.outcome(); o != nil && (over || !u.openAtEnd(c, o, at)) {
		if c.cancel != 0 && o.status == 0 { // an ACK shows it
			return record.Cancelled
		}
		return dispositionOf(o.status)
	}
	switch {
	case c.cancel != 0:
		return record.Cancelled
	case !over, c.flags&record.Restart != 0: // the answer may have come while nothing was captured
		return record.InProgress
	case c.progressed() != 0:
		return record.NoAnswer
	}
	return record.Timeout
}

// dispositionOf returns the disposition of a call that ended with the given status.
func dispositionOf(status int) record.Disposition {
	switch status {
	case 486, 600:
		return record.Busy
	case 408, 480:
		return record.NoAnswer
	case 487:
		return record.Cancelled
	case 401, 407:
		return record.AuthFailed
	case 403:
		return record.Rejected
	}
	switch {
	case status == 0:
		return record.Failed // an ACK shows it
	case status < 300:
		return record.Answered
	case status < 400:
		return record.Redirected
	case status >= 600:
		return record.Rejected
	}
	return record.Failed
}

// cause returns why a call failed, nil if it did not.
func (c *Call) cause(rec *record.Call, origin netip.AddrPort) *record.Cause {
	switch rec.Disposition {
	case record.InProgress, record.Answered, record.Challenged:
		return nil
	case record.Timeout:
		if !c.unreached() {
			return nil
		}
		return shard.TimeoutCause("timer_b")
	case record.NoAnswer:
		if rec.Status == 0 && c.cutOff {
			return shard.TimeoutCause("timer_c")
		}
	}
	switch {
	case rec.Status != 0:
	case rec.Disposition == record.Failed:
		return &record.Cause{Source: "sip", Text: "response not seen", Origin: value.AddressText(origin)}
	default:
		return nil // cancelled before there was a response
	}
	return &record.Cause{Source: "sip", Code: strconv.Itoa(rec.Status), Text: rec.Reason, Origin: value.AddressText(origin)}
}

// callFailure makes the failure record of a call that failed.
func (u *Usage) callFailure(c *Call, rec *record.Call) *record.Failure {
	f := &record.Failure{
		Header:     u.Header(record.KindFailure, rec.CallID, rec.Start, rec.End, sip.INVITE.String(), c.cseq),
		Method:     sip.INVITE.String(),
		RequestURI: rec.RequestURI,
		From:       rec.From,
		To:         rec.To,
		Status:     rec.Status,
		Reason:     rec.Reason,
		Cause:      rec.Cause,
	}
	f.Confidence, f.Peers, f.Place, f.Correlation = rec.Confidence, rec.Peers, rec.Place, rec.Correlation
	if rec.Cause != nil {
		cause := *rec.Cause
		f.Cause = &cause
	}
	if o := c.outcome(); o != nil {
		if source := c.generator(o); source != nil {
			f.Origin = value.AddressText(source.answeredBy())
		}
	}
	if len(rec.Hops) > 0 {
		f.Src, f.Dst = rec.Hops[c.origin].Src, rec.Hops[c.origin].Dst
	}
	return f
}

// writeAttemptFailure writes the failure of an attempt after which the caller tried again under the same Call-ID.
func (u *Usage) writeAttemptFailure(c *Call, at int64) {
	u.Emit(at, u.callFailure(c, u.callRecord(c, at, timeIsUp)))
}
