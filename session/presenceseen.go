package session

import (
	"bytes"

	"sipspan/decode/presence"
	"sipspan/decode/sip"
	"sipspan/session/link"
)

// announcePresence tells the correlator what a watcher hears of somebody. While a subscription waits for approval it is told
// nothing that is true (RFC 3856 section 6.6.2).
func (u *SubscriptionUsage) announcePresence(s *subscription, entity string, basic presence.Basic, v *view) {
	state := v.m.Header(sip.HeaderSubscriptionState)
	if len(state) >= 7 && bytes.EqualFold(state[:7], []byte("pending")) {
		return
	}
	if s.id == 0 {
		s.id = u.NextID()
	}
	u.reportPresence(s, entity, basic, v.at)
}

// reportPresence reports that a watcher knows of the presence of somebody, "" for the resource of the subscription.
func (u *SubscriptionUsage) reportPresence(s *subscription, entity string, basic presence.Basic, at int64) {
	uri := []byte(entity)
	if len(uri) == 0 {
		uri = s.text.Of(s.resource)
	}
	u.Report(s.group.callID, 0, at, link.Presence{
		Entity: link.Presentity(uri), Watcher: link.Presentity(s.text.Of(s.subscriber)), Basic: basic, Subscription: s.id,
	})
}
