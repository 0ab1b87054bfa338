package subscription

import (
	"iter"
	"net/netip"
	"time"

	"sipspan/decode/sip"
	"sipspan/internal/wire"
	"sipspan/record"
	"sipspan/session/eventstate"
	"sipspan/session/link"
	"sipspan/session/stats"
	"sipspan/session/store"
	"sipspan/session/transaction"
	"sipspan/session/value"
)

// MaxSubscriptions bounds the subscriptions of one Call-ID.
const MaxSubscriptions = 64

// Subscription is a subscription (RFC 6665) from its first SUBSCRIBE, REFER or NOTIFY to its end. Of a forked SUBSCRIBE
// every notifier has one of its own (section 4.4.1).
type Subscription struct {
	store.Node
	Group    *transaction.Group
	Arrival  uint64 // among the open ones
	deadline int64
	Bytes    int32 // see ledger

	Text                 store.Text
	event                store.Piece // event type and parameters: what distinguishes the subscriptions of one dialog
	kind                 stats.EventPackage
	SubscriberTag        store.Piece
	notifierTag          store.Piece // From tag of the NOTIFYs; none before the first
	answerTag            store.Piece // To tag of the 2xx, or the one that the first SUBSCRIBE seen carried
	Resource, subscriber store.Piece
	StateWord, ending    store.Piece // Subscription-State, if it is none of the usual ones, and its reason
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
	id          link.ID           // under which its presence was announced; 0 while no presence was announced
	challenged  bool
	accepted    bool // by a 2xx or a NOTIFY
	fetch       bool // the first SUBSCRIBE said Expires: 0
	left        bool // a later one did
	gone        bool // and it was accepted
	twin        bool // of a forked SUBSCRIBE, that of a second notifier
	forked      bool // and none of its NOTIFYs was accepted yet
	hereWanted  bool // the SUBSCRIBE asks for NOTIFYs at the address that it came from
	reachable   bool // requests inside the dialog pass where the SUBSCRIBE was seen
	notified    bool // by a NOTIFY that only its response shows
	silent      bool // a 2xx that no NOTIFY follows (204, RFC 5839)
	counted     bool // among the active ones
	ended       int64
	outcome     record.Outcome
	cause       *record.Cause // of a first SUBSCRIBE that failed
	flags       record.Flags
	number      uint64        // of the session, see shard.Shard.NextNumber
	gap         time.Duration // for which the program was not running meanwhile
	endNoted    bool          // shard.Shard.Ended knows that it has ended
}

// NodeOf makes a subscription a member of store.Queue.
func (s *Subscription) NodeOf() *store.Node { return &s.Node }

// openSubscribe takes a SUBSCRIBE that is seen for the first time: it opens a subscription, tries again after a
// challenge, or refreshes or ends one that exists.
func (u *Usage) openSubscribe(g *transaction.Group, v *transaction.View) {
	r := u.NewRequest(g, v, transaction.RoleSubscribe)
	r.Expires = v.Seconds(sip.HeaderExpires)
	u.TakeOver(r)
	event := v.Message.Header(sip.HeaderEvent)
	s := subscribed(g, event, v.FromTag, v.ToTag)
	if r.Retried {
		if waiting := challengedSubscription(g, event); waiting != nil {
			s = waiting
			s.Text.Put(&s.SubscriberTag, v.FromTag)
			s.challenged = true
		}
	}
	if s == nil && r.Inside {
		// A refresh that comes too late belongs to the subscription that has ended, and opens none.
		if s = endedSubscription(g, event, v.FromTag, v.ToTag); s != nil {
			s.keepFor(&u.Config, v.At)
			r.Refresh = true
			s.join(r)
			return
		}
	}
	switch {
	case s == nil:
		s = u.openSubscription(g, r, v)
	case s.accepted:
		r.Refresh = true
		s.left = r.Expires == 0
	}
	u.observeRequested(s, v)
	s.flags |= v.Meta.Flags
	s.last = v.At
	s.join(r)
	s.schedule(&u.Config)
	u.tidySubscription(s)
}

