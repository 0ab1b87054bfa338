package session

import (
	"net/netip"
	"time"

	"sipspan/decode/sip"
	"sipspan/internal/wire"
	"sipspan/record"
	"sipspan/session/eventstate"
	"sipspan/session/link"
	"sipspan/session/shard"
	"sipspan/session/stats"
	"sipspan/session/store"
	"sipspan/session/value"
)

// maxSubscriptions bounds the subscriptions of one Call-ID.
const maxSubscriptions = 64

// subscription is a subscription (RFC 6665) from its first SUBSCRIBE, REFER or NOTIFY to its end. Of a forked SUBSCRIBE
// every notifier has one of its own (section 4.4.1).
type subscription struct {
	store.Node
	group    *group
	deadline int64
	bytes    int32 // see ledger

	text                 store.Text
	event                store.Piece // event type and parameters: what tells subscriptions of one dialog apart
	kind                 stats.EventPackage
	subscriberTag        store.Piece
	notifierTag          store.Piece // From tag of the NOTIFYs; none before the first
	answerTag            store.Piece // To tag of the 2xx, or the one that the first SUBSCRIBE seen carried
	resource, subscriber store.Piece
	stateWord, ending    store.Piece // Subscription-State, if it is none of the usual ones, and its reason
	reason               store.Piece
	src, dst             netip.AddrPort
	cseq                 uint32

	start       int64 // 0 when the request was not seen
	seen        int64
	last        int64
	firstNotify int64
	asked       int64 // when the SUBSCRIBE was sent that was accepted last
	answered    int64 // when its 2xx came
	granted     int64 // when the duration in expires began
	expires     int   // seconds that the notifier granted, -1 when unknown
	until       int64 // when the subscription runs out, 0 when unknown: a NOTIFY may change it (RFC 6665 section 4.1.3)
	status      int
	refreshes   int
	notifies    int
	failures    int // NOTIFY requests refused or not answered
	changes     int // of the state
	state       stats.NotifyState
	stated      bool              // state is known
	piggybacked bool              // the first state came in the response to the SUBSCRIBE
	eventState  *eventstate.State // what the bodies said, nil while there was none
	id          link.ID           // under which its presence was announced; 0 while nobody's presence was told
	challenged  bool
	accepted    bool // by a 2xx or a NOTIFY
	fetch       bool // the first SUBSCRIBE said Expires: 0
	left        bool // a later one did
	gone        bool // and it was accepted
	twin        bool // of a forked SUBSCRIBE, that of a second notifier
	forked      bool // and none of its NOTIFYs was accepted yet
	hereWanted  bool // the SUBSCRIBE asks for NOTIFYs at the address that it came from
	reachable   bool // requests inside the dialog pass where the SUBSCRIBE was seen
	notified    bool // by a NOTIFY that only its response tells of
	silent      bool // a 2xx that no NOTIFY follows (204, RFC 5839)
	counted     bool // among the active ones
	ended       int64
	outcome     record.Outcome
	cause       *record.Cause // of a first SUBSCRIBE that failed
	flags       record.Flags
	number      uint64        // of the session, see shard.Shard.NextNumber
	gap         time.Duration // for which the program was not running meanwhile
	endNoted    bool          // Tracker.Ended knows that it has ended
}

func (s *subscription) NodeOf() *store.Node { return &s.Node }

// openSubscribe takes a SUBSCRIBE that is seen for the first time: it opens a subscription, tries again after a
// challenge, or refreshes or ends one that exists.
func (u *SubscriptionUsage) openSubscribe(g *group, v *view) {
	r := u.newRequest(g, v, roleSubscribe)
	r.expires = v.seconds(sip.HeaderExpires)
	u.takeOver(r)
	event := v.m.Header(sip.HeaderEvent)
	s := subscribed(g, event, v.fromTag, v.toTag)
	if r.retried {
		if waiting := challengedSubscription(g, event); waiting != nil {
			s = waiting
			s.text.Put(&s.subscriberTag, v.fromTag)
			s.challenged = true
		}
	}
	if s == nil && r.inside {
		// A refresh that comes too late belongs to the subscription that has ended, and opens none.
		if s = endedSubscription(g, event, v.fromTag, v.toTag); s != nil {
			s.keepFor(&u.Config, v.at)
			r.refresh = true
			s.join(r)
			return
		}
	}
	switch {
	case s == nil:
		s = u.openSubscription(g, r, v)
	case s.accepted:
		r.refresh = true
		s.left = r.expires == 0
	}
	u.observeRequested(s, v)
	s.flags |= v.meta.Flags
	s.last = v.at
	s.join(r)
	s.schedule(&u.Config)
	u.tidySubscription(s)
}

