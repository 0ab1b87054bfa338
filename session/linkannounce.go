package session

import (
	"bytes"

	"sipspan/decode/sip"
	"sipspan/record"
	"sipspan/session/link"
	"sipspan/session/value"
)

// announceLeg tells the correlator of a call, once, as soon as a response says that the INVITE has come through.
func (u *CallUsage) announceLeg(c *call, at int64) {
	s := &c.link
	if s.id != 0 {
		u.announceKeys(c, at)
		return
	}
	l := link.Call{
		Start:  c.start,
		From:   link.Identify(c.text.Of(c.fromURI)),
		To:     link.Identify(c.text.Of(c.toURI)),
		Origin: s.origin,
		Media:  s.media,
		Focus:  s.focus,
		Begun:  c.flags&record.MidStream == 0,
	}
	if s.media == 0 && c.offeredByCallee && c.description != nil {
		var offer linkState
		offer.readOffer(c.description[:c.offerLen])
		l.Offered = offer.media
	}
	l.Src, l.Dst = c.ends()
	if len(s.keys) > 0 {
		l.Keys = make([]link.Key, len(s.keys))
		for i := range s.keys {
			l.Keys[i] = u.exportKey(c, &s.keys[i])
		}
		s.announced = len(s.keys)
	}
	s.id = u.NextID()
	u.Report(c.group.callID, s.id, at, l)
}

// announceKeys tells of keys that were seen later.
func (u *CallUsage) announceKeys(c *call, at int64) {
	for s := &c.link; s.announced < len(s.keys); s.announced++ {
		u.Report(c.group.callID, s.id, at, u.exportKey(c, &s.keys[s.announced]))
	}
}

func (u *CallUsage) exportKey(c *call, k *linkKey) link.Key {
	key := link.Key{Kind: k.kind, Value: string(c.text.Of(k.value))}
	if k.kind == link.KeyCallID {
		key.Name = u.Config.RelatedHeaders[k.name]
	}
	return key
}

// Announced announces the call of a group, if there is one, and returns what the correlator knows it by; 0 without a call.
func (u *CallUsage) Announced(g *group, at int64) link.ID {
	c := callIn(g)
	if c == nil {
		return 0
	}
	u.announceLeg(c, at)
	return c.link.id
}

// announceFact tells of a request of a group, and of its call before.
func (u *CallUsage) announceFact(g *group, v *view, f link.Fact) {
	u.Report(g.callID, u.Announced(g, v.at), v.at, f)
}

// announceHolds tells of what is new in the times in which a side of a call has the other on hold.
func (u *CallUsage) announceHolds(c *call, v *view) {
	s := &c.link
	for ; s.holds < len(c.holding.list); s.holds++ {
		h := &c.holding.list[s.holds]
		u.announceHold(c, v, h.by, h.start, false)
	}
	for i, h := range c.holding.list {
		if bit := uint32(1) << i; h.end != 0 && s.resumed&bit == 0 {
			s.resumed |= bit
			u.announceHold(c, v, h.by, h.end, true)
		}
	}
}

func (u *CallUsage) announceHold(c *call, v *view, by link.Side, at int64, over bool) {
	src, callee := c.ends()
	who := c.fromURI
	if by == link.CalleeSide {
		src, who = callee, c.toURI
	}
	holder := link.Identify(c.text.Of(who))
	f := link.Fact(link.Hold{By: holder, Src: src, Media: c.link.wants[by], Other: c.link.wants[by.Other()]})
	if over {
		f = link.Resume{By: holder, Src: src}
	}
	u.announceLeg(c, v.at)
	u.Sink.Announce(max(v.at, u.Now), link.Announcement{CallID: c.group.callID, Call: c.link.id, Time: at, Fact: f})
}

// newRefer begins the fact about a request that somebody call somebody.
func newRefer(v *view) link.Refer {
	return link.Refer{
		By:     link.Identify(v.m.From().URI),
		To:     link.Identify(v.m.To().URI),
		Src:    v.meta.Src,
		Dst:    v.meta.Dst,
		CSeq:   v.cseq,
		Sender: v.sender,
		Inside: len(v.toTag) > 0,
	}
}

