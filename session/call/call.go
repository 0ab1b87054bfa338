package call

import (
	"bytes"
	"net/netip"
	"time"

	"sipspan/decode/sip"
	"sipspan/record"
	"sipspan/session/evidence"
	"sipspan/session/shard"
	"sipspan/session/stats"
	"sipspan/session/store"
	"sipspan/session/transaction"
	"sipspan/session/value"
)

const maxIdentities = 4

// Call is a call as the user placed it: all attempts, hops, legs and forks of one Call-ID.
type Call struct {
	// What nearly every message of the call touches stands together, for the cache: in its first four lines, see touch.
	group       *transaction.Group
	deadline    int64
	last        int64 // last message
	messages    int
	sender      uint64 // of the INVITE that is tried, see view.sender
	origin      int    // index of the hop nearest to the caller
	established int64  // when a dialog showed without its 2xx: by ACK, BYE or what else there is only inside one
	cseq        uint32 // of the INVITE that is tried
	flags       record.Flags
	answered    bool // some hop had a 2xx
	callerSeen  bool // something that the calling side sent was captured
	calleeSeen  bool

	hops    []hop
	behind  []uint64 // hashes of the tags of further legs under the Call-ID
	attempt int      // number of the INVITE that is tried, from 1
	byeDone int64

	refused         int64 // BYE by a server that named a time to try again, 0 when it was not
	cancel          int64 // CANCEL by the caller
	bye             int64
	provisional     int64 // last provisional response
	attemptStart    int64
	start           int64
	limit           int64 // when those who wait for a response give up, at the deadline or before
	acked           bool  // the 2xx was
	active          bool
	cutOff          bool // the network lost the way to it while it rang
	skewed          bool // a hop was seen before the one that led to it
	challenged      bool
	answerKept      bool
	offeredByCallee bool
	renegotiated    bool // there was another offer inside the dialog

	text   store.Text
	forks  []fork
	winner store.Piece // To tag of the first 2xx
	bytes  int32       // see ledger

	retransmissions int
	looked          int64 // when the network was last asked what became of it while it rang
	retryAt         int64 // see refused

	description []byte // the session descriptions that stand, as they were sent: see describe
	offerLen    int
	other       []byte // the answer of another fork than the first that answered
	holding     holding
	notes       []note

	fromURI, fromName store.Piece
	fromTag           store.Piece
	toURI, toName     store.Piece
	toTag             store.Piece
	uri, agent        store.Piece
	identity          []store.Piece
	src, dst          netip.AddrPort // of the message that opened the call

	byeDelay   record.Elapsed // from the BYE to its final response
	releasedBy string
	byeStatus  int
	byeWait    record.Elapsed

	strayCancel                uint64                // Via of a CANCEL whose INVITE was not seen
	behindBye                  int64                 // the first BYE of a further leg
	endedBehind                bool                  // which came from beyond the element between the legs
	challenge, formerChallenge transaction.Challenge // the last 401 or 407 that the caller received, and that to the try before

	tries []record.Attempt // before the INVITE that is tried
	left  []way

	// For the cause alone.
	raw            []byte            // what is kept of the INVITE when that is forgotten first
	evidence       *evidence.Refusal // likewise
	closing        []byte            // the CANCEL or BYE, if it gives the reason
	answers        int               // provisional responses above 100 at the first hop
	answerRepeated int               // 2xx after the ACK to it
	unacknowledged int               // 2xx that were repeated before any ACK
	interval       int               // Session-Expires in seconds, 0 for none
	refreshed      int64             // last 2xx to INVITE or UPDATE
	unreliable     unreliable

	link linkState

	number   uint64        // of the session, see shard.Shard.NextNumber
	gap      time.Duration // for which the program was not running while the call went on
	endNoted bool          // Ended was given that the call has ended

	instantMessages int
	firstMessage    int64
	typing          int // notices that a user types
	firstTyping     int64
	forwarded       int64  // 181
	forwardedHop    uint8  // index of the hop that it was first seen on plus one
	redirected      uint64 // fingerprint of the last 302 or 303
}

// confirmed reports whether the dialog is: a 2xx was seen and the caller did not receive another answer, or there was something that
// comes only after one.
func (c *Call) confirmed() bool {
	return c.established != 0 || c.answered && (!c.decided() || value.Success(c.hops[c.origin].status))
}

