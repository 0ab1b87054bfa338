package subscription

import (
	"strconv"
	"time"

	"sipspan/decode/sip"
	"sipspan/internal/wire"
	"sipspan/record"
	"sipspan/session/evidence"
	"sipspan/session/shard"
	"sipspan/session/stats"
	"sipspan/session/transaction"
	"sipspan/session/value"
)

// expiryTolerance is how far apart the end of a lifetime may be by what the 2xx granted and by what remains according to a NOTIFY:
// seconds are rounded, and messages take their time.
const expiryTolerance = int64(3 * time.Second)

// end ends a subscription. Its record waits for late messages.
func (s *Subscription) end(u *Usage, at int64, outcome record.Outcome) {
	if s.ended != 0 {
		return
	}
	s.ended, s.outcome = at, outcome
	s.retire(u.Counters)
	s.schedule(&u.Config)
}

func (s *Subscription) retire(c *stats.Counters) {
	if s.counted {
		s.counted = false
		c.SubscriptionsActive[s.kind]--
	}
}

// keepFor keeps a subscription that has ended while its own messages still come.
func (s *Subscription) keepFor(cfg *shard.Config, at int64) {
	s.last = max(s.last, at)
	s.schedule(cfg)
}

// schedule sets the deadline of the subscription from the state it is in.
func (s *Subscription) schedule(cfg *shard.Config) {
	switch {
	case s.ended != 0:
		s.deadline = max(s.ended, s.last) + int64(cfg.Linger)
	case !s.accepted && s.start != 0 && s.flags&record.Restart == 0:
		s.deadline = s.last + 2*cfg.TimerF() // the SUBSCRIBE decides before that
	case s.fetch || s.left:
		s.deadline = max(s.last, s.answered) + cfg.TimerF() // Timer N (RFC 6665 section 4.1.2.4)
	case s.until != 0:
		s.deadline = s.until + cfg.TimerF()
	default:
		s.deadline = s.last + int64(cfg.SubscriptionMaxAge)
	}
}

// Expire does what is due for a subscription.
func (u *Usage) Expire(s *Subscription, at int64) {
	if s.ended == 0 {
		s.ended = at
		s.outcome = s.quietOutcome(&u.Config, at)
		s.retire(u.Counters)
	}
	if open := s.unsettled(); open > at {
		s.deadline = open // what becomes of the last NOTIFY belongs to the record
		return
	}
	u.writeSubscription(s, at)
}

// unsettled returns when the last NOTIFY that still waits for its response is given up, 0 if there is none.
func (s *Subscription) unsettled() (last int64) {
	for _, r := range s.Group.Requests {
		if r.Subscription == s && r.Role == transaction.RoleOther && r.Progress != transaction.Done && !r.Unanswered() {
			last = max(last, r.Deadline)
		}
	}
	return last
}

// quietOutcome is the outcome of a subscription that ends without a word.
func (s *Subscription) quietOutcome(cfg *shard.Config, at int64) record.Outcome {
	switch {
	case s.unnotified(cfg, at):
		return record.OutcomeTimeout
	case s.fetch:
		return record.Fetched
	case s.left:
		return record.Terminated
	case !s.accepted && s.start != 0 && s.flags&record.Restart != 0:
		return record.OutcomeInProgress // it may have been answered while the program was not running
	case !s.accepted && s.start != 0:
		return record.OutcomeTimeout
	}
	return record.Expired
}

// unnotified reports whether the subscription has failed for want of a NOTIFY within Timer N (RFC 6665 section 4.1.2.4).
// The capture must be able to tell: NOTIFYs would have passed here, and a subscriber that refreshes has seen one.
func (s *Subscription) unnotified(cfg *shard.Config, at int64) bool {
	return s.answered != 0 && s.reachable && !s.silent && !s.left && s.refreshes == 0 && s.firstNotify == 0 && !s.notified &&
		at >= s.answered+cfg.TimerF()
}

// End writes a subscription before its end. One that was left and accepted so is over, whether the last
// NOTIFY was seen or not.
func (u *Usage) End(s *Subscription, at int64) {
	if s.ended == 0 {
		s.ended = s.last
		switch {
		case s.unnotified(&u.Config, at):
			s.ended, s.outcome = s.answered+u.Config.TimerF(), record.OutcomeTimeout
		case s.gone:
			s.outcome = record.Terminated
		case s.accepted && s.fetch:
			s.outcome = record.Fetched
		case !s.accepted && s.start != 0:
			s.outcome = record.OutcomeInProgress // it is not known whether it will be accepted
		default:
			s.outcome = record.Active
		}
	}
	u.writeSubscription(s, at)
}

