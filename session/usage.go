package session

import "iter"

// Session is what a usage keeps under a Call-ID: a call or a subscription.
type Session interface {
	// Due returns when something is to be done for the session if no message comes before.
	Due() int64
}

func (c *call) Due() int64 { return c.deadline }

// callIn returns the call of a group, nil if there is none.
func callIn(g *group) *call {
	c, _ := g.call.(*call)
	return c
}

// callOf returns the call that a request belongs to, nil if there is none.
func callOf(r *request) *call {
	c, _ := r.call.(*call)
	return c
}

func (s *subscription) Due() int64 { return s.deadline }

// subscriptionOf returns the subscription that a request belongs to, nil if there is none.
func subscriptionOf(r *request) *subscription {
	s, _ := r.subscription.(*subscription)
	return s
}

// subscriptionsIn iterates over the subscriptions of a group.
func subscriptionsIn(g *group) iter.Seq2[int, *subscription] {
	return func(yield func(int, *subscription) bool) {
		for i, s := range g.subscriptions {
			if !yield(i, s.(*subscription)) {
				return
			}
		}
	}
}
