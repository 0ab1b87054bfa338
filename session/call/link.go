package call

import (
	"bytes"

	"sipspan/decode/sip"
	"sipspan/record"
	"sipspan/session/link"
	"sipspan/session/transaction"
	"sipspan/session/value"
)

// announceLeg reports a call, once, as soon as a response shows that the INVITE has arrived.
func (u *Usage) announceLeg(c *Call, at int64) {
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
	u.Report(c.group.CallID, s.id, at, l)
}

// announceKeys reports keys that were seen later.
func (u *Usage) announceKeys(c *Call, at int64) {
	for s := &c.link; s.announced < len(s.keys); s.announced++ {
		u.Report(c.group.CallID, s.id, at, u.exportKey(c, &s.keys[s.announced]))
	}
}

func (u *Usage) exportKey(c *Call, k *linkKey) link.Key {
	key := link.Key{Kind: k.kind, Value: string(c.text.Of(k.value))}
	switch k.kind {
	case link.KeyCallID:
		key.Name = u.Config.RelatedHeaders[k.name]
	case link.KeyCorrelation:
		key.Name = correlationID
	}
	return key
}

// Announced announces the call of a group, if there is one, and returns what the correlator knows it by; 0 without a call.
func (u *Usage) Announced(g *transaction.Group, at int64) link.ID {
	c := In(g)
	if c == nil {
		return 0
	}
	u.announceLeg(c, at)
	return c.link.id
}

// announceFact reports a request of a group, and its call before that.
func (u *Usage) announceFact(g *transaction.Group, v *transaction.View, f link.Fact) {
	u.Report(g.CallID, u.Announced(g, v.At), v.At, f)
}

// announceHolds reports what is new in the times in which a side of a call has the other on hold.
func (u *Usage) announceHolds(c *Call, v *transaction.View) {
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

func (u *Usage) announceHold(c *Call, v *transaction.View, by link.Side, at int64, over bool) {
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
	u.announceLeg(c, v.At)
	u.Sink.Announce(max(v.At, u.Now), link.Announcement{CallID: c.group.CallID, Call: c.link.id, Time: at, Fact: f})
}

// newRefer begins the fact about a request that somebody call somebody.
func newRefer(v *transaction.View) link.Refer {
	return link.Refer{
		By:     link.Identify(v.Message.From().URI),
		To:     link.Identify(v.Message.To().URI),
		Src:    v.Meta.Src,
		Dst:    v.Meta.Dst,
		CSeq:   v.CSeq,
		Sender: v.Sender,
		Inside: len(v.ToTag) > 0,
	}
}

// announceRefer reports a REFER that asks somebody to call somebody (RFC 3515).
func (u *Usage) announceRefer(r *transaction.Request, v *transaction.View) {
	g := r.Group
	a, _ := sip.NextAddress(v.Message.Header(sip.HeaderReferTo))
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
	if g.Call != nil {
		r.Side = In(g).sideOf(v)
		n.Side = r.Side
		n.Ordinary = In(g).link.ordinary[n.Side.Other()]
		In(g).link.referred = true
	}
	if by := v.Message.Header(sip.HeaderReferredBy); by != nil {
		b, _ := sip.ParseAddress(by)
		n.ReferredBy = link.Identify(b.URI)
	}
	n.What = "REFER from " + v.Meta.Src.String() + " to " + v.Meta.Dst.String()
	if replaces := uriHeader(uri.Headers, "Replaces"); len(replaces) > 0 {
		n.Dialog, n.Replaces = string(untilSemicolon(replaces)), true
		n.What += ", Replaces in Refer-To"
	} else if target := v.Message.Header(sip.HeaderTargetDialog); target != nil {
		n.Dialog = string(value.Clip(untilSemicolon(target)))
	}
	u.announceFact(g, v, n)
}

// AnnounceJudged reports whether a REFER, or a BYE that may have Also, was accepted, refused or not answered.
func (u *Usage) AnnounceJudged(r *transaction.Request, at int64) {
	c := In(r.Group)
	if r.Method != sip.REFER && (r.Method != sip.BYE || c == nil || !c.link.referred) {
		return
	}
	n := link.ReferJudged{CSeq: r.CSeq, Sender: r.Sender, Also: r.Method == sip.BYE, Status: r.Status}
	var call link.ID
	if c != nil {
		call = c.link.id
		n.Ordinary = c.link.ordinary[r.Side.Other()]
	}
	u.Report(r.Group.CallID, call, at, n)
}

// announceAlso reports a BYE that asks the other side to call somebody, as was done before there was REFER.
func (u *Usage) announceAlso(g *transaction.Group, v *transaction.View) {
	for list := v.Message.Header(sip.HeaderAlso); len(list) > 0; {
		var a sip.Address
		if a, list = sip.NextAddress(list); len(a.URI) == 0 {
			continue
		}
		n := newRefer(v)
		n.Inside, n.Also = true, true
		if g.Call != nil {
			n.Side = In(g).sideOf(v)
			n.Ordinary = In(g).link.ordinary[n.Side.Other()]
			In(g).link.referred = true
		}
		n.Target = link.Identify(a.URI)
		n.What = "BYE with Also from " + v.Meta.Src.String() + " to " + v.Meta.Dst.String()
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

// OfferMissed reports that an offer inside the call of a group was not seen.
func (u *Usage) OfferMissed(g *transaction.Group, v *transaction.View) {
	if g.Call != nil {
		u.announceFact(g, v, link.OfferMissed{})
	}
}