// expiryCause returns that a subscription ran out. That nobody refreshed it shows only where refreshes would have passed.
func (u *Usage) expiryCause(s *Subscription) *record.Cause {
	if s.until == 0 || s.asked == 0 || !s.reachable {
		return nil
	}
	k := u.quietCase(s)
	k.End, k.Wait = s.until, evidence.NoRenewal
	granted := wire.After(s.granted, max(s.expires, 0))
	if s.expires >= 0 && max(granted-s.until, s.until-granted) <= expiryTolerance {
		k.Interval = time.Duration(s.expires) * time.Second
	}
	return u.Explain(k, nil)
}

// notifyCause returns that no NOTIFY followed the 2xx to the SUBSCRIBE.
func (u *Usage) notifyCause(s *Subscription, rec *record.Subscription) *record.Cause {
	k := u.quietCase(s)
	k.Status, k.Phrase, k.Origin = s.status, rec.Reason, s.dst
	k.End, k.Wait = s.answered+u.Config.TimerF(), evidence.NoNotify
	k.Talk = time.Duration(k.End - s.answered)
	return u.Explain(k, &record.Cause{Source: "timeout", Code: "timer_n", Text: "no NOTIFY within Timer N"})
}

// quietCase begins the case of a subscription that something did not come for.
func (u *Usage) quietCase(s *Subscription) *evidence.Case {
	k := &u.Scratch
	k.Reset()
	k.Method, k.Src, k.Dst, k.Start = sip.SUBSCRIBE.String(), s.src, s.dst, s.asked
	return k
}

// subscribeCause returns why a SUBSCRIBE failed.
func (u *Usage) subscribeCause(r *transaction.Request, at int64) *record.Cause {
	p := r.Seal()
	return u.RequestCause(r, &p, true, at)
}

// subscriptionCause returns why a subscription failed or ran out, nil if it did neither.
func (u *Usage) subscriptionCause(s *Subscription, rec *record.Subscription) *record.Cause {
	switch {
	case s.outcome == record.Expired:
		return u.expiryCause(s)
	case s.outcome != record.OutcomeRejected && s.outcome != record.OutcomeTimeout:
		return nil
	case s.cause != nil:
		return s.cause
	case s.outcome == record.OutcomeTimeout && s.answered != 0:
		return u.notifyCause(s, rec)
	case s.outcome == record.OutcomeTimeout:
		return shard.TimeoutCause("timer_f")
	}
	return &record.Cause{Source: "sip", Code: strconv.Itoa(s.status), Text: rec.Reason, Origin: rec.Dst}
}

// subscriptionRecord makes the record of a subscription that has ended.
func (u *Usage) subscriptionRecord(s *Subscription) *record.Subscription {
	x := &s.Text
	src, dst := x.Address(s.src), x.Address(s.dst)
	text := x.Seal()
	start := s.start
	if start == 0 {
		start = s.seen
	}
	event := text.Of(s.event)
	called := event
	if s.twin {
		called += " " + text.Of(s.notifierTag) // those of one SUBSCRIBE are distinguished by their notifiers
	}
	rec := &record.Subscription{
		Header:           u.Header(record.KindSubscription, s.Group.CallID, start, s.ended, called, s.cseq),
		Event:            string(value.EventType([]byte(event))),
		Resource:         text.Of(s.Resource),
		Subscriber:       text.Of(s.subscriber),
		Outcome:          s.outcome,
		StateChanges:     s.changes,
		Status:           s.status,
		Reason:           text.Of(s.reason),
		Expires:          s.expires,
		Refreshes:        s.refreshes,
		Notifies:         s.notifies,
		NotifyFailures:   s.failures,
		Piggybacked:      s.piggybacked,
		FirstNotify:      record.Between(s.start, s.firstNotify),
		TerminatedReason: text.Of(s.ending),
		Challenged:       s.challenged,
		Src:              text.Of(src),
		Dst:              text.Of(dst),
	}
	rec.Place = s.Group.Origin
	rec.Confidence.Flags, rec.Confidence.Gap = s.flags, value.Known(s.gap)
	rec.Session = s.number
	rec.Peers = u.PeersOf(s.src, s.dst)
	switch {
	case s.stated && s.state != stats.NotifyOther:
		rec.State = s.state.String()
	case s.stated:
		rec.State = text.Of(s.StateWord)
	}
	if s.eventState != nil {
		s.eventState.Fill(rec)
	}
	rec.Cause = u.subscriptionCause(s, rec)
	return rec
}
