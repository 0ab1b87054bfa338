package session

import (
	"bytes"
	"encoding/binary"

	"sipspan/record"
	"sipspan/session/link"
	"sipspan/session/store"
)

// packedVersion is the first byte of a packed session. It changes with the layout.
const packedVersion = 2

// callPacker packs the calls of a usage.
type callPacker struct {
	packer
	usage  *CallUsage    // whose calls they are
	number uint64        // of the session, as its head has it
	only   *subscription // that is packed, nil for a call
}

// packedUnder reports whether a packed session has the Call-ID.
func packedUnder(packed, callID []byte) bool {
	n := len(callID)
	if n >= 0x80 {
		if len(packed) < 3 || packed[1] != byte(n)|0x80 || packed[2] != byte(n>>7) {
			return false
		}
		return bytes.HasPrefix(packed[3:], callID)
	}
	return len(packed) > 2 && packed[1] == byte(n) && bytes.HasPrefix(packed[2:], callID)
}

// PackedCallID returns the Call-ID of a packed session, and whether it is one that Resume may read.
func PackedCallID(packed []byte) (id []byte, ok bool) {
	if len(packed) < 2 || packed[0] != packedVersion {
		return nil, false
	}
	n, size := binary.Uvarint(packed[1:])
	if size <= 0 || n > uint64(len(packed)-1-size) {
		return nil, false
	}
	return packedCallID(packed), true
}

// packedCallID returns the Call-ID of a packed session.
func packedCallID(packed []byte) []byte {
	n, size := binary.Uvarint(packed[1:])
	return packed[1+size:][:n]
}

// packedNumber returns the number of a packed session, 0 when its call is over.
func packedNumber(packed []byte) uint64 {
	n, size := binary.Uvarint(packed[1:])
	number, _ := binary.Uvarint(packed[1+size+int(n):])
	return number
}

// head is what a packed session begins with, in clear.
func (p *callPacker) head(g *group) {
	version := uint64(packedVersion)
	if p.Uint64(&version); version != packedVersion {
		p.Fail()
	}
	p.String(&g.callID)
	number := uint64(0)
	switch {
	case p.only != nil:
		number = p.only.number
	case g.call != nil:
		number = callIn(g).number
	}
	if p.Uint64(&number); p.Unpacking() {
		p.number = number
	}
}

// group is a group with its call and its requests.
func (p *callPacker) group(g *group) {
	located := g.origin != 0
	if p.Bools(&g.buried, &g.shared, &located); located {
		origin := uint64(g.origin)
		p.Uint64(&origin)
		g.origin = uint32(origin)
	}
	p.numbers(&g.numbers)
	if p.Has(g.call != nil && p.only == nil) {
		if p.Unpacking() {
			c := p.usage.blankCall()
			c.group, c.number = g, p.number
			g.call = c
		}
		p.call(callIn(g))
	} else {
		began := int64(0)
		switch {
		case p.only != nil:
			began = p.only.seen
		case len(g.requests) > 0:
			began = g.requests[0].start
		}
		p.Base(&began)
	}
	p.subscriptions(g)
	p.requests(g)
}

func (p *callPacker) requests(g *group) {
	n := 0
	for _, r := range g.requests {
		if p.packs(r) {
			n++
		}
	}
	for n = p.Len(n, maxRequests); p.Unpacking() && len(g.requests) < n; {
		r := p.table.spareRequest()
		r.group = g
		if len(g.subscriptions) > 0 {
			r.subscription = g.subscriptions[0]
		}
		g.requests = append(g.requests, r)
	}
	for _, r := range g.requests {
		if !p.Unpacking() && !p.packs(r) {
			continue
		}
		p.request(r)
		ofCall := r.call != nil
		p.Bools(&ofCall)
		if !p.Unpacking() {
			continue
		}
		if ofCall {
			r.call = g.call
		}
		g.keys = append(g.keys, requestKey(r.cseq, r.method))
		g.nextDeadline = min(g.nextDeadline, r.deadline)
	}
}

