package session

import (
	"bytes"
	"net/netip"
	"time"

	"sipspan/decode/sip"
	"sipspan/record"
)

// maxSubscriptions bounds the subscriptions of one Call-ID.
const maxSubscriptions = 64

// subscription is a subscription (RFC 6665) from its first SUBSCRIBE, REFER or NOTIFY to its end. A forked SUBSCRIBE is
// one subscription: that of the subscriber.
type subscription struct {
	seat
	group    *group
	deadline int64

	text                 text
	event                piece // event type and parameters: what tells subscriptions of one dialog apart
	kind                 EventPackage
	subscriberTag        piece
	resource, subscriber piece
	stateWord, ending    piece // Subscription-State, if it is none of the usual ones, and its reason
	reason               piece
	src, dst             netip.AddrPort
	cseq                 uint32

	start       int64 // 0 when the request was not seen
	seen        int64
	last        int64
	firstNotify int64
	granted     int64 // when the present duration began
	expires     int   // seconds, -1 when unknown
	status      int
	refreshes   int
	notifies    int
	failures    int // NOTIFY requests refused or not answered
	changes     int // of the state
	state       NotifyState
	stated      bool  // state is known
	piggybacked bool  // the first state came in the response to the SUBSCRIBE
	told        *told // by bodies, nil while there was none
	news        *news // in them, the correlator's; nil while nobody's presence was told
	challenged  bool
	accepted    bool // by a 2xx or a NOTIFY
	fetch       bool // the first SUBSCRIBE said Expires: 0
	left        bool // a later one did
	counted     bool // among the active ones
	ended       int64
	outcome     record.Outcome
	cause       *record.Cause // of a first SUBSCRIBE that failed
	flags       record.Flags
}

func (s *subscription) seatOf() *seat { return &s.seat }

// openSubscribe takes a SUBSCRIBE that is seen for the first time: it opens a subscription, tries again after a
// challenge, or refreshes or ends one that exists.
func (t *Tracker) openSubscribe(g *group, v *view) {
	r := t.newRequest(g, v, roleSubscribe)
	r.expires = v.seconds(sip.HeaderExpires)
	t.takeOver(r)
	s := g.subscriptionFor(v.m.Header(sip.HeaderEvent), v.fromTag)
	if r.retried {
		if waiting := g.challengedSubscription(); waiting != nil {
			s = waiting
			s.text.put(&s.subscriberTag, v.fromTag)
			s.challenged = true
		}
	}
	switch {
	case s == nil:
		flags := v.meta.Flags
		if len(v.toTag) > 0 {
			flags |= record.MidStream
		}
		s = t.newSubscription(g, v, flags)
		s.src, s.dst = v.meta.Src, v.meta.Dst
		s.start = v.at
		s.resource, s.subscriber = s.text.add(v.m.RequestURI()), s.text.add(v.m.From().URI)
		s.fetch = r.expires == 0
		t.announceWatch(g, v)
	case s.accepted:
		r.refresh = true
		s.left = r.expires == 0
	}
	t.hearRequested(s, v)
	s.flags |= v.meta.Flags
	s.last = v.at
	r.subscription = s
	s.schedule(&t.cfg)
}

// subscribeUnasked takes the response to a SUBSCRIBE that was not seen.
func (t *Tracker) subscribeUnasked(g *group, r *request, v *view) {
	s := g.subscriptionFor(v.m.Header(sip.HeaderEvent), v.fromTag)
	if s == nil {
		s = t.newSubscription(g, v, v.meta.Flags|record.MidStream)
		s.src, s.dst = v.meta.Dst, v.meta.Src
		s.resource, s.subscriber = s.text.add(v.m.To().URI), s.text.add(v.m.From().URI)
	}
	r.refresh = s.accepted
	r.subscription = s
}

