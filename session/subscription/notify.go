package subscription

import (
	"bytes"
	"strconv"

	"sipspan/decode/sip"
	"sipspan/internal/wire"
	"sipspan/record"
	"sipspan/session/stats"
	"sipspan/session/transaction"
	"sipspan/session/value"
)

// openNotify takes a NOTIFY or BENOTIFY that is seen for the first time. It belongs to the subscription of its event and
// both tags; else it opens one: that of another notifier of a forked SUBSCRIBE, that of a REFER (RFC 3515), or one in
// mid-stream.
func (u *Usage) openNotify(g *transaction.Group, v *transaction.View) {
	event := v.Message.Header(sip.HeaderEvent)
	s := notifiedBy(g, event, v.ToTag, v.FromTag)
	if s == nil {
		if other := forkedWith(g, event, v.ToTag); other != nil {
			s = u.openFork(other, v)
		}
	}
	if s == nil {
		s = u.subscriptionOfNotify(g, v, event)
	}
	if s.notifierTag.Len == 0 {
		s.notifierTag = s.Text.Add(v.FromTag)
	}
	r := u.NewRequest(g, v, transaction.RoleOther)
	r.Described = transaction.BodyHash(v)
	s.join(r)
	if r.Unanswered() {
		if u.Config.AllTransactions {
			u.WriteTransaction(r, v.At)
		}
		u.Linger(r, v.At)
	}
	u.TakeOver(r)

	if s.firstNotify == 0 {
		s.firstNotify = v.At
	}
	s.notifies++
	if s.notifies == 1 {
		proveAccepted(g, s)
	}
	s.last = v.At
	s.flags |= v.Meta.Flags
	if s.ended == 0 {
		s.accept(u.Counters)
	}
	u.observeBody(s, v, r.Described)
	s.observeNotify(u, v)
	s.schedule(&u.Config)
	u.tidySubscription(s)
}

// observeNotify reads the Subscription-State of a notification.
func (s *Subscription) observeNotify(u *Usage, v *transaction.View) {
	state, params := s.observeState(v)
	u.Counters.Notifies[s.kind][state]++
	if state != stats.NotifyTerminated || s.ended != 0 {
		return
	}
	if why, ok := sip.Param(params, "reason"); ok {
		s.Text.Put(&s.ending, why)
	}
	outcome := record.Terminated
	if s.fetch {
		outcome = record.Fetched
	}
	s.end(u, v.At, outcome)
}

// observeState reads Subscription-State (RFC 6665 section 8.2.3) and returns it with its parameters.
func (s *Subscription) observeState(v *transaction.View) (state stats.NotifyState, params []byte) {
	word := v.Message.Header(sip.HeaderSubscriptionState)
	if i := bytes.IndexByte(word, ';'); i >= 0 {
		word, params = bytes.TrimSpace(word[:i]), word[i:]
	}
	if len(word) == 0 {
		return stats.NotifyOther, nil
	}
	state = stats.NotifyStateNamed(word)
	if s.ended != 0 {
		return state, params // it came after the end
	}
	if s.stated && (s.state != state || state == stats.NotifyOther && !bytes.Equal(s.Text.Of(s.StateWord), value.Clip(word))) {
		s.changes++
	}
	s.state, s.stated = state, true
	if state == stats.NotifyOther {
		s.Text.Put(&s.StateWord, word)
	}
	if n, ok := sip.Param(params, "expires"); ok && state != stats.NotifyTerminated {
		if seconds := value.Seconds(n); seconds >= 0 {
			s.observeRemaining(v.At, seconds)
		}
	}
	return state, params
}

// observeRemaining takes for how many seconds a subscription goes on. What a NOTIFY holds about that decides when it ends (RFC
// 6665 section 4.1.3), but it is the time that remains: it is what was granted only in the first NOTIFY of a subscription
// that was seen to begin and that no 2xx has answered.
func (s *Subscription) observeRemaining(at int64, seconds int) {
	if s.start != 0 && s.notifies <= 1 && s.expires < 0 {
		s.grant(at, seconds)
		return
	}
	s.until = wire.After(at, seconds)
}

