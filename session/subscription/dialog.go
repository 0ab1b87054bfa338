package subscription

import (
	"bytes"
	"net/netip"

	"sipspan/decode/sip"
	"sipspan/session/link"
	"sipspan/session/store"
	"sipspan/session/transaction"
	"sipspan/session/value"
)

// subscribed returns the subscription that a SUBSCRIBE, or the response to one, belongs to: that of its event, of the tag
// of the subscriber, and of the notifier whose tag it has. Where it has none, any notifier will do. A message that names
// no event belongs to any that has the tags.
func subscribed(g *transaction.Group, event, subscriberTag, notifierTag []byte) *Subscription {
	return lastSubscription(g, func(s *Subscription) bool {
		return s.ended == 0 && s.isOf(event, subscriberTag) && s.mayNotify(notifierTag)
	})
}

// endedSubscription returns the subscription of a dialog that has ended and whose record is still to come.
func endedSubscription(g *transaction.Group, event, subscriberTag, notifierTag []byte) *Subscription {
	return lastSubscription(g, func(s *Subscription) bool {
		return s.ended != 0 && s.isOf(event, subscriberTag) && s.accepted && s.mayNotify(notifierTag)
	})
}

// notifiedBy returns the subscription that a NOTIFY belongs to. Until the first NOTIFY a subscription has no notifier: the
// To tag of the 2xx may be that of another one, because a proxy passes on only one 2xx to a forked SUBSCRIBE and all
// NOTIFYs.
func notifiedBy(g *transaction.Group, event, subscriberTag, notifierTag []byte) *Subscription {
	of := func(s *Subscription) bool { return s.ended == 0 && s.isOf(event, subscriberTag) }
	if len(subscriberTag) == 0 {
		return lastSubscription(g, of) // outside a dialog there are none to distinguish
	}
	s := lastSubscription(g, func(s *Subscription) bool { return of(s) && s.hasTag(s.notifierTag, notifierTag) })
	if s == nil {
		s = lastSubscription(g, func(s *Subscription) bool {
			return of(s) && s.notifierTag.Len == 0 && s.hasTag(s.answerTag, notifierTag)
		})
	}
	if s == nil {
		s = lastSubscription(g, func(s *Subscription) bool {
			return of(s) && s.notifierTag.Len == 0 && (s.answerTag.Len == 0 || !forksSeen(g, s))
		})
	}
	if s == nil {
		s = lastSubscription(g, func(s *Subscription) bool {
			return s.ended != 0 && s.isOf(event, subscriberTag) && s.hasTag(s.notifierTag, notifierTag)
		})
	}
	return s
}

// forksSeen reports whether the capture shows a proxy send the SUBSCRIBE of a subscription to several places: then the To
// tag of the 2xx shows whose it is. Where it does not, an element on the way may have changed that.
func forksSeen(g *transaction.Group, s *Subscription) bool {
	for _, r := range g.Requests {
		if r.Subscription == s && r.Method == sip.SUBSCRIBE && r.Forked() {
			return true
		}
	}
	return false
}

// forkedWith returns a subscription of the same SUBSCRIBE, which was seen, with another notifier.
func forkedWith(g *transaction.Group, event, subscriberTag []byte) *Subscription {
	return lastSubscription(g, func(s *Subscription) bool { return s.start != 0 && s.isOf(event, subscriberTag) })
}

func lastSubscription(g *transaction.Group, fits func(*Subscription) bool) *Subscription {
	for i := len(g.Subscriptions) - 1; i >= 0; i-- {
		if s := g.Subscriptions[i].(*Subscription); fits(s) {
			return s
		}
	}
	return nil
}

// hasDialog reports whether the dialog of a message was there before it: with a call or another subscription in it (RFC
// 5057).
func hasDialog(g *transaction.Group, v *transaction.View) bool {
	if g.Call != nil {
		return true
	}
	return lastSubscription(g, func(s *Subscription) bool {
		return s.hasTag(s.SubscriberTag, v.FromTag) && (s.hasTag(s.notifierTag, v.ToTag) || s.hasTag(s.answerTag, v.ToTag)) ||
			s.hasTag(s.SubscriberTag, v.ToTag) && s.hasTag(s.notifierTag, v.FromTag)
	}) != nil
}

func (s *Subscription) hasTag(own store.Piece, tag []byte) bool {
	return own.Len > 0 && bytes.Equal(s.Text.Of(own), value.Clip(tag))
}

// isOf reports whether the subscription has that event and tag of the subscriber.
func (s *Subscription) isOf(event, subscriberTag []byte) bool {
	return bytes.Equal(s.Text.Of(s.SubscriberTag), value.Clip(subscriberTag)) && (len(event) == 0 || s.sameEvent(event))
}

