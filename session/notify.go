package session

import (
	"bytes"
	"strconv"

	"sipspan/decode/sip"
	"sipspan/record"
)

// openNotify takes a NOTIFY or BENOTIFY that is seen for the first time. It belongs to the subscription of its event and
// To tag; else it opens one: that of a REFER (RFC 3515), or one in mid-stream.
func (t *Tracker) openNotify(g *group, v *view) {
	event := v.m.Header(sip.HeaderEvent)
	s := g.subscriptionFor(event, v.toTag)
	if s == nil {
		s = t.subscriptionOfNotify(g, v, event)
	}
	r := t.newRequest(g, v, roleOther)
	r.described = bodyHash(v)
	r.subscription = s
	if r.unanswered() {
		t.linger(r, v.at)
		if t.cfg.AllTransactions {
			t.writeTransaction(r, v.at)
		}
	}
	t.takeOver(r)

	if s.firstNotify == 0 {
		s.firstNotify = v.at
	}
	s.notifies++
	s.last = v.at
	s.flags |= v.meta.Flags
	s.accept(t.counters)
	s.hearState(t, v)
	s.schedule(&t.cfg)
}

// hearState reads Subscription-State (RFC 6665 section 8.2.3).
func (s *subscription) hearState(t *Tracker, v *view) {
	value := v.m.Header(sip.HeaderSubscriptionState)
	word, params := value, []byte(nil)
	if i := bytes.IndexByte(value, ';'); i >= 0 {
		word, params = bytes.TrimSpace(value[:i]), value[i:]
	}
	state := parseNotifyState(word)
	t.counters.Notifies[s.kind][state]++
	s.text.put(&s.state, word)
	if n, ok := sip.Param(params, "expires"); ok && state != NotifyTerminated {
		if seconds := parseSeconds(n); seconds >= 0 {
			s.granted, s.expires = v.at, seconds
		}
	}
	if state != NotifyTerminated {
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
		s.status = refer.status
		s.text.put(&s.reason, refer.text.of(refer.reason))
		s.text.put(&s.resource, refer.text.of(refer.uri))
	}
	return s
}

// refer returns the REFER whose implicit subscription a NOTIFY belongs to, nil if there is none.
func (g *group) refer(v *view, event []byte) *request {
	if parseEvent(event) != EventRefer {
		return nil
	}
	id := eventID(event)
	for i := len(g.requests) - 1; i >= 0; i-- {
		r := g.requests[i]
		if r.method != sip.REFER || !bytes.Equal(r.text.of(r.fromTag), clip(v.toTag)) {
			continue
		}
		if len(id) == 0 || string(id) == strconv.FormatUint(uint64(r.cseq), 10) {
			return r
		}
	}
	return nil
}

// subscriptionRecord makes the record of a subscription that has ended.
func (t *Tracker) subscriptionRecord(s *subscription) *record.Subscription {
	x := &s.text
	src, dst := x.address(s.src), x.address(s.dst)
	text := x.seal()
	start := s.start
	if start == 0 {
		start = s.seen
	}
	event := text.of(s.event)
	rec := &record.Subscription{
		Header:           t.header(record.KindSubscription, s.group.callID, start, s.ended, event, s.cseq),
		Event:            string(eventType([]byte(event))),
		Resource:         text.of(s.resource),
		Subscriber:       text.of(s.subscriber),
		Outcome:          s.outcome,
		State:            text.of(s.state),
		Status:           s.status,
		Reason:           text.of(s.reason),
		Expires:          s.expires,
		Refreshes:        s.refreshes,
		Notifies:         s.notifies,
		FirstNotify:      record.Between(s.start, s.firstNotify),
		TerminatedReason: text.of(s.ending),
		Challenged:       s.challenged,
		Src:              text.of(src),
		Dst:              text.of(dst),
	}
	rec.Confidence.Flags = s.flags
	switch s.outcome {
	case record.OutcomeRejected:
		rec.Cause = &record.Cause{Source: "sip", Code: strconv.Itoa(s.status), Text: rec.Reason, Origin: rec.Dst}
	case record.OutcomeTimeout:
		rec.Cause = timeoutCause("timer_f")
	}
	return rec
}
