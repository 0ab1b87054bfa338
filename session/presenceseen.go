package session

import (
	"bytes"
	"time"

	"sipspan/decode/presence"
	"sipspan/decode/sip"
	"sipspan/internal/wire"
	"sipspan/record"
	"sipspan/session/stats"
)

// toldAround is how long after a change of somebody's presence other watchers may still be told of what was before: a
// server tells each watcher at most every five seconds (RFC 3856 section 6.10).
const toldAround = int64(5 * time.Second)

// observation is what is announced of a presentity: what a watcher was told for the first time or otherwise than before.
type observation struct {
	entity, watcher uint64
	basic           presence.Basic
	news            *news
}

// news is what a subscription was the first to be told, of all its presentities. The correlator fills it in.
type news struct {
	changes  int
	flapping int
}

// finishedSubscription is the record of a subscription with what was news in it.
type finishedSubscription struct {
	*record.Subscription
	news *news
}

// announcePresence tells the correlator what a watcher hears of somebody. While a subscription waits for approval it is told
// nothing that is true (RFC 3856 section 6.6.2).
func (t *Tracker) announcePresence(s *subscription, entity string, basic presence.Basic, v *view) {
	state := v.m.Header(sip.HeaderSubscriptionState)
	if len(state) >= 7 && bytes.EqualFold(state[:7], []byte("pending")) {
		return
	}
	uri := []byte(entity)
	if len(uri) == 0 {
		uri = s.text.of(s.resource)
	}
	if s.news == nil {
		s.news = new(news)
	}
	o := &observation{entity: presentityKey(uri), watcher: presentityKey(s.text.of(s.subscriber)), basic: basic, news: s.news}
	t.sink.Announce(max(v.at, t.now), Announcement{Sighting: PresenceSeen, CallID: s.group.callID, Time: v.at, observed: o})
}

// presentityKey tells whom a URI names: pres:bob@example.com is the presence of sip:bob@example.com (RFC 3859).
func presentityKey(uri []byte) uint64 {
	if hasScheme(uri, "pres:") {
		uri = uri[len("pres:"):]
	}
	if id := identify(uri); id.aor != 0 {
		return id.aor
	}
	return wire.HashCallID(uri)
}

// presentities is what is known of whoever's presence was told, in whatever subscription.
type presentities struct {
	byKey map[uint64]*followed
	order []uint64
}

// followed is one presentity. Its state is what was told last, to whomever.
type followed struct {
	basic   presence.Basic
	changed int64  // when it last changed, 0 before the first time
	by      uint64 // the watcher who was told that first
	flap    stats.Flap
}

// seePresence takes a telling. It is a change of the presentity when it differs from what was told last, unless another
// watcher heard of a change just before: then this one is still being told what led there.
func (c *Correlator) seePresence(o *observation, at int64) {
	p := c.presentities.byKey[o.entity]
	if p == nil {
		c.followPresentity(o.entity, &followed{basic: o.basic})
		return
	}
	if o.basic == p.basic || p.changed != 0 && p.by != o.watcher && at-p.changed <= toldAround {
		return
	}
	p.basic, p.changed, p.by = o.basic, at, o.watcher
	c.counters.PresenceChanges[o.basic]++
	o.news.changes++
	p.flap.Change(at, c.cfg.FlapChanges, c.cfg.FlapWindow)
	if p.flap.Flapping {
		o.news.flapping++
		p.flap.Restart() // and again, if it goes on
	}
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

// finish puts into the record what was news.
func (f *finishedSubscription) finish() *record.Subscription {
	r := f.Subscription
	if f.news == nil {
		return r
	}
	r.PresenceChanges = f.news.changes
	if f.news.flapping > 0 && r.Presence != nil {
		r.Presence.Flapping = true
	}
	if r.Resources != nil {
		r.Resources.Flapping = max(r.Resources.Flapping, min(f.news.flapping, 1))
	}
	return r
}
