package call

import (
	"sipspan/record"
	"sipspan/session/link"
	"sipspan/session/store"
	"sipspan/session/transaction"
)

// callPacker packs the state of a call.
type callPacker struct{ *transaction.Packer }

// Pack packs the call of a group, or unpacks one into it. number is that of the session.
func (u *Usage) Pack(p *transaction.Packer, g *transaction.Group, number uint64) {
	if p.Unpacking() {
		c := u.blankCall()
		c.group, c.number = g, number
		g.Call = c
	}
	c := callPacker{p}
	c.call(In(g))
}

// Recycle keeps the memory of the call of a group, which is packed, for the next one.
func (u *Usage) Recycle(g *transaction.Group) {
	c := In(g)
	u.Evidence.Suspend(c.evidence, c.raw, c.closing)
	u.recycleCall(c)
}

// call is a call without its requests.
func (p *callPacker) call(c *Call) {
	p.Strings = &c.text
	p.Base(&c.start)
	p.Bools(&c.answered, &c.callerSeen, &c.calleeSeen, &c.acked, &c.active, &c.cutOff, &c.skewed, &c.challenged, &c.answerKept,
		&c.offeredByCallee, &c.renegotiated, &c.endedBehind, &c.endNoted)
	store.Number(&p.Codec, &c.gap)
	p.Times(&c.deadline, &c.limit, &c.last, &c.attemptStart, &c.established, &c.provisional, &c.looked)
	p.Hash(&c.sender)
	store.Number(&p.Codec, &c.messages)
	store.Number(&p.Codec, &c.retransmissions)
	store.Number(&p.Codec, &c.origin)
	store.Number(&p.Codec, &c.cseq)
	store.Number(&p.Codec, &c.flags)
	store.Number(&p.Codec, &c.attempt)
	store.Number(&p.Codec, &c.answers)
	p.Addr(&c.src)
	p.Addr(&c.dst)
	p.Pieces(&c.fromURI, &c.fromName, &c.fromTag, &c.toURI, &c.toName, &c.toTag, &c.uri, &c.agent, &c.winner)
	c.identity = transaction.List(p.Packer, c.identity, maxIdentities)
	for i := range c.identity {
		p.Piece(&c.identity[i])
	}
	c.hops = transaction.List(p.Packer, c.hops, transaction.MaxHops)
	for i := range c.hops {
		p.hop(&c.hops[i])
	}
	c.forks = transaction.List(p.Packer, c.forks, MaxForks)
	for i := range c.forks {
		p.fork(&c.forks[i])
	}
	p.descriptions(c)
	p.linkState(&c.link)
	store.Number(&p.Codec, &c.interval)
	p.Time(&c.refreshed)
	if p.Has(c.dealtWith()) {
		p.dealings(c)
	}
	if p.Has(c.tried()) {
		p.attempts(c)
	}
	if p.Has(c.ending()) {
		p.ending(c)
	}
	if p.Unpacking() && !c.consistent() {
		p.Fail()
	}
}

// consistent reports whether what refers to a hop or a hold of the call refers to one that is there.
func (c *Call) consistent() bool {
	hops := len(c.hops)
	if c.origin < 0 || c.origin > max(0, hops-1) || int(c.forwardedHop) > hops {
		return false
	}
	for i := range c.forks {
		if hop := c.forks[i].hop; hop < 0 || hop > hops {
			return false
		}
	}
	for _, since := range c.holding.since {
		if int(since) > len(c.holding.list) {
			return false
		}
	}
	return c.link.announced <= len(c.link.keys) && c.link.holds <= len(c.holding.list)
}

func (p *callPacker) hop(h *hop) {
	p.Addr(&h.src)
	p.Addr(&h.dst)
	p.Addr(&h.answerer)
	p.Bools(&h.below, &h.unasked, &h.byACK, &h.givenUp, &h.rings, &h.announces)
	store.Number(&p.Codec, &h.attempt)
	store.Number(&p.Codec, &h.status)
	store.Number(&p.Codec, &h.transport)
	store.Number(&p.Codec, &h.vias)
	p.Times(&h.start, &h.firstResponse, &h.alerted, &h.shown, &h.final, &h.progress, &h.ring, &h.cancel, &h.settled)
	p.Hash(&h.ackTag)
	p.Hash(&h.finalHash)
	p.Pieces(&h.uri, &h.reason, &h.agent)
}

func (p *callPacker) fork(f *fork) {
	p.Pieces(&f.tag, &f.epid, &f.contact, &f.agent)
	store.Number(&p.Codec, &f.hop)
	store.Number(&p.Codec, &f.status)
	p.Bools(&f.proved, &f.ended)
	p.Times(&f.answeredAt, &f.alerted, &f.rung, &f.last, &f.shown)
}

// descriptions are the session descriptions of both sides.
func (p *callPacker) descriptions(c *Call) {
	c.description = p.Bytes(c.description)
	c.offerLen = p.Len(c.offerLen, len(c.description))
	c.other = p.Bytes(c.other)
}