// openSubscription opens the subscription of a SUBSCRIBE. One inside a dialog whose beginning was not seen is the refresh
// of a subscription: its Request-URI is the Contact of the notifier, and To shows who is watched.
func (u *Usage) openSubscription(g *transaction.Group, r *transaction.Request, v *transaction.View) *Subscription {
	flags := v.Meta.Flags
	if r.Inside && !hasDialog(g, v) {
		flags |= record.MidStream
		r.Refresh = true
	}
	s := u.newSubscription(g, v, flags)
	s.src, s.dst = v.Meta.Src, v.Meta.Dst
	s.start = v.At
	resource := v.Message.RequestURI()
	if r.Inside {
		resource = v.Message.To().URI
		s.answerTag = s.Text.Add(v.ToTag)
	}
	s.Resource, s.subscriber = s.Text.Add(resource), s.Text.Add(v.Message.From().URI)
	s.hereWanted = wantsNotifies(v)
	s.left = r.Refresh && r.Expires == 0
	s.fetch = !r.Refresh && r.Expires == 0
	u.announceWatch(g, v)
	return s
}

// Unasked takes the response to a SUBSCRIBE that was not seen.
func (u *Usage) Unasked(g *transaction.Group, r *transaction.Request, v *transaction.View) {
	s := subscribed(g, v.Message.Header(sip.HeaderEvent), v.FromTag, v.ToTag)
	if s == nil {
		s = u.newSubscription(g, v, v.Meta.Flags|record.MidStream)
		s.src, s.dst = v.Meta.Dst, v.Meta.Src
		s.Resource, s.subscriber = s.Text.Add(v.Message.To().URI), s.Text.Add(v.Message.From().URI)
	}
	r.Refresh = s.accepted
	s.join(r)
}

// newSubscription opens a subscription; the caller fills in who subscribed to what. The From or To tag of the subscriber
// is that of the message, which the subscriber sent unless it is a NOTIFY.
func (u *Usage) newSubscription(g *transaction.Group, v *transaction.View, flags record.Flags) *Subscription {
	if len(g.Subscriptions) >= MaxSubscriptions {
		u.Evict(g.Subscriptions[0].(*Subscription), v.At)
	}
	if u.Open.Len() >= u.Config.MaxSubscriptions {
		oldest := u.groups.OldestSubscription()
		other := oldest.Group
		u.Evict(oldest, v.At)
		if other != g {
			u.groups.Settle(other)
		}
	}
	s := u.spare()
	s.Group, s.seen, s.last, s.flags, s.expires, s.cseq = g, v.At, v.At, flags, -1, v.CSeq
	s.number = u.NextNumber()
	event := v.Message.Header(sip.HeaderEvent)
	s.kind = value.EventPackage(event)
	s.event = s.Text.Add(event)
	tag := v.FromTag
	if v.Message.Method == sip.NOTIFY || v.Message.Method == sip.BENOTIFY {
		tag = v.ToTag
	}
	s.SubscriberTag = s.Text.Add(tag)
	g.Subscriptions = append(g.Subscriptions, s)
	u.enter(s)
	s.schedule(&u.Config)
	return s
}

// enter takes a subscription into the table.
func (u *Usage) enter(s *Subscription) {
	s.Arrival = u.Open.Add(s.Group.Ref, u.groups.SubscriptionMoved)
	store.Enqueue(&u.Busy, s)
	u.Counters.Tracked[stats.TableSubscriptions]++
}

// Evict writes a subscription that has to make room.
func (u *Usage) Evict(s *Subscription, at int64) {
	u.Counters.Evicted[stats.TableSubscriptions]++
	s.flags |= record.TableFull
	u.End(s, at)
}

// accept notes that the subscription exists.
func (s *Subscription) accept(c *stats.Counters) {
	s.accepted = true
	if !s.counted {
		s.counted = true
		c.SubscriptionsActive[s.kind]++
	}
}

// subscribeDone takes the end of a SUBSCRIBE: its final response, or none in time.
func (u *Usage) subscribeDone(r *transaction.Request, v *transaction.View, at int64) {
	s := Of(r)
	if s == nil || s.ended != 0 && !(r.Refresh && value.Success(r.Status)) {
		return
	}
	if s.ended != 0 {
		s = u.openAgain(r, v) // the notifier has opened another one in the old dialog
		if s == nil {
			return
		}
	}
	first := !r.Refresh || !s.accepted
	if first {
		s.status = r.Status
		s.Text.Put(&s.reason, r.Text.Of(r.Reason))
		s.tellTwins()
	}
	switch {
	case value.Success(r.Status):
		u.subscribeAccepted(s, r, v, at)
	case first && r.Status == 0 && r.Flags&record.Restart != 0: // it is not known
	case first && r.Status == 0 && s.notifies == 0:
		s.cause = u.subscribeCause(r, at)
		s.end(u, at, record.OutcomeTimeout)
	case first && r.Status >= 300:
		s.cause = u.subscribeCause(r, at)
		s.end(u, at, record.OutcomeRejected)
	case r.Refresh && endsSubscription(r.Status):
		s.end(u, at, record.Terminated)
	case r.Status >= 300:
		s.left = false // it goes on
	}
	s.schedule(&u.Config)
}