// call is a call without its requests.
func (p *callPacker) call(c *call) {
	p.text = &c.text
	p.Base(&c.start)
	p.Bools(&c.answered, &c.callerSeen, &c.calleeSeen, &c.acked, &c.active, &c.cutOff, &c.skewed, &c.challenged, &c.answerKept,
		&c.offeredByCallee, &c.renegotiated, &c.endedBehind, &c.endNoted)
	store.Number(&p.Codec, &c.gap)
	p.times(&c.deadline, &c.limit, &c.last, &c.attemptStart, &c.established, &c.provisional, &c.looked)
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
	p.pieces(&c.fromURI, &c.fromName, &c.fromTag, &c.toURI, &c.toName, &c.toTag, &c.uri, &c.agent, &c.winner)
	c.identity = list(&p.packer, c.identity, maxIdentities)
	for i := range c.identity {
		p.piece(&c.identity[i])
	}
	c.hops = list(&p.packer, c.hops, maxHops)
	for i := range c.hops {
		p.hop(&c.hops[i])
	}
	c.forks = list(&p.packer, c.forks, maxForks)
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
func (c *call) consistent() bool {
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
	p.times(&h.start, &h.firstResponse, &h.alerted, &h.shown, &h.final, &h.progress, &h.ring, &h.cancel, &h.settled)
	p.Hash(&h.ackTag)
	p.Hash(&h.finalHash)
	p.pieces(&h.uri, &h.reason, &h.agent)
}

func (p *callPacker) fork(f *fork) {
	p.pieces(&f.tag, &f.epid, &f.contact, &f.agent)
	store.Number(&p.Codec, &f.hop)
	store.Number(&p.Codec, &f.status)
	p.Bools(&f.proved, &f.ended)
	p.times(&f.answeredAt, &f.alerted, &f.rung, &f.last, &f.shown)
}

// descriptions are the session descriptions of both sides.
func (p *callPacker) descriptions(c *call) {
	c.description = p.Bytes(c.description)
	c.offerLen = p.Len(c.offerLen, len(c.description))
	c.other = p.Bytes(c.other)
}

func (p *callPacker) linkState(s *linkState) {
	s.keys = list(&p.packer, s.keys, link.MaxKeys)
	for i := range s.keys {
		k := &s.keys[i]
		store.Number(&p.Codec, &k.kind)
		store.Number(&p.Codec, &k.name)
		p.piece(&k.value)
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
func (c *call) dealtWith() bool {
	return c.holding.known || len(c.holding.list) > 0 || len(c.notes) > 0 || c.instantMessages > 0 || c.typing > 0 || c.forwarded != 0 ||
		c.redirected != 0 || len(c.behind) > 0 || c.behindBye != 0 || c.unreliable != unreliable{} || c.strayCancel != 0
}

func (p *callPacker) dealings(c *call) {
	h := &c.holding
	p.Bools(&h.known)
	for i := range link.NumSides {
		store.Number(&p.Codec, &h.stances[i])
		store.Number(&p.Codec, &h.since[i])
	}
	h.list = list(&p.packer, h.list, maxHolds)
	for i := range h.list {
		p.times(&h.list[i].start, &h.list[i].end)
		store.Number(&p.Codec, &h.list[i].by)
	}
	c.notes = list(&p.packer, c.notes, maxNotes*record.NumServices)
	for i := range c.notes {
		n := &c.notes[i]
		store.Number(&p.Codec, &n.service)
		p.Time(&n.at)
		p.piece(&n.what)
	}
	store.Number(&p.Codec, &c.instantMessages)
	store.Number(&p.Codec, &c.typing)
	p.times(&c.firstMessage, &c.firstTyping, &c.forwarded, &c.behindBye)
	store.Number(&p.Codec, &c.forwardedHop)
	p.Hash(&c.redirected)
	p.Hash(&c.strayCancel)
	c.behind = list(&p.packer, c.behind, maxBehind)
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
func (c *call) tried() bool {
	return len(c.tries) > 0 || len(c.left) > 0 || len(c.raw) > 0 || c.evidence != nil ||
		c.challenge != challenge{} || c.formerChallenge != challenge{}
}

func (p *callPacker) attempts(c *call) {
	c.tries = p.tries(c.tries)
	c.left = list(&p.packer, c.left, maxTries)
	for i := range c.left {
		w := &c.left[i]
		p.Addr(&w.src)
		p.Addr(&w.dst)
		store.Number(&p.Codec, &w.status)
		p.Bools(&w.unanswered)
	}
	p.challenge(&c.challenge)
	p.challenge(&c.formerChallenge)
	c.raw = p.table.Evidence.Pack(&p.Codec, c.raw)
	c.evidence = p.table.Evidence.PackRefusal(&p.Codec, c.evidence)
}

// ending reports whether something was done to end the call, or to make sure that it stands.
func (c *call) ending() bool {
	return c.refused != 0 || c.cancel != 0 || c.bye != 0 || c.byeDone != 0 || c.byeStatus != 0 || c.byeWait != record.Elapsed{} ||
		c.byeDelay != record.Elapsed{} || c.releasedBy != "" || c.retryAt != 0 || len(c.closing) > 0 || c.unacknowledged != 0 || c.answerRepeated != 0
}

func (p *callPacker) ending(c *call) {
	p.times(&c.refused, &c.cancel, &c.bye, &c.byeDone, &c.retryAt)
	store.Number(&p.Codec, &c.byeStatus)
	p.elapsed(&c.byeWait)
	p.elapsed(&c.byeDelay)
	p.String(&c.releasedBy)
	c.closing = p.table.Evidence.Pack(&p.Codec, c.closing)
	store.Number(&p.Codec, &c.unacknowledged)
	store.Number(&p.Codec, &c.answerRepeated)
}