// openSubscription opens the subscription of a SUBSCRIBE. One inside a dialog that nobody has seen begin is the refresh
// of a subscription: its Request-URI is the Contact of the notifier, and To tells who is watched.
func (u *SubscriptionUsage) openSubscription(g *group, r *request, v *view) *subscription {
	flags := v.meta.Flags
	if r.inside && !hasDialog(g, v) {
		flags |= record.MidStream
		r.refresh = true
	}
	s := u.newSubscription(g, v, flags)
	s.src, s.dst = v.meta.Src, v.meta.Dst
	s.start = v.at
	resource := v.m.RequestURI()
	if r.inside {
		resource = v.m.To().URI
		s.answerTag = s.text.Add(v.toTag)
	}
	s.resource, s.subscriber = s.text.Add(resource), s.text.Add(v.m.From().URI)
	s.hereWanted = wantsNotifies(v)
	s.left = r.refresh && r.expires == 0
	s.fetch = !r.refresh && r.expires == 0
	u.announceWatch(g, v)
	return s
}

// subscribeUnasked takes the response to a SUBSCRIBE that was not seen.
func (u *SubscriptionUsage) subscribeUnasked(g *group, r *request, v *view) {
	s := subscribed(g, v.m.Header(sip.HeaderEvent), v.fromTag, v.toTag)
	if s == nil {
		s = u.newSubscription(g, v, v.meta.Flags|record.MidStream)
		s.src, s.dst = v.meta.Dst, v.meta.Src
		s.resource, s.subscriber = s.text.Add(v.m.To().URI), s.text.Add(v.m.From().URI)
	}
	r.refresh = s.accepted
	s.join(r)
}

// newSubscription opens a subscription; the caller fills in who subscribed to what. The From or To tag of the subscriber
// is that of the message, which the subscriber sent unless it is a NOTIFY.
func (u *SubscriptionUsage) newSubscription(g *group, v *view, flags record.Flags) *subscription {
	if len(g.subscriptions) >= maxSubscriptions {
		u.evictSubscription(g.subscriptions[0].(*subscription), v.at)
	}
	if u.open.Size >= u.Config.MaxSubscriptions {
		oldest := u.open.First
		other := oldest.group
		u.evictSubscription(oldest, v.at)
		if other != g {
			u.groups.Settle(other)
		}
	}
	var s *subscription
	if n := len(u.freeSubscriptions); n > 0 {
		s = u.freeSubscriptions[n-1]
		u.freeSubscriptions = u.freeSubscriptions[:n-1]
	} else {
		s = &subscription{text: store.NewText(startSubscription)}
	}
	s.group, s.seen, s.last, s.flags, s.expires, s.cseq = g, v.at, v.at, flags, -1, v.cseq
	s.number = u.NextNumber()
	event := v.m.Header(sip.HeaderEvent)
	s.kind = value.EventPackage(event)
	s.event = s.text.Add(event)
	tag := v.fromTag
	if v.m.Method == sip.NOTIFY || v.m.Method == sip.BENOTIFY {
		tag = v.toTag
	}
	s.subscriberTag = s.text.Add(tag)
	g.subscriptions = append(g.subscriptions, s)
	store.Enqueue(&u.open, s)
	u.Counters.Tracked[stats.TableSubscriptions]++
	s.schedule(&u.Config)
	return s
}

func (u *SubscriptionUsage) evictSubscription(s *subscription, at int64) {
	u.Counters.Evicted[stats.TableSubscriptions]++
	s.flags |= record.TableFull
	u.closeSubscription(s, at)
}

// accept notes that the subscription exists.
func (s *subscription) accept(c *stats.Counters) {
	s.accepted = true
	if !s.counted {
		s.counted = true
		c.SubscriptionsActive[s.kind]++
	}
}

// subscribeDone takes the end of a SUBSCRIBE: its final response, or none in time.
func (u *SubscriptionUsage) subscribeDone(r *request, v *view, at int64) {
	s := subscriptionOf(r)
	if s == nil || s.ended != 0 && !(r.refresh && value.Success(r.status)) {
		return
	}
	if s.ended != 0 {
		s = u.openAgain(r, v) // the notifier has opened another one in the old dialog
		if s == nil {
			return
		}
	}
	first := !r.refresh || !s.accepted
	if first {
		s.status = r.status
		s.text.Put(&s.reason, r.text.Of(r.reason))
		s.tellTwins()
	}
	switch {
	case value.Success(r.status):
		u.subscribeAccepted(s, r, v, at)
	case first && r.status == 0 && r.flags&record.Restart != 0: // nobody knows
	case first && r.status == 0 && s.notifies == 0:
		s.cause = u.subscribeCause(r, at)
		s.end(u, at, record.OutcomeTimeout)
	case first && r.status >= 300:
		s.cause = u.subscribeCause(r, at)
		s.end(u, at, record.OutcomeRejected)
	case r.refresh && endsSubscription(r.status):
		s.end(u, at, record.Terminated)
	case r.status >= 300:
		s.left = false // it goes on
	}
	s.schedule(&u.Config)
}