// newSubscription opens a subscription; the caller fills in who subscribed to what. The From or To tag of the subscriber
// is that of the message, which the subscriber sent unless it is a NOTIFY.
func (t *Tracker) newSubscription(g *group, v *view, flags record.Flags) *subscription {
	if len(g.subscriptions) >= maxSubscriptions {
		t.evictSubscription(g.subscriptions[0], v.at)
	}
	if t.subscriptions.size >= t.cfg.MaxSubscriptions {
		oldest := t.subscriptions.first
		other := oldest.group
		t.evictSubscription(oldest, v.at)
		if other != g {
			t.settle(other)
		}
	}
	var s *subscription
	if n := len(t.freeSubscriptions); n > 0 {
		s = t.freeSubscriptions[n-1]
		t.freeSubscriptions = t.freeSubscriptions[:n-1]
	} else {
		s = &subscription{text: newText(256)}
	}
	s.group, s.seen, s.last, s.flags, s.expires, s.cseq = g, v.at, v.at, flags, -1, v.cseq
	event := v.m.Header(sip.HeaderEvent)
	s.kind = parseEvent(event)
	s.event = s.text.add(event)
	tag := v.fromTag
	if v.m.Method == sip.NOTIFY || v.m.Method == sip.BENOTIFY {
		tag = v.toTag
	}
	s.subscriberTag = s.text.add(tag)
	g.subscriptions = append(g.subscriptions, s)
	enqueue(&t.subscriptions, s)
	t.counters.Tracked[TableSubscriptions]++
	s.schedule(&t.cfg)
	return s
}

func (t *Tracker) evictSubscription(s *subscription, at int64) {
	t.counters.Evicted[TableSubscriptions]++
	s.flags |= record.TableFull
	t.closeSubscription(s, at)
}

// subscriptionFor returns the subscription with the given event and tag of the subscriber. A message that names no event
// belongs to any that has the tag.
func (g *group) subscriptionFor(event, tag []byte) *subscription {
	for i := len(g.subscriptions) - 1; i >= 0; i-- {
		s := g.subscriptions[i]
		if s.ended == 0 && bytes.Equal(s.text.of(s.subscriberTag), clip(tag)) && (len(event) == 0 || s.sameEvent(event)) {
			return s
		}
	}
	return nil
}

// sameEvent compares event type and id (RFC 6665 section 8.2.1).
func (s *subscription) sameEvent(event []byte) bool {
	own := s.text.of(s.event)
	return bytes.Equal(eventType(own), eventType(event)) && bytes.Equal(eventID(own), eventID(event))
}

func eventID(event []byte) []byte {
	i := bytes.IndexByte(event, ';')
	if i < 0 {
		return nil
	}
	id, _ := sip.Param(event[i:], "id")
	return id
}

// challengedSubscription returns the subscription whose first SUBSCRIBE was challenged and not yet accepted.
func (g *group) challengedSubscription() *subscription {
	for _, s := range g.subscriptions {
		if s.ended == 0 && !s.accepted {
			return s
		}
	}
	return nil
}

// accept notes that the subscription exists.
func (s *subscription) accept(c *Counters) {
	s.accepted = true
	if !s.counted {
		s.counted = true
		c.SubscriptionsActive[s.kind]++
	}
}

// subscribeDone takes the end of a SUBSCRIBE: its final response, or none in time.
func (t *Tracker) subscribeDone(r *request, v *view, at int64) {
	s := r.subscription
	if s == nil {
		return
	}
	first := !r.refresh
	if first {
		s.status = r.status
		s.text.put(&s.reason, r.text.of(r.reason))
	}
	switch {
	case success(r.status):
		s.accept(t.counters)
		s.granted, s.expires = at, r.expires
		if v != nil {
			if n := v.seconds(sip.HeaderExpires); n >= 0 {
				s.expires = n
			}
			t.hearPiggyback(s, v)
		}
		if r.refresh && !s.left {
			s.refreshes++
		}
	case first && r.status == 0 && s.notifies == 0:
		s.cause = t.subscribeCause(r, at)
		s.end(t, at, record.OutcomeTimeout)
	case first && r.status >= 300:
		s.cause = t.subscribeCause(r, at)
		s.end(t, at, record.OutcomeRejected)
	case r.refresh && endsSubscription(r.status):
		s.end(t, at, record.Terminated)
	}
	s.schedule(&t.cfg)
}