func (p *callPacker) linkState(s *linkState) {
	s.keys = transaction.List(p.Packer, s.keys, link.MaxKeys)
	for i := range s.keys {
		k := &s.keys[i]
		store.Number(&p.Codec, &k.kind)
		store.Number(&p.Codec, &k.name)
		p.Piece(&k.value)
	}
	p.Hash(&s.origin)
	p.Hash(&s.media)
	p.Hash(&s.focus)
	id := int64(s.id)
	p.Time(&id)
	s.id = link.ID(id)
	store.Number(&p.Codec, &s.announced)
	store.Number(&p.Codec, &s.holds)
	store.Number(&p.Codec, &s.resumed)
	for i := range link.NumSides {
		p.Hash(&s.wants[i])
		p.Bools(&s.ordinary[i], &s.mixes[i])
	}
	store.Number(&p.Codec, &s.outcome)
	p.Bools(&s.referred)
}

// dealtWith reports whether the two sides did more in their dialog than to talk.
func (c *Call) dealtWith() bool {
	return c.holding.known || len(c.holding.list) > 0 || len(c.notes) > 0 || c.instantMessages > 0 || c.typing > 0 || c.forwarded != 0 ||
		c.redirected != 0 || len(c.behind) > 0 || c.behindBye != 0 || c.unreliable != unreliable{} || c.strayCancel != 0
}

func (p *callPacker) dealings(c *Call) {
	h := &c.holding
	p.Bools(&h.known)
	for i := range link.NumSides {
		store.Number(&p.Codec, &h.stances[i])
		store.Number(&p.Codec, &h.since[i])
	}
	h.list = transaction.List(p.Packer, h.list, MaxHolds)
	for i := range h.list {
		p.Times(&h.list[i].start, &h.list[i].end)
		store.Number(&p.Codec, &h.list[i].by)
	}
	c.notes = transaction.List(p.Packer, c.notes, MaxNotes*record.NumServices)
	for i := range c.notes {
		n := &c.notes[i]
		store.Number(&p.Codec, &n.service)
		p.Time(&n.at)
		p.Piece(&n.what)
	}
	store.Number(&p.Codec, &c.instantMessages)
	store.Number(&p.Codec, &c.typing)
	p.Times(&c.firstMessage, &c.firstTyping, &c.forwarded, &c.behindBye)
	store.Number(&p.Codec, &c.forwardedHop)
	p.Hash(&c.redirected)
	p.Hash(&c.strayCancel)
	c.behind = transaction.List(p.Packer, c.behind, maxBehind)
	for i := range c.behind {
		p.Hash(&c.behind[i])
	}
	u := &c.unreliable
	store.Number(&p.Codec, &u.cseq)
	store.Number(&p.Codec, &u.rseq)
	store.Number(&p.Codec, &u.rack)
	store.Number(&p.Codec, &u.repeats)
}

// tried reports whether the caller tried before, or something of the INVITE is kept.
func (c *Call) tried() bool {
	return len(c.tries) > 0 || len(c.left) > 0 || len(c.raw) > 0 || c.evidence != nil ||
		c.challenge != transaction.Challenge{} || c.formerChallenge != transaction.Challenge{}
}

func (p *callPacker) attempts(c *Call) {
	c.tries = p.Tries(c.tries)
	c.left = transaction.List(p.Packer, c.left, transaction.MaxTries)
	for i := range c.left {
		w := &c.left[i]
		p.Addr(&w.src)
		p.Addr(&w.dst)
		store.Number(&p.Codec, &w.status)
		p.Bools(&w.unanswered)
	}
	p.Challenge(&c.challenge)
	p.Challenge(&c.formerChallenge)
	c.raw = p.Table.Evidence.Pack(&p.Codec, c.raw)
	c.evidence = p.Table.Evidence.PackRefusal(&p.Codec, c.evidence)
}

// ending reports whether something was done to end the call, or to make sure that it stands.
func (c *Call) ending() bool {
	return c.refused != 0 || c.cancel != 0 || c.bye != 0 || c.byeDone != 0 || c.byeStatus != 0 || c.byeWait != record.Elapsed{} ||
		c.byeDelay != record.Elapsed{} || c.releasedBy != "" || c.retryAt != 0 || len(c.closing) > 0 || c.unacknowledged != 0 || c.answerRepeated != 0
}

func (p *callPacker) ending(c *Call) {
	p.Times(&c.refused, &c.cancel, &c.bye, &c.byeDone, &c.retryAt)
	store.Number(&p.Codec, &c.byeStatus)
	p.Elapsed(&c.byeWait)
	p.Elapsed(&c.byeDelay)
	p.String(&c.releasedBy)
	c.closing = p.Table.Evidence.Pack(&p.Codec, c.closing)
	store.Number(&p.Codec, &c.unacknowledged)
	store.Number(&p.Codec, &c.answerRepeated)
}
