package session

import (
	"bytes"
	"net/netip"

	"sipspan/decode/sip"
	"sipspan/session/link"
)

// subscribed returns the subscription that a SUBSCRIBE, or the response to one, belongs to: that of its event, of the tag
// of the subscriber, and of the notifier whose tag it has. Where it has none, any notifier will do. A message that names
// no event belongs to any that has the tags.
func (g *group) subscribed(event, subscriberTag, notifierTag []byte) *subscription {
	return g.lastSubscription(func(s *subscription) bool {
		return s.ended == 0 && s.isOf(event, subscriberTag) && s.mayNotify(notifierTag)
	})
}

// endedSubscription returns the subscription of a dialog that has ended and whose record is still to come.
func (g *group) endedSubscription(event, subscriberTag, notifierTag []byte) *subscription {
	return g.lastSubscription(func(s *subscription) bool {
		return s.ended != 0 && s.isOf(event, subscriberTag) && s.accepted && s.mayNotify(notifierTag)
	})
}

// notifiedBy returns the subscription that a NOTIFY belongs to. Until the first NOTIFY a subscription has no notifier: the
// To tag of the 2xx may be that of another one, because a proxy passes on only one 2xx to a forked SUBSCRIBE and all
// NOTIFYs.
func (g *group) notifiedBy(event, subscriberTag, notifierTag []byte) *subscription {
	of := func(s *subscription) bool { return s.ended == 0 && s.isOf(event, subscriberTag) }
	if len(subscriberTag) == 0 {
		return g.lastSubscription(of) // outside a dialog there is nobody to tell apart
	}
	s := g.lastSubscription(func(s *subscription) bool { return of(s) && s.hasTag(s.notifierTag, notifierTag) })
	if s == nil {
		s = g.lastSubscription(func(s *subscription) bool {
			return of(s) && s.notifierTag.len == 0 && s.hasTag(s.answerTag, notifierTag)
		})
	}
	if s == nil {
		s = g.lastSubscription(func(s *subscription) bool {
			return of(s) && s.notifierTag.len == 0 && (s.answerTag.len == 0 || !g.forksSeen(s))
		})
	}
	if s == nil {
		s = g.lastSubscription(func(s *subscription) bool {
			return s.ended != 0 && s.isOf(event, subscriberTag) && s.hasTag(s.notifierTag, notifierTag)
		})
	}
	return s
}

// forksSeen reports whether the capture shows a proxy send the SUBSCRIBE of a subscription to several places: then the To
// tag of the 2xx tells whose it is. Where it does not, an element on the way may have changed that.
func (g *group) forksSeen(s *subscription) bool {
	for _, r := range g.requests {
		if r.subscription == s && r.method == sip.SUBSCRIBE && r.forked() {
			return true
		}
	}
	return false
}

// forkedWith returns a subscription of the same SUBSCRIBE, which was seen, with another notifier.
func (g *group) forkedWith(event, subscriberTag []byte) *subscription {
	return g.lastSubscription(func(s *subscription) bool { return s.start != 0 && s.isOf(event, subscriberTag) })
}

func (g *group) lastSubscription(fits func(*subscription) bool) *subscription {
	for i := len(g.subscriptions) - 1; i >= 0; i-- {
		if s := g.subscriptions[i]; fits(s) {
			return s
		}
	}
	return nil
}

// hasDialog reports whether the dialog of a message was there before it: with a call or another subscription in it (RFC
// 5057).
func (g *group) hasDialog(v *view) bool {
	if g.call != nil {
		return true
	}
	return g.lastSubscription(func(s *subscription) bool {
		return s.hasTag(s.subscriberTag, v.fromTag) && (s.hasTag(s.notifierTag, v.toTag) || s.hasTag(s.answerTag, v.toTag)) ||
			s.hasTag(s.subscriberTag, v.toTag) && s.hasTag(s.notifierTag, v.fromTag)
	}) != nil
}

func (s *subscription) hasTag(own piece, tag []byte) bool {
	return own.len > 0 && bytes.Equal(s.text.of(own), clip(tag))
}

// isOf reports whether the subscription has that event and tag of the subscriber.
func (s *subscription) isOf(event, subscriberTag []byte) bool {
	return bytes.Equal(s.text.of(s.subscriberTag), clip(subscriberTag)) && (len(event) == 0 || s.sameEvent(event))
}

