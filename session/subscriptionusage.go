package session

import (
	"sipspan/session/eventstate"
	"sipspan/session/link"
	"sipspan/session/store"
)

// SubscriptionUsage follows the subscriptions of a shard.
type SubscriptionUsage struct {
	*Table
	*subscriptionMemory
	groups    settler
	calls     announcer
	open      store.Queue[subscription] // oldest first
	resources eventstate.Table
}

// settler brings a group up to date whose sessions have changed without a message of its own.
type settler interface{ Settle(g *group) }

// announcer announces the call of a group, if there is one, and returns what the correlator knows it by; 0 without a call.
type announcer interface {
	Announced(g *group, at int64) link.ID
}

// subscriptionMemory is what ended subscriptions leave for the next ones. Shards of one goroutine share it.
type subscriptionMemory struct{ freeSubscriptions []*subscription }

// NewSubscriptionUsage returns a usage without subscriptions.
func NewSubscriptionUsage(t *Table, groups settler, calls announcer) *SubscriptionUsage {
	u := &SubscriptionUsage{Table: t, subscriptionMemory: new(subscriptionMemory), groups: groups, calls: calls}
	u.resources = eventstate.NewTable(t.Config.MaxResources, t.Counters)
	u.resources.FlapChanges, u.resources.FlapWindow = t.Config.FlapChanges, t.Config.FlapWindow
	return u
}

// Share makes a usage work in the memory of another.
func (u *SubscriptionUsage) Share(with *SubscriptionUsage) {
	u.subscriptionMemory = with.subscriptionMemory
}
