package subscription

import (
	"time"

	"sipspan/decode/presence"
	"sipspan/decode/sip"
	"sipspan/record"
	"sipspan/session/eventstate"
	"sipspan/session/link"
	"sipspan/session/shard"
	"sipspan/session/stats"
	"sipspan/session/store"
	"sipspan/session/transaction"
)

// Usage follows the subscriptions of a shard.
type Usage struct {
	*transaction.Table
	*subscriptionMemory
	groups    groups
	calls     announcer
	Open      store.Arrivals            // all subscriptions, oldest first
	Busy      store.Queue[Subscription] // those that are not packed
	resources eventstate.Table
}

// groups is what subscriptions ask of the groups that they are in.
type groups interface {
	// Settle brings a group up to date whose sessions have changed without a message of its own.
	Settle(g *transaction.Group)
	// OldestSubscription returns the one that was opened first, nil if there is none.
	OldestSubscription() *Subscription
	// SubscriptionMoved takes the number that the subscription of a group gets among the open ones when others have left.
	SubscriptionMoved(ref store.Ref, from, to uint64)
}

// announcer announces the call of a group, if there is one, and returns what the correlator knows it by; 0 without a call.
type announcer interface {
	Announced(g *transaction.Group, at int64) link.ID
}

// subscriptionMemory is what ended subscriptions leave for the next ones. Shards of one goroutine share it.
type subscriptionMemory struct{ freeSubscriptions []*Subscription }

// New returns a usage without subscriptions.
func New(t *transaction.Table, groups groups, calls announcer) *Usage {
	u := &Usage{Table: t, subscriptionMemory: new(subscriptionMemory), groups: groups, calls: calls}
	u.resources = eventstate.NewTable(t.Config.MaxResources, t.Counters)
	u.resources.FlapChanges, u.resources.FlapWindow = t.Config.FlapChanges, t.Config.FlapWindow
	return u
}

// Share makes a usage work in the memory of another.
func (u *Usage) Share(with *Usage) {
	u.subscriptionMemory = with.subscriptionMemory
}

// Request takes a SUBSCRIBE or a notification.
func (u *Usage) Request(g *transaction.Group, v *transaction.View) {
	if v.Message.Method == sip.SUBSCRIBE {
		u.openSubscribe(g, v)
	} else {
		u.openNotify(g, v)
	}
}

// Response leaves a response alone until it has decided its request.
func (u *Usage) Response(*transaction.Request, *transaction.Transaction, *transaction.View) {
}

// Complete takes the end of a SUBSCRIBE or a notification. It reports whether nothing failed by it.
func (u *Usage) Complete(r *transaction.Request, v *transaction.View, at int64) (said bool) {
	ended := at
	if r.Status != 0 {
		ended = r.Final
	}
	if r.Role == transaction.RoleSubscribe {
		u.subscribeDone(r, v, ended)
		s := Of(r)
		return s != nil && r.Status == 0 && s.notifies > 0 // the NOTIFY shows that it was accepted
	}
	if r.Lost || !u.notifyDone(r, ended) {
		return false
	}
	if u.Config.AllTransactions {
		u.WriteTransaction(r, at)
	}
	return true
}

// Close has nothing to write for a request: the subscription is written by itself.
func (u *Usage) Close(*transaction.Request, int64) {}

// Release forgets a subscription without a record.
func (u *Usage) Release(s *Subscription) { u.removeSubscription(s) }

// Resume takes up a subscription that another tracker has handed on, after a gap. The correlator of this run knows nothing of it.
func (u *Usage) Resume(s *Subscription, gap time.Duration) {
	u.enter(s)
	if s.counted {
		u.Counters.SubscriptionsActive[s.kind]++
	}
	if s.eventState != nil {
		s.eventState.Adopt(&u.resources)
	}
	s.flags |= record.Restart
	s.gap += gap
	s.endNoted = false // not in this run
	if s.ended == 0 {
		// What the two sides have said meanwhile is not known: that it was refreshed, or notified.
		s.reachable = false
		if s.until != 0 {
			s.until += int64(gap) + int64(max(s.expires, 0))*1e9
		}
		s.schedule(&u.Config)
	}
	if s.id != 0 && s.eventState != nil {
		s.id = u.NextID()
		s.eventState.Presences(func(uri string, basic presence.Basic) { u.reportPresence(s, uri, basic, s.last) })
	}
}

// Blank returns a subscription into which one is unpacked, in a group that it becomes one of. number is that of the session.
func (u *Usage) Blank(g *transaction.Group, number uint64) *Subscription {
	s := u.spare()
	s.Group, s.number = g, number
	g.Subscriptions = append(g.Subscriptions, s)
	return s
}

// spare returns memory for a subscription.
func (u *Usage) spare() *Subscription {
	if n := len(u.freeSubscriptions); n > 0 {
		s := u.freeSubscriptions[n-1]
		u.freeSubscriptions = u.freeSubscriptions[:n-1]
		return s
	}
	return &Subscription{Text: store.NewText(startSubscription)}
}

// Recycle keeps the memory of a subscription, which is packed or over, for the next one. What its bodies said stays counted.
func (u *Usage) Recycle(s *Subscription) {
	store.Dequeue(&u.Busy, s)
	u.Charge(stats.TableSubscriptions, &s.Bytes, 0)
	s.Text.Reset()
	if s.eventState != nil {
		s.eventState.Reset()
	}
	*s = Subscription{Text: s.Text, eventState: s.eventState}
	if len(u.freeSubscriptions) < shard.MaxFree {
		u.freeSubscriptions = append(u.freeSubscriptions, s)
	}
}

// Thawed takes back a subscription that was packed.
func (u *Usage) Thawed(s *Subscription, arrival uint64) {
	s.Arrival = arrival
	store.Enqueue(&u.Busy, s)
}