// subscribeAccepted takes what a 2xx to a SUBSCRIBE says.
func (u *SubscriptionUsage) subscribeAccepted(s *subscription, r *request, v *view, at int64) {
	s.accept(u.Counters)
	s.asked, s.answered = r.start, at
	s.silent = r.status == 204
	told := -1
	if v != nil {
		told = v.seconds(sip.HeaderExpires)
	}
	switch {
	case told >= 0:
		s.grant(at, told)
	case s.granted < r.start || s.expires < 0: // a NOTIFY may have told already
		s.grant(at, r.expires)
	}
	if r.expires == 0 {
		s.gone = s.left
	} else if r.refresh {
		s.refreshes++
	}
	if v == nil {
		return
	}
	if s.answerTag.Len == 0 {
		s.answerTag = s.text.Add(v.toTag)
	}
	s.reachable = s.reachable || s.comesBack(v)
	u.observePiggyback(s, v)
}

// grant notes for how many seconds the notifier grants the subscription, -1 when it does not say.
func (s *subscription) grant(at int64, seconds int) {
	s.granted, s.expires, s.until = at, seconds, 0
	if seconds >= 0 {
		s.until = wire.After(at, seconds)
	}
}

// endsSubscription reports whether a refresh or a NOTIFY that failed so ends the subscription (RFC 5057 section 5.1).
func endsSubscription(status int) bool {
	switch status {
	case 404, 405, 410, 416, 480, 481, 482, 483, 484, 485, 489, 501, 604:
		return true
	}
	return false
}

func (u *SubscriptionUsage) writeSubscription(s *subscription, at int64) {
	rec := u.subscriptionRecord(s)
	if s.id != 0 {
		u.Emit(at, &link.FinishedSubscription{Subscription: rec, Session: s.id})
	} else {
		u.Emit(at, rec)
	}
	u.removeSubscription(s)
}

func (u *SubscriptionUsage) removeSubscription(s *subscription) {
	g := s.group
	s.retire(u.Counters)
	for i, x := range g.subscriptions {
		if x == Session(s) {
			g.subscriptions = append(g.subscriptions[:i], g.subscriptions[i+1:]...)
			break
		}
	}
	for _, r := range g.requests {
		if r.subscription == s {
			r.subscription = nil
		}
	}
	store.Dequeue(&u.open, s)
	u.Counters.Tracked[stats.TableSubscriptions]--
	s.text.Reset()
	if s.eventState != nil {
		s.eventState.Release(&u.resources)
	}
	u.Charge(stats.TableSubscriptions, &s.bytes, 0)
	*s = subscription{text: s.text, eventState: s.eventState}
	if len(u.freeSubscriptions) < shard.MaxFree {
		u.freeSubscriptions = append(u.freeSubscriptions, s)
	}
}

// join makes a request one of the subscription.
func (s *subscription) join(r *request) {
	r.subscription, r.about = s, s.kind
	if r.content != nil {
		r.event = r.text.Add(s.text.Of(s.event))
	}
}

// weight returns how many bytes a subscription takes.
func (s *subscription) weight() int {
	n := subscriptionBytes + shard.Beyond(len(s.text.Bytes()), startSubscription, 1)
	if s.eventState != nil {
		n += s.eventState.Bytes()
	}
	return n
}

// pieces calls f with every piece of the text that the subscription still uses.
func (s *subscription) pieces(f func(*store.Piece)) {
	for _, p := range [...]*store.Piece{
		&s.event, &s.subscriberTag, &s.notifierTag, &s.answerTag, &s.resource, &s.subscriber, &s.stateWord, &s.ending, &s.reason,
	} {
		f(p)
	}
}

// tidySubscription does the same for a subscription.
func (u *SubscriptionUsage) tidySubscription(s *subscription) {
	if s.text.Untidy() {
		u.Tidied = s.text.Tidy(u.Tidied, s.pieces)
	}
}

// touch reads a word of every line of a subscription that notifications read.
func (s *subscription) touch() uint64 {
	return uint64(s.deadline) + uint64(s.notifierTag.Len) + uint64(s.last) + uint64(s.notifies) + uint64(s.ended)
}

// startSubscription is how many bytes the text of a subscription has room for from the start.
const startSubscription = 256