// endsSubscription reports whether a refresh or a NOTIFY that failed so ends the subscription (RFC 5057 section 5.1).
func endsSubscription(status int) bool {
	switch status {
	case 404, 405, 410, 416, 480, 481, 482, 483, 484, 485, 489, 501, 604:
		return true
	}
	return false
}

// end ends a subscription. Its record waits for what lags behind.
func (s *subscription) end(t *Tracker, at int64, outcome record.Outcome) {
	if s.ended != 0 {
		return
	}
	s.ended, s.outcome = at, outcome
	s.retire(t.counters)
	s.schedule(&t.cfg)
}

func (s *subscription) retire(c *Counters) {
	if s.counted {
		s.counted = false
		c.SubscriptionsActive[s.kind]--
	}
}

// schedule sets the deadline of the subscription from the state it is in.
func (s *subscription) schedule(cfg *Config) {
	switch {
	case s.ended != 0:
		s.deadline = s.ended + int64(cfg.Linger)
	case !s.accepted && s.start != 0:
		s.deadline = s.last + 2*cfg.timerF() // the SUBSCRIBE decides before that
	case s.fetch || s.left:
		s.deadline = s.last + cfg.timerF() // Timer N (RFC 6665 section 4.1.2.4)
	case s.expires >= 0 && s.granted != 0:
		s.deadline = s.granted + int64(s.expires)*int64(time.Second) + cfg.timerF()
	default:
		s.deadline = s.last + int64(cfg.SubscriptionMaxAge)
	}
}

// expireSubscription does what is due for a subscription.
func (t *Tracker) expireSubscription(s *subscription, at int64) {
	if s.ended == 0 {
		s.ended = at
		s.outcome = s.quietOutcome()
		s.retire(t.counters)
	}
	if open := s.unsettled(); open > at {
		s.deadline = open // what becomes of the last NOTIFY belongs to the record
		return
	}
	t.writeSubscription(s, at)
}

// unsettled returns when the last NOTIFY that still waits for its response is given up, 0 if there is none.
func (s *subscription) unsettled() (last int64) {
	for _, r := range s.group.requests {
		if r.subscription == s && r.role == roleOther && r.progress == waiting && !r.unanswered() {
			last = max(last, r.deadline)
		}
	}
	return last
}

// quietOutcome is the outcome of a subscription that ends without a word.
func (s *subscription) quietOutcome() record.Outcome {
	switch {
	case s.fetch:
		return record.Fetched
	case s.left:
		return record.Terminated
	case !s.accepted && s.start != 0:
		return record.OutcomeTimeout
	}
	return record.Expired
}

// closeSubscription writes a subscription before its end.
func (t *Tracker) closeSubscription(s *subscription, at int64) {
	if s.ended == 0 {
		s.ended = s.last
		s.outcome = record.Active
		if s.accepted && s.fetch {
			s.outcome = record.Fetched
		}
	}
	t.writeSubscription(s, at)
}

func (t *Tracker) writeSubscription(s *subscription, at int64) {
	rec := t.subscriptionRecord(s)
	if s.news != nil {
		t.emit(at, &finishedSubscription{Subscription: rec, news: s.news})
	} else {
		t.emit(at, rec)
	}
	t.removeSubscription(s)
}

func (t *Tracker) removeSubscription(s *subscription) {
	g := s.group
	s.retire(t.counters)
	for i, x := range g.subscriptions {
		if x == s {
			g.subscriptions = append(g.subscriptions[:i], g.subscriptions[i+1:]...)
			break
		}
	}
	for _, r := range g.requests {
		if r.subscription == s {
			r.subscription = nil
		}
	}
	dequeue(&t.subscriptions, s)
	t.counters.Tracked[TableSubscriptions]--
	s.text.reset()
	if s.told != nil {
		t.dropResources(s.told, s.told.resources)
		s.told.reset()
	}
	*s = subscription{text: s.text, told: s.told}
	t.freeSubscriptions = append(t.freeSubscriptions, s)
}
