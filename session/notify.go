package session

import (
	"bytes"
	"strconv"

	"sipspan/decode/sip"
	"sipspan/internal/wire"
	"sipspan/record"
	"sipspan/session/stats"
	"sipspan/session/value"
)

// openNotify takes a NOTIFY or BENOTIFY that is seen for the first time. It belongs to the subscription of its event and
// both tags; else it opens one: that of another notifier of a forked SUBSCRIBE, that of a REFER (RFC 3515), or one in
// mid-stream.
func (u *SubscriptionUsage) openNotify(g *group, v *view) {
	event := v.m.Header(sip.HeaderEvent)
	s := notifiedBy(g, event, v.toTag, v.fromTag)
	if s == nil {
		if other := forkedWith(g, event, v.toTag); other != nil {
			s = u.openFork(other, v)
		}
	}
	if s == nil {
		s = u.subscriptionOfNotify(g, v, event)
	}
	if s.notifierTag.Len == 0 {
		s.notifierTag = s.text.Add(v.fromTag)
	}
	r := u.newRequest(g, v, roleOther)
	r.described = bodyHash(v)
	s.join(r)
	if r.unanswered() {
		if u.Config.AllTransactions {
			u.writeTransaction(r, v.at)
		}
		u.linger(r, v.at)
	}
	u.takeOver(r)

	if s.firstNotify == 0 {
		s.firstNotify = v.at
	}
	s.notifies++
	if s.notifies == 1 {
		proveAccepted(g, s)
	}
	s.last = v.at
	s.flags |= v.meta.Flags
	if s.ended == 0 {
		s.accept(u.Counters)
	}
	u.observeBody(s, v, r.described)
	s.observeNotify(u, v)
	s.schedule(&u.Config)
	u.tidySubscription(s)
}

// observeNotify reads the Subscription-State of a notification.
func (s *subscription) observeNotify(u *SubscriptionUsage, v *view) {
	state, params := s.observeState(v)
	u.Counters.Notifies[s.kind][state]++
	if state != stats.NotifyTerminated || s.ended != 0 {
		return
	}
	if why, ok := sip.Param(params, "reason"); ok {
		s.text.Put(&s.ending, why)
	}
	outcome := record.Terminated
	if s.fetch {
		outcome = record.Fetched
	}
	s.end(u, v.at, outcome)
}

// observeState reads Subscription-State (RFC 6665 section 8.2.3) and returns it with its parameters.
func (s *subscription) observeState(v *view) (state stats.NotifyState, params []byte) {
	word := v.m.Header(sip.HeaderSubscriptionState)
	if i := bytes.IndexByte(word, ';'); i >= 0 {
		word, params = bytes.TrimSpace(word[:i]), word[i:]
	}
	if len(word) == 0 {
		return stats.NotifyOther, nil
	}
	state = stats.NotifyStateNamed(word)
	if s.ended != 0 {
		return state, params // it lags behind the end
	}
	if s.stated && (s.state != state || state == stats.NotifyOther && !bytes.Equal(s.text.Of(s.stateWord), value.Clip(word))) {
		s.changes++
	}
	s.state, s.stated = state, true
	if state == stats.NotifyOther {
		s.text.Put(&s.stateWord, word)
	}
	if n, ok := sip.Param(params, "expires"); ok && state != stats.NotifyTerminated {
		if seconds := value.Seconds(n); seconds >= 0 {
			s.observeRemaining(v.at, seconds)
		}
	}
	return state, params
}

// observeRemaining takes for how many seconds a subscription goes on. What a NOTIFY says of that decides when it ends (RFC
// 6665 section 4.1.3), but it is the time that remains: it is what was granted only in the first NOTIFY of a subscription
// that was seen to begin and that no 2xx has answered.
func (s *subscription) observeRemaining(at int64, seconds int) {
	if s.start != 0 && s.notifies <= 1 && s.expires < 0 {
		s.grant(at, seconds)
		return
	}
	s.until = wire.After(at, seconds)
}