// openCall opens the call of a group with the message in hand.
func (u *Usage) openCall(g *transaction.Group, v *transaction.View, flags record.Flags) *Call {
	u.groups.MakeRoom()
	c := u.blankCall()
	c.group, c.start, c.attemptStart, c.attempt, c.cseq, c.sender, c.flags = g, v.At, v.At, 1, v.CSeq, v.Sender, flags
	x := &c.text
	from, to := v.Message.From(), v.Message.To()
	c.fromURI, c.fromName, c.fromTag = x.Add(from.URI), x.Add(from.Display), x.Add(v.FromTag)
	c.toURI, c.toName, c.toTag = x.Add(to.URI), x.Add(to.Display), x.Add(v.ToTag)
	if v.Message.Request && v.Message.Method != sip.BYE {
		c.src, c.dst = v.Meta.Src, v.Meta.Dst
		c.uri = x.Add(v.Message.RequestURI())
		c.agent = x.Add(v.Agent())
	}
	c.last = v.At
	c.number = u.NextNumber()
	g.Call = c
	g.Buried = false
	u.groups.Enter(g)
	c.revive(u.Counters)
	c.schedule(&u.Config)
	if flags&record.MidStream != 0 {
		u.announceLeg(c, v.At)
	}
	return c
}

// readIdentity takes whom an element vouches for as the caller (RFC 3325), from the first hop on which one does.
func (c *Call) readIdentity(v *transaction.View) {
	if len(c.identity) > 0 {
		return
	}
	for i := v.Message.First(sip.HeaderPAssertedIdentity); i >= 0; i = v.Message.Next(i) {
		for list := v.Message.Value(i); len(list) > 0 && len(c.identity) < maxIdentities; {
			var a sip.Address
			if a, list = sip.NextAddress(list); len(a.URI) > 0 {
				c.identity = append(c.identity, c.text.Add(a.URI))
			}
		}
	}
}

// observe counts a message of the call.
func (c *Call) observe(v *transaction.View) {
	c.messages++
	c.flags |= v.Meta.Flags
	c.last = max(c.last, v.At)
	switch {
	case c.isBehind(v):
	case v.Message.Request == (v.Sender == c.sender):
		c.callerSeen = true
	default:
		c.calleeSeen = true
	}
}

// schedule sets the deadline of the call from the state it is in.
func (c *Call) schedule(cfg *shard.Config) {
	switch {
	case c.byeDone != 0:
		c.deadline = c.lastBefore(c.byeDone, cfg) + int64(cfg.Linger)
	case c.refused != 0:
		c.deadline = c.retryAt + cfg.TimerF()
	case c.confirmed():
		c.deadline = max(c.last, c.established) + int64(cfg.CallMaxAge)
	case c.decided():
		final := c.hops[c.origin].final
		c.deadline = c.lastBefore(final, cfg) + cfg.Wait(c.hops[c.origin].status)
	case c.cancel != 0:
		c.deadline = c.cancel + cfg.TimerB()
	default:
		// A caller who gives up may turn to the next server then.
		c.limit = c.patience(cfg)
		c.deadline = c.limit
		if c.provisional == 0 {
			c.deadline += int64(cfg.Linger)
		}
		return
	}
	c.limit = c.deadline
}

// lastBefore returns the time of the last message of a call that has ended, so that its record waits for what is sent
// again. An element that never stops sending cannot hold it back.
func (c *Call) lastBefore(ended int64, cfg *shard.Config) int64 {
	return min(max(c.last, ended), ended+cfg.TimerH())
}

// patience returns until when a call without a final response waits for one. Where there was a provisional response, that
// is long: a user agent has no timer then.
func (c *Call) patience(cfg *shard.Config) int64 {
	until := c.attemptStart + cfg.TimerB()
	branches, ringing := 0, false
	for i := range c.hops {
		h := &c.hops[i]
		if !c.atTop(h) {
			continue
		}
		branches++
		if h.final == 0 {
			until = max(until, h.start+cfg.TimerB())
			ringing = ringing || h.firstResponse != 0
		}
	}
	if dead := c.deadEnd(); dead != 0 {
		return max(until, dead+2*cfg.TimerB())
	}
	if c.provisional == 0 || !ringing && branches > 1 {
		return until
	}
	last := max(c.last, c.provisional)
	return min(last+int64(cfg.TimerC), max(last, c.looked)+cfg.TimerB())
}

// goesOnRinging reports whether a call that waits for its final response may wait longer: unless the network has reported
// since its last message that the way to it is gone. A call whose messages went on after that found another way.
func (u *Usage) goesOnRinging(c *Call, at int64) bool {
	last := max(c.last, c.provisional)
	if c.provisional == 0 || c.confirmed() || c.decided() || c.cancel != 0 || c.deadEnd() != 0 || at >= last+int64(u.Config.TimerC) {
		return false
	}
	if r := c.invite(); r != nil && len(u.EventsAbout(nil, r, last, at)) > 0 {
		c.cutOff = true
		return false
	}
	c.looked = at
	c.schedule(&u.Config)
	return c.deadline > at
}