// observePiggyback takes the state in the 2xx to a SUBSCRIBE (ms-piggyback-first-notify): a body that states
// something, or one of any type with the Subscription-State of a NOTIFY, stands for a first NOTIFY.
func (u *Usage) observePiggyback(s *Subscription, v *transaction.View) {
	if !u.observeBody(s, v, transaction.BodyHash(v)) && (len(v.Message.Body()) == 0 || v.Message.First(sip.HeaderSubscriptionState) < 0) {
		return
	}
	if s.firstNotify == 0 {
		s.firstNotify, s.piggybacked = v.At, true
	}
	s.observeState(v)
}

// NotifyUnasked takes the response to a NOTIFY that was not seen: there was one.
func (u *Usage) NotifyUnasked(g *transaction.Group, v *transaction.View) {
	if s := notifiedBy(g, v.Message.Header(sip.HeaderEvent), v.ToTag, v.FromTag); s != nil {
		s.notified = true
		s.flags |= record.OneWay
	}
}

// notifyDone takes the end of a NOTIFY: its final response, or none in time. It reports whether the response is what the
// rules want: that a second notifier of a forked SUBSCRIBE is refused is no failure.
func (u *Usage) notifyDone(r *transaction.Request, at int64) (asItShould bool) {
	s := Of(r)
	if s == nil || r.Unanswered() {
		return false
	}
	if s.forked && r.Status == 481 {
		u.refuseFork(s)
		return true
	}
	s.forked = s.forked && !value.Success(r.Status)
	if r.Status == 0 || r.Status >= 300 {
		s.failures++
	}
	if endsSubscription(r.Status) {
		s.end(u, at, record.Terminated) // the subscriber knows it no more (RFC 6665 section 4.2.2)
	}
	return false
}

// subscriptionOfNotify opens the subscription of a NOTIFY that belongs to none.
func (u *Usage) subscriptionOfNotify(g *transaction.Group, v *transaction.View, event []byte) *Subscription {
	refer := refer(g, v, event)
	flags := v.Meta.Flags
	if refer == nil {
		flags |= record.MidStream
	}
	s := u.newSubscription(g, v, flags)
	s.src, s.dst = v.Meta.Dst, v.Meta.Src
	s.Resource, s.subscriber = s.Text.Add(v.Message.From().URI), s.Text.Add(v.Message.To().URI)
	if refer != nil {
		s.start = refer.Start
		s.src, s.dst = refer.Nearest().Src, refer.Nearest().Dst
		s.status = refer.Status
		s.Text.Put(&s.reason, refer.Text.Of(refer.Reason))
		s.Text.Put(&s.Resource, refer.Text.Of(refer.URI))
	}
	return s
}

// refer returns the REFER whose implicit subscription a NOTIFY belongs to, nil if there is none.
func refer(g *transaction.Group, v *transaction.View, event []byte) *transaction.Request {
	if value.EventPackage(event) != stats.EventRefer {
		return nil
	}
	id := eventID(event)
	for i := len(g.Requests) - 1; i >= 0; i-- {
		r := g.Requests[i]
		if r.Method != sip.REFER || !bytes.Equal(r.Text.Of(r.FromTag), value.Clip(v.ToTag)) {
			continue
		}
		if isEvent(r, id) {
			return r
		}
	}
	return nil
}

// isEvent reports whether the id of an event refer is that of the REFER. The only one needs none.
func isEvent(r *transaction.Request, id []byte) bool {
	return len(id) == 0 || string(id) == strconv.FormatUint(uint64(r.CSeq), 10)
}

// proveAccepted notes that a notification shows what started a subscription to have been accepted, whether or not the
// capture holds the answer to it.
func proveAccepted(g *transaction.Group, s *Subscription) {
	for _, r := range g.Requests {
		if r.Subscription == s && r.Method == sip.SUBSCRIBE ||
			r.Method == sip.REFER && s.kind == stats.EventRefer && bytes.Equal(r.Text.Of(r.FromTag), s.Text.Of(s.SubscriberTag)) {
			r.Proved = true
		}
	}
}

// ReferDone reports to the implicit subscription how its REFER was answered, if a NOTIFY overtook the answer.
func (u *Usage) ReferDone(r *transaction.Request) {
	for _, s := range In(r.Group) {
		if s.kind == stats.EventRefer && s.status == 0 && bytes.Equal(s.Text.Of(s.SubscriberTag), r.Text.Of(r.FromTag)) && isEvent(r, eventID(s.Text.Of(s.event))) {
			s.status = r.Status
			s.Text.Put(&s.reason, r.Text.Of(r.Reason))
		}
	}
}