// subscribeAccepted takes what a 2xx to a SUBSCRIBE holds.
func (u *Usage) subscribeAccepted(s *Subscription, r *transaction.Request, v *transaction.View, at int64) {
	s.accept(u.Counters)
	s.asked, s.answered = r.Start, at
	s.silent = r.Status == 204
	told := -1
	if v != nil {
		told = v.Seconds(sip.HeaderExpires)
	}
	switch {
	case told >= 0:
		s.grant(at, told)
	case s.granted < r.Start || s.expires < 0: // a NOTIFY may have had it already
		s.grant(at, r.Expires)
	}
	if r.Expires == 0 {
		s.gone = s.left
	} else if r.Refresh {
		s.refreshes++
	}
	if v == nil {
		return
	}
	if s.answerTag.Len == 0 {
		s.answerTag = s.Text.Add(v.ToTag)
	}
	s.reachable = s.reachable || s.comesBack(v)
	u.observePiggyback(s, v)
}

// grant notes for how many seconds the notifier grants the subscription, -1 when it does not say.
func (s *Subscription) grant(at int64, seconds int) {
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

func (u *Usage) writeSubscription(s *Subscription, at int64) {
	rec := u.subscriptionRecord(s)
	if s.id != 0 {
		u.Emit(at, &link.FinishedSubscription{Subscription: rec, Session: s.id})
	} else {
		u.Emit(at, rec)
	}
	u.removeSubscription(s)
}

func (u *Usage) removeSubscription(s *Subscription) {
	g := s.Group
	s.retire(u.Counters)
	for i, x := range g.Subscriptions {
		if x == transaction.Session(s) {
			g.Subscriptions = append(g.Subscriptions[:i], g.Subscriptions[i+1:]...)
			break
		}
	}
	for _, r := range g.Requests {
		if r.Subscription == s {
			r.Subscription = nil
		}
	}
	u.Open.Remove(s.Arrival)
	u.Counters.Tracked[stats.TableSubscriptions]--
	if s.eventState != nil {
		s.eventState.Release(&u.resources)
	}
	u.Recycle(s)
}

// join makes a request one of the subscription.
func (s *Subscription) join(r *transaction.Request) {
	r.Subscription, r.About = s, s.kind
	if r.Content != nil {
		r.Event = r.Text.Add(s.Text.Of(s.event))
	}
}

// tidySubscription does the same for a subscription.
func (u *Usage) tidySubscription(s *Subscription) {
	if s.Text.Untidy() {
		u.Tidied = s.Text.Tidy(u.Tidied, s.pieces)
	}
}

// Due returns the deadline of the subscription.
func (s *Subscription) Due() int64 { return s.deadline }

// Of returns the subscription that a request belongs to, nil if there is none.
func Of(r *transaction.Request) *Subscription {
	s, _ := r.Subscription.(*Subscription)
	return s
}

// In iterates over the subscriptions of a group.
func In(g *transaction.Group) iter.Seq2[int, *Subscription] {
	return func(yield func(int, *Subscription) bool) {
		for i, s := range g.Subscriptions {
			if !yield(i, s.(*Subscription)) {
				return
			}
		}
	}
}

// Numbered returns the subscription of a group with this number among the open ones, nil if there is none.
func Numbered(g *transaction.Group, arrival uint64) *Subscription {
	for _, s := range In(g) {
		if s.Arrival == arrival {
			return s
		}
	}
	return nil
}

// Adopt gives a subscription what its SUBSCRIBE carries.
func (u *Usage) Adopt(r *transaction.Request, v *transaction.View) {
	s := Of(r)
	if s == nil {
		return
	}
	if s.event.Len == 0 {
		event := v.Message.Header(sip.HeaderEvent)
		s.kind, s.event = value.EventPackage(event), s.Text.Add(event)
		s.join(r)
	}
	u.observeRequested(s, v)
}
