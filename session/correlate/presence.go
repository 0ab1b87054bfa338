package correlate

import (
	"time"

	"sipspan/decode/presence"
	"sipspan/session/link"
	"sipspan/session/stats"
)

// notifiedLate is how long after a change of somebody's presence other watchers may still be notified of the state before: a
// server notifies each watcher at most every five seconds (RFC 3856 section 6.10).
const notifiedLate = int64(5 * time.Second)

// presentities holds the presence of all presentities, whichever subscription notified of it.
type presentities struct {
	byKey map[uint64]*followed
	order []uint64
	news  map[sessionKey]news // of subscriptions whose records are still to come
}

// news counts the changes of which a subscription was notified first, over all its presentities.
type news struct {
	changes  int
	flapping int
}

// followed is one presentity, with the state of the last notification to any watcher.
type followed struct {
	basic   presence.Basic
	changed int64  // when it last changed, 0 before the first time
	by      uint64 // the watcher who was notified of it first
	flap    stats.Flap
}

// observePresence takes the state in a notification. It is a change of the presentity when it differs from the last one, unless
// another watcher was notified of a change just before: then this watcher is still being notified of the states before it.
func (c *Correlator) observePresence(a *link.Announcement, o *link.Presence) {
	at := a.Time
	p := c.presentities.byKey[o.Entity]
	if p == nil {
		c.followPresentity(o.Entity, &followed{basic: o.Basic})
		return
	}
	if o.Basic == p.basic || p.changed != 0 && p.by != o.Watcher && at-p.changed <= notifiedLate {
		return
	}
	p.basic, p.changed, p.by = o.Basic, at, o.Watcher
	c.counters.PresenceChanges[o.Basic]++
	key := sessionKey{hashOf(a.CallID), o.Subscription}
	n := c.presentities.news[key]
	n.changes++
	p.flap.Change(at, c.cfg.FlapChanges, c.cfg.FlapWindow)
	if p.flap.Flapping {
		n.flapping++
		p.flap.Restart() // and again, if it goes on
	}
	if c.presentities.news == nil {
		c.presentities.news = make(map[sessionKey]news)
	}
	c.presentities.news[key] = n
}

func (c *Correlator) followPresentity(key uint64, p *followed) {
	t := &c.presentities
	if t.byKey == nil {
		t.byKey = make(map[uint64]*followed)
	}
	if len(t.order) >= c.cfg.MaxResources {
		delete(t.byKey, t.order[0])
		t.order = t.order[1:]
		c.counters.Evicted[stats.TablePresentities]++
	}
	t.byKey[key] = p
	t.order = append(t.order, key)
	c.counters.Tracked[stats.TablePresentities] = int64(len(t.order))
}

// takeNews returns and forgets the changes of which a subscription was notified first.
func (t *presentities) takeNews(key sessionKey) news {
	n := t.news[key]
	delete(t.news, key)
	return n
}

// finishSubscription puts into the record of a subscription the changes of which it was notified first.
func (c *Correlator) finishSubscription(f *link.FinishedSubscription) {
	r, n := f.Subscription, c.presentities.takeNews(sessionKey{hashOf(f.CallID), f.Session})
	r.PresenceChanges = n.changes
	if n.flapping > 0 && r.Presence != nil {
		r.Presence.Flapping = true
	}
	if r.Resources != nil {
		r.Resources.Flapping = max(r.Resources.Flapping, min(n.flapping, 1))
	}
}