// mayNotify reports whether a notifier with that tag may be that of the subscription.
func (s *subscription) mayNotify(tag []byte) bool {
	return len(tag) == 0 || s.notifierTag.len == 0 && s.answerTag.len == 0 || s.hasTag(s.notifierTag, tag) || s.hasTag(s.answerTag, tag)
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

// challengedSubscription returns the subscription to an event whose first SUBSCRIBE was challenged and not yet accepted.
func (g *group) challengedSubscription(event []byte) *subscription {
	for _, s := range g.subscriptions {
		if s.ended == 0 && !s.accepted && s.sameEvent(event) {
			return s
		}
	}
	return nil
}

// openFork opens the subscription of another notifier to whom a proxy has forked the SUBSCRIBE of one that exists, nil if
// there is no room.
func (t *Tracker) openFork(of *subscription, v *view) *subscription {
	if len(of.group.subscriptions) >= maxSubscriptions || t.subscriptions.size >= t.cfg.MaxSubscriptions {
		return nil
	}
	s := t.newSubscription(of.group, v, v.meta.Flags)
	s.src, s.dst = of.src, v.meta.Src
	s.start, s.asked, s.status, s.cseq = of.start, of.asked, of.status, of.cseq
	s.fetch, s.challenged, s.twin, s.forked = of.fetch, of.challenged, true, true
	s.resource, s.subscriber = s.text.add(of.text.of(of.resource)), s.text.add(of.text.of(of.subscriber))
	s.reason = s.text.add(of.text.of(of.reason))
	return s
}

// tellTwins gives the subscriptions of other notifiers, of which a NOTIFY came first, the answer to their SUBSCRIBE.
func (s *subscription) tellTwins() {
	for _, o := range s.group.subscriptions {
		if o.twin && o.status == 0 && o.start == s.start {
			o.status = s.status
			o.text.put(&o.reason, s.text.of(s.reason))
		}
	}
}

// refuseFork forgets the subscription of a second notifier whose NOTIFY the subscriber has refused: the event package
// allows one dialog (RFC 6665 section 5.4.9), and so there was never another subscription.
func (t *Tracker) refuseFork(s *subscription) {
	if s.id != 0 {
		t.report(s.group, 0, t.now, link.NoPresence{Subscription: s.id})
	}
	t.removeSubscription(s)
}

// openAgain opens the subscription that a 2xx to the late refresh of one that has ended tells of, nil if there is no room.
func (t *Tracker) openAgain(r *request, v *view) *subscription {
	old := r.subscription
	g := old.group
	if v == nil || len(g.subscriptions) >= maxSubscriptions || t.subscriptions.size >= t.cfg.MaxSubscriptions {
		return nil
	}
	s := t.newSubscription(g, v, r.flags)
	s.event, s.kind = s.text.add(old.text.of(old.event)), old.kind
	s.src, s.dst, s.start = old.src, old.dst, r.start
	s.resource, s.subscriber = s.text.add(old.text.of(old.resource)), s.text.add(old.text.of(old.subscriber))
	r.subscription, r.refresh = s, false
	return s
}

// comesBack reports whether the NOTIFYs of a subscription pass where its SUBSCRIBE was seen: the notifier answers it
// itself, or the proxy in between stays on the way (Record-Route), and the subscriber wants them where it sent the
// SUBSCRIBE from. With host names nobody knows.
func (s *subscription) comesBack(v *view) bool {
	if s.src.Addr() != v.meta.Dst.Addr() || !s.hereWanted {
		return false
	}
	server := v.meta.Src.Addr()
	if v.m.First(sip.HeaderRecordRoute) < 0 {
		a, _ := v.m.Contact()
		return hostIs(a.URI, server)
	}
	for i := v.m.First(sip.HeaderRecordRoute); i >= 0; i = v.m.Next(i) {
		for list := v.m.Value(i); len(list) > 0; {
			var a sip.Address
			if a, list = sip.NextAddress(list); hostIs(a.URI, server) {
				return true
			}
		}
	}
	return false
}

// hostIs reports whether the host of a URI is that address.
func hostIs(uri []byte, addr netip.Addr) bool {
	u, ok := sip.ParseURI(uri)
	if !ok {
		return false
	}
	host, own := bytes.Trim(u.Host, "[]"), addr.Unmap()
	var buf [64]byte
	if bytes.Equal(own.AppendTo(buf[:0]), host) {
		return true // as nearly everybody writes it
	}
	other, err := netip.ParseAddr(string(host))
	return err == nil && other.Unmap() == own
}

// wantsNotifies reports whether a SUBSCRIBE asks for its NOTIFYs at the address that it comes from: by its Contact, or by
// one that nobody else can be reached at (RFC 7118, and private addresses behind a NAT).
func wantsNotifies(v *view) bool {
	a, _ := v.m.Contact()
	if hostIs(a.URI, v.meta.Src.Addr()) {
		return true
	}
	u, ok := sip.ParseURI(a.URI)
	if !ok {
		return false
	}
	if bytes.HasSuffix(u.Host, []byte(".invalid")) {
		return true
	}
	host, err := netip.ParseAddr(string(bytes.Trim(u.Host, "[]")))
	return err == nil && host.IsPrivate() && !v.meta.Src.Addr().IsPrivate()
}