// mayNotify reports whether a notifier with that tag may be that of the subscription.
func (s *Subscription) mayNotify(tag []byte) bool {
	return len(tag) == 0 || s.notifierTag.Len == 0 && s.answerTag.Len == 0 || s.hasTag(s.notifierTag, tag) || s.hasTag(s.answerTag, tag)
}

// sameEvent compares event type and id (RFC 6665 section 8.2.1).
func (s *Subscription) sameEvent(event []byte) bool {
	own := s.Text.Of(s.event)
	return bytes.Equal(value.EventType(own), value.EventType(event)) && bytes.Equal(eventID(own), eventID(event))
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
func challengedSubscription(g *transaction.Group, event []byte) *Subscription {
	for _, s := range In(g) {
		if s.ended == 0 && !s.accepted && s.sameEvent(event) {
			return s
		}
	}
	return nil
}

// openFork opens the subscription of another notifier to whom a proxy has forked the SUBSCRIBE of one that exists, nil if
// there is no room.
func (u *Usage) openFork(of *Subscription, v *transaction.View) *Subscription {
	if len(of.Group.Subscriptions) >= MaxSubscriptions || u.Open.Len() >= u.Config.MaxSubscriptions {
		return nil
	}
	s := u.newSubscription(of.Group, v, v.Meta.Flags)
	s.src, s.dst = of.src, v.Meta.Src
	s.start, s.asked, s.status, s.cseq = of.start, of.asked, of.status, of.cseq
	s.fetch, s.challenged, s.twin, s.forked = of.fetch, of.challenged, true, true
	s.Resource, s.subscriber = s.Text.Add(of.Text.Of(of.Resource)), s.Text.Add(of.Text.Of(of.subscriber))
	s.reason = s.Text.Add(of.Text.Of(of.reason))
	return s
}

// tellTwins gives the subscriptions of other notifiers, of which a NOTIFY came first, the answer to their SUBSCRIBE.
func (s *Subscription) tellTwins() {
	for _, o := range In(s.Group) {
		if o.twin && o.status == 0 && o.start == s.start {
			o.status = s.status
			o.Text.Put(&o.reason, s.Text.Of(s.reason))
		}
	}
}

// refuseFork forgets the subscription of a second notifier whose NOTIFY the subscriber has refused: the event package
// allows one dialog (RFC 6665 section 5.4.9), and so there was never another subscription.
func (u *Usage) refuseFork(s *Subscription) {
	if s.id != 0 {
		u.Report(s.Group.CallID, 0, u.Now, link.NoPresence{Subscription: s.id})
	}
	if u.Ended != nil {
		u.Ended(s.number, nil)
	}
	u.removeSubscription(s)
}

// openAgain opens the subscription that a 2xx to the late refresh of one that has ended shows, nil if there is no room.
func (u *Usage) openAgain(r *transaction.Request, v *transaction.View) *Subscription {
	old := Of(r)
	g := old.Group
	if v == nil || len(g.Subscriptions) >= MaxSubscriptions || u.Open.Len() >= u.Config.MaxSubscriptions {
		return nil
	}
	s := u.newSubscription(g, v, r.Flags)
	s.event, s.kind = s.Text.Add(old.Text.Of(old.event)), old.kind
	s.src, s.dst, s.start = old.src, old.dst, r.Start
	s.Resource, s.subscriber = s.Text.Add(old.Text.Of(old.Resource)), s.Text.Add(old.Text.Of(old.subscriber))
	r.Refresh = false
	s.join(r)
	return s
}

// comesBack reports whether the NOTIFYs of a subscription pass where its SUBSCRIBE was seen: the notifier answers it
// itself, or the proxy in between stays on the way (Record-Route), and the subscriber wants them where it sent the
// SUBSCRIBE from. With host names it is not known.
func (s *Subscription) comesBack(v *transaction.View) bool {
	if s.src.Addr() != v.Meta.Dst.Addr() || !s.hereWanted {
		return false
	}
	server := v.Meta.Src.Addr()
	if v.Message.First(sip.HeaderRecordRoute) < 0 {
		a, _ := v.Message.Contact()
		return hostIs(a.URI, server)
	}
	for i := v.Message.First(sip.HeaderRecordRoute); i >= 0; i = v.Message.Next(i) {
		for list := v.Message.Value(i); len(list) > 0; {
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
// one that no other endpoint can be reached at (RFC 7118, and private addresses behind a NAT).
func wantsNotifies(v *transaction.View) bool {
	a, _ := v.Message.Contact()
	if hostIs(a.URI, v.Meta.Src.Addr()) {
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
	return err == nil && host.IsPrivate() && !v.Meta.Src.Addr().IsPrivate()
}