// observePiggyback takes the state that rides in the 2xx to a SUBSCRIBE (ms-piggyback-first-notify): a body that says
// something, or one of any type with the Subscription-State of a NOTIFY, stands for a first NOTIFY.
func (u *SubscriptionUsage) observePiggyback(s *subscription, v *view) {
	if !u.observeBody(s, v, bodyHash(v)) && (len(v.m.Body()) == 0 || v.m.First(sip.HeaderSubscriptionState) < 0) {
		return
	}
	if s.firstNotify == 0 {
		s.firstNotify, s.piggybacked = v.at, true
	}
	s.observeState(v)
}

// notifyUnasked takes the response to a NOTIFY that was not seen: there was one.
func (u *SubscriptionUsage) notifyUnasked(g *group, v *view) {
	if s := notifiedBy(g, v.m.Header(sip.HeaderEvent), v.toTag, v.fromTag); s != nil {
		s.notified = true
		s.flags |= record.OneWay
	}
}

// notifyDone takes the end of a NOTIFY: its final response, or none in time. It reports whether the response is what the
// rules want: that a second notifier of a forked SUBSCRIBE is refused is no failure.
func (u *SubscriptionUsage) notifyDone(r *request, at int64) (asItShould bool) {
	s := subscriptionOf(r)
	if s == nil || r.unanswered() {
		return false
	}
	if s.forked && r.status == 481 {
		u.refuseFork(s)
		return true
	}
	s.forked = s.forked && !value.Success(r.status)
	if r.status == 0 || r.status >= 300 {
		s.failures++
	}
	if endsSubscription(r.status) {
		s.end(u, at, record.Terminated) // the subscriber knows it no more (RFC 6665 section 4.2.2)
	}
	return false
}

// subscriptionOfNotify opens the subscription of a NOTIFY that belongs to none.
func (u *SubscriptionUsage) subscriptionOfNotify(g *group, v *view, event []byte) *subscription {
	refer := refer(g, v, event)
	flags := v.meta.Flags
	if refer == nil {
		flags |= record.MidStream
	}
	s := u.newSubscription(g, v, flags)
	s.src, s.dst = v.meta.Dst, v.meta.Src
	s.resource, s.subscriber = s.text.Add(v.m.From().URI), s.text.Add(v.m.To().URI)
	if refer != nil {
		s.start = refer.start
		s.src, s.dst = refer.nearest().src, refer.nearest().dst
		s.status = refer.status
		s.text.Put(&s.reason, refer.text.Of(refer.reason))
		s.text.Put(&s.resource, refer.text.Of(refer.uri))
	}
	return s
}

// refer returns the REFER whose implicit subscription a NOTIFY belongs to, nil if there is none.
func refer(g *group, v *view, event []byte) *request {
	if value.EventPackage(event) != stats.EventRefer {
		return nil
	}
	id := eventID(event)
	for i := len(g.requests) - 1; i >= 0; i-- {
		r := g.requests[i]
		if r.method != sip.REFER || !bytes.Equal(r.text.Of(r.fromTag), value.Clip(v.toTag)) {
			continue
		}
		if isEvent(r, id) {
			return r
		}
	}
	return nil
}

// isEvent reports whether the id of an event refer is that of the REFER. The only one needs none.
func isEvent(r *request, id []byte) bool {
	return len(id) == 0 || string(id) == strconv.FormatUint(uint64(r.cseq), 10)
}

// proveAccepted notes that a notification shows what started a subscription to have been accepted, whether or not the
// capture holds the answer to it.
func proveAccepted(g *group, s *subscription) {
	for _, r := range g.requests {
		if r.subscription == s && r.method == sip.SUBSCRIBE ||
			r.method == sip.REFER && s.kind == stats.EventRefer && bytes.Equal(r.text.Of(r.fromTag), s.text.Of(s.subscriberTag)) {
			r.proved = true
		}
	}
}

// referDone tells the implicit subscription how its REFER was answered, if a NOTIFY overtook the answer.
func (u *SubscriptionUsage) referDone(r *request) {
	for _, s := range subscriptionsIn(r.group) {
		if s.kind == stats.EventRefer && s.status == 0 && bytes.Equal(s.text.Of(s.subscriberTag), r.text.Of(r.fromTag)) && isEvent(r, eventID(s.text.Of(s.event))) {
			s.status = r.status
			s.text.Put(&s.reason, r.text.Of(r.reason))
		}
	}
}
