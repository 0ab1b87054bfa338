package session

import (
	"sipspan/decode/presence"
	"sipspan/record"
	"sipspan/session/eventstate"
	"sipspan/session/link"
	"sipspan/session/stats"
	"sipspan/session/store"
)

// packSubscription writes the packed form of one subscription of a group into the workspace: with its requests, and without the
// rest of the group. It reports false when it is too large.
func (t *Tracker) packSubscription(s *subscription) bool {
	t.calls.packer.only = s
	defer func() { t.calls.packer.only = nil }()
	return t.fits(s.group)
}

// subscriptions are those of a group: only one is packed at a time.
func (p *callPacker) subscriptions(g *group) {
	if !p.Has(p.only != nil) {
		return
	}
	s := p.only
	if p.Unpacking() {
		s = &subscription{text: store.NewText(startSubscription), group: g, number: p.number}
		g.subscriptions = append(g.subscriptions, s)
	}
	p.subscription(s)
}

func (p *packer) subscription(s *subscription) {
	p.text = &s.text
	p.Bools(&s.stated, &s.piggybacked, &s.challenged, &s.accepted, &s.fetch, &s.left, &s.gone, &s.twin, &s.forked, &s.hereWanted, &s.reachable,
		&s.notified, &s.silent, &s.counted, &s.endNoted)
	p.times(&s.deadline, &s.start, &s.seen, &s.last, &s.firstNotify, &s.asked, &s.answered, &s.granted, &s.until, &s.ended)
	p.pieces(&s.event, &s.subscriberTag, &s.notifierTag, &s.answerTag, &s.resource, &s.subscriber, &s.stateWord, &s.ending, &s.reason)
	p.Addr(&s.src)
	p.Addr(&s.dst)
	store.Number(&p.Codec, &s.kind)
	store.Number(&p.Codec, &s.cseq)
	store.Number(&p.Codec, &s.expires)
	store.Number(&p.Codec, &s.status)
	store.Number(&p.Codec, &s.refreshes)
	store.Number(&p.Codec, &s.notifies)
	store.Number(&p.Codec, &s.failures)
	store.Number(&p.Codec, &s.changes)
	store.Number(&p.Codec, &s.state)
	store.Number(&p.Codec, &s.outcome)
	store.Number(&p.Codec, &s.flags)
	store.Number(&p.Codec, &s.gap)
	id := int64(s.id)
	p.Time(&id)
	s.id = link.ID(id)
	s.cause = inJSON(p, s.cause)
	if p.Has(s.eventState != nil) {
		if p.Unpacking() {
			s.eventState = new(eventstate.State)
		}
		s.eventState.Pack(&p.Codec)
	}
	if int(s.kind) >= stats.NumEvents || int(s.state) >= stats.NumNotifyStates || int(s.outcome) >= record.NumOutcomes {
		p.Fail()
	}
}

// packs reports whether a request is packed with what is packed of its group: the requests of a subscription go with that.
func (p *callPacker) packs(r *request) bool {
	if p.only == nil {
		return r.subscription == nil
	}
	return r.subscription == p.only
}

// eachSubscription calls f with the subscriptions of a tracker, in no special order. f may end them.
func (t *Tracker) eachSubscription(f func(*subscription)) {
	for _, g := range t.groups.busy {
		if g == nil {
			continue
		}
		for i := len(g.subscriptions) - 1; i >= 0; i-- {
			f(g.subscriptions[i].(*subscription))
		}
	}
}

// noteSubscriptions hands on the subscriptions of a group whose end was seen.
func (t *Tracker) noteSubscriptions(g *group) {
	for _, s := range subscriptionsIn(g) {
		if s.ended == 0 || s.endNoted {
			continue
		}
		s.endNoted = true
		if t.packSubscription(s) {
			t.Ended(s.number, t.packed)
		}
	}
}

// suspendSubscriptions hands on the subscriptions that have not ended, and forgets them without a record.
func (t *Tracker) suspendSubscriptions(save func(number uint64, packed []byte)) {
	t.eachSubscription(func(s *subscription) {
		if s.ended != 0 || !t.packSubscription(s) {
			return
		}
		save(s.number, t.packed)
		g := s.group
		for i := len(g.requests) - 1; i >= 0; i-- {
			if r := g.requests[i]; r.subscription == s {
				r.subscription = nil
				t.removeRequest(r)
			}
		}
		t.subscriptions.removeSubscription(s)
		t.settle(g)
	})
}

// resumeSubscription takes up the subscription of a group that was unpacked.
func (t *Tracker) resumeSubscription(g *group, k *store.Kept) {
	s := g.subscriptions[0].(*subscription)
	t.SkipNumber(s.number)
	if k.Written {
		for _, r := range g.requests {
			r.subscription = nil
		}
		g.subscriptions = g.subscriptions[:0]
		g.buried = true
		t.resumeEnded(g, k.Gap)
		return
	}
	g = t.joined(g, k.Gap)
	store.Enqueue(&t.subscriptions.open, s)
	t.Counters.Tracked[stats.TableSubscriptions]++
	if s.counted {
		t.Counters.SubscriptionsActive[s.kind]++
	}
	if s.eventState != nil {
		s.eventState.Adopt(&t.subscriptions.resources)
	}
	s.flags |= record.Restart
	s.gap += k.Gap
	s.endNoted = false // not in this run
	if s.ended == 0 {
		// What the two sides have said meanwhile is not known: that it was refreshed, or notified.
		s.reachable = false
		if s.until != 0 {
			s.until += int64(k.Gap) + int64(max(s.expires, 0))*1e9
		}
		s.schedule(&t.Config)
	}
	if s.id != 0 && s.eventState != nil { // the correlator of this run knows nothing of it
		s.id = t.NextID()
		s.eventState.Presences(func(uri string, basic presence.Basic) { t.subscriptions.reportPresence(s, uri, basic, s.last) })
	}
	t.settle(g)
}
