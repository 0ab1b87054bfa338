package session

import (
	"sipspan/decode/sip"
	"sipspan/session/value"
)

// adoptRequest takes a request of which only answers were seen before: its first copy is not in the capture, or comes later than
// any port delivers. When it was sent first is not known, so that what began with it stays in mid-stream; what it carries
// is taken.
func (t *Tracker) adoptRequest(r *request, x *transaction, v *view) {
	r.adopted = true
	if r.raw == nil {
		r.raw = t.keepRequest(v.m)
	}
	if r.content != nil {
		r.uri, r.agent = r.text.Add(v.m.RequestURI()), r.text.Add(v.agent())
		r.expires = v.seconds(sip.HeaderExpires)
	}
	switch {
	case r.role == roleInvite && r.call != nil && !r.behind:
		t.adoptInvite(callOf(r), r, x, v)
	case r.role == roleSubscribe && r.subscription != nil:
		s := subscriptionOf(r)
		if s.event.Len == 0 {
			event := v.m.Header(sip.HeaderEvent)
			s.kind, s.event = value.EventPackage(event), s.text.Add(event)
			s.join(r)
		}
		t.subscriptions.observeRequested(s, v)
	}
}

// adoptInvite gives a call what its INVITE carries.
func (t *Tracker) adoptInvite(c *call, r *request, x *transaction, v *view) {
	if c.uri.Len == 0 {
		c.uri, c.agent = c.text.Add(v.m.RequestURI()), c.text.Add(v.agent())
		c.src, c.dst = v.meta.Src, v.meta.Dst
	}
	if h := c.hopOf(x); h != nil {
		c.readTarget(h, v.m.RequestURI())
	}
	c.readIdentity(v)
	c.observeDiversion(v)
	if r.offered = c.describe(v, false); r.offered {
		offer, _ := c.descriptions()
		c.link.readOffer(offer)
	}
	t.calls.readLinks(c, v)
	if c.link.id != 0 {
		t.calls.announceKeys(c, v.at)
	}
}