// announceRefer tells of a REFER that asks somebody to call somebody (RFC 3515).
func (u *CallUsage) announceRefer(r *request, v *view) {
	g := r.group
	a, _ := sip.NextAddress(v.m.Header(sip.HeaderReferTo))
	uri, ok := sip.ParseURI(a.URI)
	if !ok || !uri.IsSIP() && !sip.HasScheme(a.URI, "tel:") {
		return
	}
	if method := uri.Param("method"); len(method) > 0 && sip.ParseMethod(method) != sip.INVITE {
		return
	}
	n := newRefer(v)
	n.Target = link.Identify(a.URI)
	_, n.ToFocus = sip.Param(a.Params, "isfocus")
	if g.call != nil {
		r.side = callIn(g).sideOf(v)
		n.Side = r.side
		n.Ordinary = callIn(g).link.ordinary[n.Side.Other()]
		callIn(g).link.referred = true
	}
	if by := v.m.Header(sip.HeaderReferredBy); by != nil {
		b, _ := sip.ParseAddress(by)
		n.ReferredBy = link.Identify(b.URI)
	}
	n.What = "REFER from " + v.meta.Src.String() + " to " + v.meta.Dst.String()
	if replaces := uriHeader(uri.Headers, "Replaces"); len(replaces) > 0 {
		n.Dialog, n.Replaces = string(untilSemicolon(replaces)), true
		n.What += ", Replaces in Refer-To"
	} else if target := v.m.Header(sip.HeaderTargetDialog); target != nil {
		n.Dialog = string(value.Clip(untilSemicolon(target)))
	}
	u.announceFact(g, v, n)
}

// announceJudged tells whether a REFER, or a BYE that may have Also, was accepted, refused or not answered.
func (u *CallUsage) announceJudged(r *request, at int64) {
	c := callIn(r.group)
	if r.method != sip.REFER && (r.method != sip.BYE || c == nil || !c.link.referred) {
		return
	}
	n := link.ReferJudged{CSeq: r.cseq, Sender: r.sender, Also: r.method == sip.BYE, Status: r.status}
	var call link.ID
	if c != nil {
		call = c.link.id
		n.Ordinary = c.link.ordinary[r.side.Other()]
	}
	u.Report(r.group.callID, call, at, n)
}

// announceAlso tells of a BYE that asks the other side to call somebody, as was done before there was REFER.
func (u *CallUsage) announceAlso(g *group, v *view) {
	for list := v.m.Header(sip.HeaderAlso); len(list) > 0; {
		var a sip.Address
		if a, list = sip.NextAddress(list); len(a.URI) == 0 {
			continue
		}
		n := newRefer(v)
		n.Inside, n.Also = true, true
		if g.call != nil {
			n.Side = callIn(g).sideOf(v)
			n.Ordinary = callIn(g).link.ordinary[n.Side.Other()]
			callIn(g).link.referred = true
		}
		n.Target = link.Identify(a.URI)
		n.What = "BYE with Also from " + v.meta.Src.String() + " to " + v.meta.Dst.String()
		u.announceFact(g, v, n)
		return
	}
}

// uriHeader returns the value of a header of a URI, unescaped (RFC 3261 section 19.1.1).
func uriHeader(headers []byte, name string) []byte {
	for len(headers) > 0 {
		var h []byte
		h, headers, _ = bytes.Cut(headers, []byte("&"))
		if key, value, _ := bytes.Cut(h, []byte("=")); bytes.EqualFold(bytes.TrimSpace(key), []byte(name)) {
			return sip.UnescapeHeader(value[:min(len(value), 2*maxLinkValue)])
		}
	}
	return nil
}

// offerMissed tells that an offer inside the call of a group was not seen.
func (u *CallUsage) offerMissed(g *group, v *view) { u.announceFact(g, v, link.OfferMissed{}) }
