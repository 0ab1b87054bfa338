package session

import (
	"bytes"
	"net/netip"

	"sipspan/decode/sip"
	"sipspan/record"
	"sipspan/session/stats"
)

// notice is what a request says to the correlator beside its Call-ID.
type notice struct {
	by, to     identity // who sent it to whom
	target     identity // of a REFER: whom the other shall call
	referredBy identity
	src, dst   netip.AddrPort
	cseq       uint32
	sender     uint64 // see view.sender
	dialog     string // Call-ID of a dialog that it names
	replaces   bool   // … as the one to replace
	inside     bool   // it is part of a dialog
	also       bool   // a BYE with Also
	toFocus    bool   // the Refer-To is a conference
	side       side   // of the call that sent it
	focus      uint64 // Contact of a conference focus
	ordinary   bool   // … which was none before; of a REFER, that who is asked is none
	status     int    // that is told
	what       string // the request, as evidence

	media, other uint64 // where the sender of a hold, or of a new address, wants its media, and the other side
}

func newNotice(v *view) *notice {
	return &notice{
		by:     identify(v.m.From().URI),
		to:     identify(v.m.To().URI),
		src:    v.meta.Src,
		dst:    v.meta.Dst,
		cseq:   v.cseq,
		sender: v.sender,
		inside: len(v.toTag) > 0,
	}
}

// announceLeg tells the correlator of a call, once, as soon as a response says that the INVITE has come through.
func (t *Tracker) announceLeg(c *call, at int64) {
	s := &c.link
	if s.leg != nil {
		t.announceKeys(c, at)
		return
	}
	l := &leg{
		callID: c.group.callID,
		hash:   c.group.hash,
		start:  c.start,
		from:   identify(c.text.of(c.fromURI)),
		to:     identify(c.text.of(c.toURI)),
		origin: s.origin,
		media:  s.media,
		focus:  s.focus,
		begun:  c.flags&record.MidStream == 0,
	}
	if s.media == 0 && c.offeredByCallee && c.description != nil {
		var offer linkState
		offer.readOffer(c.description[:c.offerLen])
		l.offered = offer.media
	}
	l.src, l.dst = c.ends()
	if len(s.keys) > 0 {
		l.keys = make([]legKey, len(s.keys))
		for i := range s.keys {
			l.keys[i] = t.legKey(c, &s.keys[i])
		}
		s.told = len(s.keys)
	}
	s.leg = l
	t.sink.Announce(max(at, t.now), Announcement{Sighting: LegSeen, CallID: l.callID, Time: at, leg: l})
}

// announceKeys tells of keys that were seen later.
func (t *Tracker) announceKeys(c *call, at int64) {
	for s := &c.link; s.told < len(s.keys); s.told++ {
		k := t.legKey(c, &s.keys[s.told])
		t.sink.Announce(max(at, t.now), Announcement{Sighting: KeySeen, CallID: c.group.callID, Time: at, leg: s.leg, key: &k})
	}
}

func (t *Tracker) legKey(c *call, k *linkKey) legKey {
	key := legKey{kind: k.kind, value: string(c.text.of(k.value))}
	if k.kind == linkCallID {
		key.name = t.cfg.RelatedHeaders[k.name]
	}
	return key
}

// announceNotice tells of a request of a group, and of its call before.
func (t *Tracker) announceNotice(g *group, v *view, what Sighting, n *notice) {
	var l *leg
	if g.call != nil {
		t.announceLeg(g.call, v.at)
		l = g.call.link.leg
	}
	t.sink.Announce(max(v.at, t.now), Announcement{Sighting: what, CallID: g.callID, Time: v.at, leg: l, notice: n})
}

// announceHolds tells of what is new in the times in which a side of a call has the other on hold.
func (t *Tracker) announceHolds(c *call, v *view) {
	s := &c.link
	for ; s.holds < len(c.holding.list); s.holds++ {
		h := &c.holding.list[s.holds]
		t.announceHold(c, v, HoldSeen, h.by, h.start)
	}
	for i, h := range c.holding.list {
		if bit := uint32(1) << i; h.end != 0 && s.resumed&bit == 0 {
			s.resumed |= bit
			t.announceHold(c, v, ResumeSeen, h.by, h.end)
		}
	}
}

func (t *Tracker) announceHold(c *call, v *view, what Sighting, by side, at int64) {
	n := new(notice)
	caller, callee := c.ends()
	n.media, n.other = c.link.wants[by], c.link.wants[by.other()]
	n.by, n.src = identify(c.text.of(c.fromURI)), caller
	if by == calleeSide {
		n.by, n.src = identify(c.text.of(c.toURI)), callee
	}
	t.announceLeg(c, v.at)
	t.sink.Announce(max(v.at, t.now), Announcement{Sighting: what, CallID: c.group.callID, Time: at, leg: c.link.leg, notice: n})
}

