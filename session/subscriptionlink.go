package session

import (
	"sipspan/decode/sip"
	"sipspan/session/link"
	"sipspan/session/stats"
	"sipspan/session/value"
)

// announceWatch tells of a subscription to the calls of somebody.
func (u *SubscriptionUsage) announceWatch(g *group, v *view) {
	switch event := value.EventPackage(v.m.Header(sip.HeaderEvent)); event {
	case stats.EventDialog, stats.EventCallCompletion:
		u.Report(g.callID, u.calls.Announced(g, v.at), v.at, link.Watch{
			By: link.Identify(v.m.From().URI), To: link.Identify(v.m.To().URI),
			What: "SUBSCRIBE with Event " + event.String() + " from " + v.meta.Src.String() + " to " + v.meta.Dst.String(),
		})
	}
}

// announceReferTold tells what a NOTIFY says of the call that a REFER asked for (RFC 3515 section 2.4.5).
func (u *SubscriptionUsage) announceReferTold(s *subscription, v *view, status int) {
	if s.kind != stats.EventRefer || status < 200 {
		return
	}
	n := link.ReferTold{Status: status}
	if r := refer(s.group, v, s.text.Of(s.event)); r != nil {
		n.CSeq, n.Sender = r.cseq, r.sender
	}
	u.Report(s.group.callID, u.calls.Announced(s.group, v.at), v.at, n)
}
