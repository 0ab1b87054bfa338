package session

import (
	"bytes"
	"strconv"

	"sipspan/decode/sip"
	"sipspan/internal/wire"
	"sipspan/record"
	"sipspan/session/stats"
)

// openNotify takes a NOTIFY or BENOTIFY that is seen for the first time. It belongs to the subscription of its event and
// both tags; else it opens one: that of another notifier of a forked SUBSCRIBE, that of a REFER (RFC 3515), or one in
// mid-stream.
func (t *Tracker) openNotify(g *group, v *view) {
	event := v.m.Header(sip.HeaderEvent)
	s := g.notifiedBy(event, v.toTag, v.fromTag)
	if s == nil {
		if other := g.forkedWith(event, v.toTag); other != nil {
			s = t.openFork(other, v)
		}
	}
	if s == nil {
		s = t.subscriptionOfNotify(g, v, event)
	}
	if s.notifierTag.len == 0 {
		s.notifierTag = s.text.add(v.fromTag)
	}
	r := t.newRequest(g, v, roleOther)
	r.described = bodyHash(v)
	r.subscription = s
	if r.unanswered() {
		if t.cfg.AllTransactions {
			t.writeTransaction(r, v.at)
		}
		t.linger(r, v.at)
	}
	t.takeOver(r)

	if s.firstNotify == 0 {
		s.firstNotify = v.at
	}
	s.notifies++
	if s.notifies == 1 {
		g.proveAccepted(s)
	}
	s.last = v.at
	s.flags |= v.meta.Flags
	if s.ended == 0 {
		s.accept(t.counters)
	}
	t.observeBody(s, v, r.described)
	s.observeNotify(t, v)
	s.schedule(&t.cfg)
	t.tidySubscription(s)
}

// observeNotify reads the Subscription-State of a notification.
func (s *subscription) observeNotify(t *Tracker, v *view) {
	state, params := s.observeState(v)
	t.counters.Notifies[s.kind][state]++
	if state != stats.NotifyTerminated || s.ended != 0 {
		return
	}
	if why, ok := sip.Param(params, "reason"); ok {
		s.text.put(&s.ending, why)
	}
	outcome := record.Terminated
	if s.fetch {
		outcome = record.Fetched
	}
	s.end(t, v.at, outcome)
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
	if s.stated && (s.state != state || state == stats.NotifyOther && !bytes.Equal(s.text.of(s.stateWord), clip(word))) {
		s.changes++
	}
	s.state, s.stated = state, true
	if state == stats.NotifyOther {
		s.text.put(&s.stateWord, word)
	}
	if n, ok := sip.Param(params, "expires"); ok && state != stats.NotifyTerminated {
		if seconds := parseSeconds(n); seconds >= 0 {
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
func (t *Tracker) observePiggyback(s *subscription, v *view) {
	if !t.observeBody(s, v, bodyHash(v)) && (len(v.m.Body()) == 0 || v.m.First(sip.HeaderSubscriptionState) < 0) {
		return
	}
	if s.firstNotify == 0 {
		s.firstNotify, s.piggybacked = v.at, true
	}
	s.observeState(v)
}

// notifyUnasked takes the response to a NOTIFY that was not seen: there was one.
func (t *Tracker) notifyUnasked(g *group, v *view) {
	if s := g.notifiedBy(v.m.Header(sip.HeaderEvent), v.toTag, v.fromTag); s != nil {
		s.notified = true
		s.flags |= record.OneWay
	}
}

// notifyDone takes the end of a NOTIFY: its final response, or none in time. It reports whether the response is what the
// rules want: that a second notifier of a forked SUBSCRIBE is refused is no failure.
func (t *Tracker) notifyDone(r *request, at int64) (asItShould bool) {
	s := r.subscription
	if s == nil || r.unanswered() {
		return false
	}
	if s.forked && r.status == 481 {
		t.refuseFork(s)
		return true
	}
	s.forked = s.forked && !success(r.status)
	if r.status == 0 || r.status >= 300 {
		s.failures++
	}
	if endsSubscription(r.status) {
		s.end(t, at, record.Terminated) // the subscriber knows it no more (RFC 6665 section 4.2.2)
	}
	return false
}

// subscriptionOfNotify opens the subscription of a NOTIFY that belongs to none.
func (t *Tracker) subscriptionOfNotify(g *group, v *view, event []byte) *subscription {
	refer := g.refer(v, event)
	flags := v.meta.Flags
	if refer == nil {
		flags |= record.MidStream
	}
	s := t.newSubscription(g, v, flags)
	s.src, s.dst = v.meta.Dst, v.meta.Src
	s.resource, s.subscriber = s.text.add(v.m.From().URI), s.text.add(v.m.To().URI)
	if refer != nil {
		s.start = refer.start
		s.src, s.dst = refer.nearest().src, refer.nearest().dst
		s.status = refer.status
		s.text.put(&s.reason, refer.text.of(refer.reason))
		s.text.put(&s.resource, refer.text.of(refer.uri))
	}
	return s
}

// refer returns the REFER whose implicit subscription a NOTIFY belongs to, nil if there is none.
func (g *group) refer(v *view, event []byte) *request {
	if parseEvent(event) != stats.EventRefer {
		return nil
	}
	id := eventID(event)
	for i := len(g.requests) - 1; i >= 0; i-- {
		r := g.requests[i]
		if r.method != sip.REFER || !bytes.Equal(r.text.of(r.fromTag), clip(v.toTag)) {
			continue
		}
		if r.isEvent(id) {
			return r
		}
	}
	return nil
}

// isEvent reports whether the id of an event refer is that of the REFER. The only one needs none.
func (r *request) isEvent(id []byte) bool {
	return len(id) == 0 || string(id) == strconv.FormatUint(uint64(r.cseq), 10)
}

// proveAccepted notes that a notification shows what started a subscription to have been accepted, whether or not the
// capture holds the answer to it.
func (g *group) proveAccepted(s *subscription) {
	for _, r := range g.requests {
		if r.subscription == s && r.method == sip.SUBSCRIBE ||
			r.method == sip.REFER && s.kind == stats.EventRefer && bytes.Equal(r.text.of(r.fromTag), s.text.of(s.subscriberTag)) {
			r.proved = true
		}
	}
}

// referDone tells the implicit subscription how its REFER was answered, if a NOTIFY overtook the answer.
func (t *Tracker) referDone(r *request) {
	for _, s := range r.group.subscriptions {
		if s.kind == stats.EventRefer && s.status == 0 && bytes.Equal(s.text.of(s.subscriberTag), r.text.of(r.fromTag)) && r.isEvent(eventID(s.text.of(s.event))) {
			s.status = r.status
			s.text.put(&s.reason, r.text.of(r.reason))
		}
	}
}