// deadEnd returns when an INVITE went to a hop after the first on which nothing came back, as on any other after the
// first, 0 if something did: a 100 that the element before sent does not show how far it came.
func (c *Call) deadEnd() (sent int64) {
	for i := range c.hops {
		h := &c.hops[i]
		if h.attempt != c.attempt || !h.below {
			continue
		}
		if h.firstResponse != 0 || h.final != 0 {
			return 0
		}
		sent = max(sent, h.start)
	}
	if sent != 0 && c.progressed() != 0 {
		return 0
	}
	return sent
}

// decided reports whether the caller received a final status for the last attempt.
func (c *Call) decided() bool { return len(c.hops) > 0 && c.hops[c.origin].final != 0 }

// revive counts the call among the active ones.
func (c *Call) revive(counters *stats.Counters) {
	if !c.active {
		c.active = true
		counters.CallsActive++
	}
}

// retire takes the call out of the number of active ones: it has ended, even if its record waits.
func (c *Call) retire(counters *stats.Counters) {
	if c.active {
		c.active = false
		counters.CallsActive--
	}
}

// releaseCall forgets a call.
func (u *Usage) releaseCall(c *Call, at int64) {
	g := c.group
	c.retire(u.Counters)
	for _, r := range g.Requests {
		if r.Call != c {
			continue
		}
		r.Call = nil
		if r.Deadline == transaction.Never {
			u.Linger(r, at)
		}
	}
	g.Call = nil
	g.Numbers = transaction.Numbers{}
	g.Buried = true
	u.groups.Leave(g)
	u.Evidence.ReleaseRefusal(c.evidence)
	u.Evidence.Release(c.raw)
	u.Evidence.Release(c.closing)
	u.recycleCall(c)
}

func (u *Usage) blankCall() *Call {
	if n := len(u.freeCalls); n > 0 {
		c := u.freeCalls[n-1]
		u.freeCalls = u.freeCalls[:n-1]
		return c
	}
	return &Call{text: store.NewText(startText), hops: make([]hop, 0, 2), forks: make([]fork, 0, 1)}
}

// recycleCall keeps the memory of a call for the next one.
func (u *Usage) recycleCall(c *Call) {
	u.Charge(stats.TableCalls, &c.bytes, 0)
	c.text.Reset()
	c.holding.reset()
	*c = Call{
		text: c.text, identity: c.identity[:0], hops: c.hops[:0], forks: c.forks[:0], description: c.description[:0], other: c.other[:0],
		holding: c.holding, notes: c.notes[:0], tries: c.tries[:0], left: c.left[:0], behind: c.behind[:0], link: linkState{keys: c.link.keys[:0]},
	}
	if len(u.freeCalls) < shard.MaxFree {
		u.freeCalls = append(u.freeCalls, c)
	}
}

// fromCallee reports whether the sender of a request is the called side of the dialog.
func (c *Call) fromCallee(v *transaction.View) bool {
	if len(v.FromTag) > 0 {
		return c.fork(v.FromTag) != nil || c.toTag.Len > 0 && bytes.Equal(c.text.Of(c.toTag), value.Clip(v.FromTag))
	}
	return bytes.Equal(c.text.Of(c.toURI), value.Clip(v.Message.From().URI)) && !bytes.Equal(c.text.Of(c.fromURI), value.Clip(v.Message.From().URI))
}

// fromCaller reports whether the sender of a request is the calling side of the dialog.
func (c *Call) fromCaller(v *transaction.View) bool {
	if len(v.FromTag) > 0 || c.fromTag.Len > 0 {
		return bytes.Equal(c.text.Of(c.fromTag), value.Clip(v.FromTag))
	}
	return bytes.Equal(c.text.Of(c.fromURI), value.Clip(v.Message.From().URI))
}

// RepeatedIn counts a message of a group that was sent again.
func (u *Usage) RepeatedIn(g *transaction.Group, r *transaction.Request, v *transaction.View) {
	u.Repeated(r, v)
	if c := In(g); c != nil {
		c.retransmissions++
	}
}

// Due returns the deadline of the call.
func (c *Call) Due() int64 { return c.deadline }

// In returns the call of a group, nil if there is none.
func In(g *transaction.Group) *Call {
	c, _ := g.Call.(*Call)
	return c
}

// Of returns the call that a request belongs to, nil if there is none.
func Of(r *transaction.Request) *Call {
	c, _ := r.Call.(*Call)
	return c
}