// announceRefer tells of a REFER that asks somebody to call somebody (RFC 3515).
func (t *Tracker) announceRefer(r *request, v *view) {
	g := r.group
	a, _ := sip.NextAddress(v.m.Header(sip.HeaderReferTo))
	uri, ok := sip.ParseURI(a.URI)
	if !ok || !uri.IsSIP() && !hasScheme(a.URI, "tel:") {
		return
	}
	if method := uri.Param("method"); len(method) > 0 && sip.ParseMethod(method) != sip.INVITE {
		return
	}
	n := newNotice(v)
	n.target = identify(a.URI)
	_, n.toFocus = sip.Param(a.Params, "isfocus")
	if g.call != nil {
		r.side = g.call.sideOf(v)
		n.side = r.side
		n.ordinary = g.call.link.ordinary[n.side.other()]
		g.call.link.referred = true
	}
	if by := v.m.Header(sip.HeaderReferredBy); by != nil {
		b, _ := sip.ParseAddress(by)
		n.referredBy = identify(b.URI)
	}
	n.what = "REFER from " + v.meta.Src.String() + " to " + v.meta.Dst.String()
	if replaces := uriHeader(uri.Headers, "Replaces"); len(replaces) > 0 {
		n.dialog, n.replaces = string(untilSemicolon(replaces)), true
		n.what += ", Replaces in Refer-To"
	} else if target := v.m.Header(sip.HeaderTargetDialog); target != nil {
		n.dialog = string(clip(untilSemicolon(target)))
	}
	t.announceNotice(g, v, ReferSeen, n)
}

// announceJudged tells whether a REFER, or a BYE that may have Also, was accepted, refused or not answered.
func (t *Tracker) announceJudged(r *request, at int64) {
	c := r.group.call
	if r.method != sip.REFER && (r.method != sip.BYE || c == nil || !c.link.referred) {
		return
	}
	var l *leg
	n := &notice{cseq: r.cseq, sender: r.sender, also: r.method == sip.BYE, status: r.status}
	if c != nil {
		l = c.link.leg
		n.ordinary = c.link.ordinary[r.side.other()]
	}
	t.sink.Announce(max(at, t.now), Announcement{Sighting: ReferJudged, CallID: r.group.callID, Time: at, leg: l, notice: n})
}

// announceAlso tells of a BYE that asks the other side to call somebody, as was done before there was REFER.
func (t *Tracker) announceAlso(g *group, v *view) {
	for list := v.m.Header(sip.HeaderAlso); len(list) > 0; {
		var a sip.Address
		if a, list = sip.NextAddress(list); len(a.URI) == 0 {
			continue
		}
		n := newNotice(v)
		n.inside, n.also = true, true
		if g.call != nil {
			n.side = g.call.sideOf(v)
			n.ordinary = g.call.link.ordinary[n.side.other()]
			g.call.link.referred = true
		}
		n.target = identify(a.URI)
		n.what = "BYE with Also from " + v.meta.Src.String() + " to " + v.meta.Dst.String()
		t.announceNotice(g, v, ReferSeen, n)
		return
	}
}

// announceWatch tells of a subscription to the calls of somebody.
func (t *Tracker) announceWatch(g *group, v *view) {
	switch event := parseEvent(v.m.Header(sip.HeaderEvent)); event {
	case stats.EventDialog, stats.EventCallCompletion:
		n := newNotice(v)
		n.what = "SUBSCRIBE with Event " + event.String() + " from " + v.meta.Src.String() + " to " + v.meta.Dst.String()
		t.announceNotice(g, v, WatchSeen, n)
	}
}

// uriHeader returns the value of a header of a URI, unescaped (RFC 3261 section 19.1.1).
func uriHeader(headers []byte, name string) []byte {
	for len(headers) > 0 {
		var h []byte
		h, headers, _ = bytes.Cut(headers, []byte("&"))
		if key, value, _ := bytes.Cut(h, []byte("=")); bytes.EqualFold(bytes.TrimSpace(key), []byte(name)) {
			return unescapeURI(value[:min(len(value), 2*maxLinkValue)])
		}
	}
	return nil
}

// unescapeURI returns a copy of b with every %HH as its byte, without white space, which folding may have left.
func unescapeURI(b []byte) []byte {
	out := make([]byte, 0, len(b))
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case c == '%' && i+2 < len(b) && unhex(b[i+1]) >= 0 && unhex(b[i+2]) >= 0:
			out = append(out, byte(unhex(b[i+1])<<4|unhex(b[i+2])))
			i += 2
		case c == ' ', c == '\t', c == '\r', c == '\n':
		default:
			out = append(out, c)
		}
	}
	return out
}

func unhex(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c|0x20 && c|0x20 <= 'f':
		return int(c|0x20-'a') + 10
	}
	return -1
}
