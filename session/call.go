package session

import (
	"bytes"
	"net/netip"
	"time"

	"sipspan/decode/sip"
	"sipspan/record"
	"sipspan/session/evidence"
	"sipspan/session/stats"
)

const maxIdentities = 4

// call is a call as the user placed it: all attempts, hops, legs and forks of one Call-ID.
type call struct {
	// What nearly every message of the call touches stands together, for the cache: in its first four lines, see touch.
	group       *group
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

	text    text
	forks   []fork
	winner  piece  // To tag of the first 2xx
	arrival uint64 // in the table of calls
	bytes   int32  // see ledger

	retransmissions int
	looked          int64 // when the network was last asked what became of it while it rang
	retryAt         int64 // see refused

	description []byte // the session descriptions that stand, as they were sent: see describe
	offerLen    int
	other       []byte // the answer of another fork than the first that answered
	holding     holding
	notes       []note

	fromURI, fromName piece
	fromTag           piece
	toURI, toName     piece
	toTag             piece
	uri, agent        piece
	identity          []piece
	src, dst          netip.AddrPort // of the message that opened the call

	byeDelay   record.Elapsed // from the BYE to its final response
	releasedBy string
	byeStatus  int
	byeWait    record.Elapsed

	strayCancel                uint64    // Via of a CANCEL whose INVITE was not seen
	behindBye                  int64     // the first BYE of a further leg
	endedBehind                bool      // which came from beyond the element between the legs
	challenge, formerChallenge challenge // the last 401 or 407 that the caller was told, and that to the try before

	tries []record.Attempt // before the INVITE that is tried
	left  []way

	// For the cause alone.
	raw            []byte            // what is kept of the INVITE when that is forgotten first
	evidence       *evidence.Refusal // likewise
	closing        []byte            // the CANCEL or BYE, if it says why
	answers        int               // provisional responses above 100 at the first hop
	answerRepeated int               // 2xx after the ACK to it
	unacknowledged int               // 2xx that were repeated before any ACK
	interval       int               // Session-Expires in seconds, 0 for none
	refreshed      int64             // last 2xx to INVITE or UPDATE
	unreliable     unreliable
	numbers        numbers

	link linkState

	number   uint64        // of the session, see Tracker.nextNumber
	gap      time.Duration // for which the program was not running while the call went on
	endNoted bool          // Tracker.Ended knows that the call has ended

	instantMessages int
	firstMessage    int64
	typing          int // notices that a user types
	firstTyping     int64
	forwarded       int64  // 181
	forwardedHop    uint8  // index of the hop that it was first seen on plus one
	redirected      uint64 // fingerprint of the last 302 or 303
}

// confirmed reports whether the dialog is: a 2xx was seen and the caller not told otherwise, or there was something that
// comes only after one.
func (c *call) confirmed() bool {
	return c.established != 0 || c.answered && (!c.decided() || success(c.hops[c.origin].status))
}

// openCall opens the call of a group with the message in hand.
func (t *Tracker) openCall(g *group, v *view, flags record.Flags) *call {
	if t.calls.Len() >= t.cfg.MaxCalls {
		oldest := t.oldestCall()
		other := oldest.group
		t.evictCall(oldest)
		t.settle(other)
	}
	c := t.blankCall()
	c.group, c.start, c.attemptStart, c.attempt, c.cseq, c.sender, c.flags = g, v.at, v.at, 1, v.cseq, v.sender, flags
	x := &c.text
	from, to := v.m.From(), v.m.To()
	c.fromURI, c.fromName, c.fromTag = x.add(from.URI), x.add(from.Display), x.add(v.fromTag)
	c.toURI, c.toName, c.toTag = x.add(to.URI), x.add(to.Display), x.add(v.toTag)
	if v.m.Request && v.m.Method != sip.BYE {
		c.src, c.dst = v.meta.Src, v.meta.Dst
		c.uri = x.add(v.m.RequestURI())
		c.agent = x.add(v.agent())
	}
	c.last = v.at
	c.number = t.nextNumber()
	g.call = c
	g.buried = false
	c.arrival = t.calls.Add(g.ref, t.callMoved)
	t.counters.Tracked[stats.TableCalls]++
	c.revive(t.counters)
	c.schedule(&t.cfg)
	if flags&record.MidStream != 0 {
		t.announceLeg(c, v.at)
	}
	return c
}

// readIdentity takes whom an element vouches for as the caller (RFC 3325), from the first hop on which one does.
func (c *call) readIdentity(v *view) {
	if len(c.identity) > 0 {
		return
	}
	for i := v.m.First(sip.HeaderPAssertedIdentity); i >= 0; i = v.m.Next(i) {
		for list := v.m.Value(i); len(list) > 0 && len(c.identity) < maxIdentities; {
			var a sip.Address
			if a, list = sip.NextAddress(list); len(a.URI) > 0 {
				c.identity = append(c.identity, c.text.add(a.URI))
			}
		}
	}
}

// observe counts a message of the call.
func (c *call) observe(v *view) {
	c.messages++
	c.flags |= v.meta.Flags
	c.last = max(c.last, v.at)
	switch {
	case c.isBehind(v):
	case v.m.Request == (v.sender == c.sender):
		c.callerSeen = true
	default:
		c.calleeSeen = true
	}
}

// schedule sets the deadline of the call from the state it is in.
func (c *call) schedule(cfg *Config) {
	switch {
	case c.byeDone != 0:
		c.deadline = c.lastBefore(c.byeDone, cfg) + int64(cfg.Linger)
	case c.refused != 0:
		c.deadline = c.retryAt + cfg.timerF()
	case c.confirmed():
		c.deadline = max(c.last, c.established) + int64(cfg.CallMaxAge)
	case c.decided():
		final := c.hops[c.origin].final
		c.deadline = c.lastBefore(final, cfg) + cfg.wait(c.hops[c.origin].status)
	case c.cancel != 0:
		c.deadline = c.cancel + cfg.timerB()
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
func (c *call) lastBefore(ended int64, cfg *Config) int64 {
	return min(max(c.last, ended), ended+cfg.timerH())
}

// patience returns until when a call without a final response waits for one. Where there was a provisional response, that
// is long: a user agent has no timer then.
func (c *call) patience(cfg *Config) int64 {
	until := c.attemptStart + cfg.timerB()
	branches, ringing := 0, false
	for i := range c.hops {
		h := &c.hops[i]
		if !c.atTop(h) {
			continue
		}
		branches++
		if h.final == 0 {
			until = max(until, h.start+cfg.timerB())
			ringing = ringing || h.firstResponse != 0
		}
	}
	if dead := c.deadEnd(); dead != 0 {
		return max(until, dead+2*cfg.timerB())
	}
	if c.provisional == 0 || !ringing && branches > 1 {
		return until
	}
	last := max(c.last, c.provisional)
	return min(last+int64(cfg.TimerC), max(last, c.looked)+cfg.timerB())
}

// goesOnRinging reports whether a call that waits for its final response may wait longer: unless the network has told
// since its last message that the way to it is gone. A call whose messages went on after that found another way.
func (t *Tracker) goesOnRinging(c *call, at int64) bool {
	last := max(c.last, c.provisional)
	if c.provisional == 0 || c.confirmed() || c.decided() || c.cancel != 0 || c.deadEnd() != 0 || at >= last+int64(t.cfg.TimerC) {
		return false
	}
	if r := c.invite(); r != nil && len(t.eventsAbout(nil, r, last, at)) > 0 {
		c.cutOff = true
		return false
	}
	c.looked = at
	c.schedule(&t.cfg)
	return c.deadline > at
}

// deadEnd returns when an INVITE went to a hop behind the first on which nothing came back, as on any other behind the
// first, 0 if something did: a 100 that the element before sent says nothing of how far it came.
func (c *call) deadEnd() (sent int64) {
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

// decided reports whether the caller was told a final status for the last attempt.
func (c *call) decided() bool { return len(c.hops) > 0 && c.hops[c.origin].final != 0 }

// revive counts the call among the active ones.
func (c *call) revive(counters *stats.Counters) {
	if !c.active {
		c.active = true
		counters.CallsActive++
	}
}

// retire takes the call out of the number of active ones: it has ended, even if its record waits.
func (c *call) retire(counters *stats.Counters) {
	if c.active {
		c.active = false
		counters.CallsActive--
	}
}

// releaseCall forgets a call.
func (t *Tracker) releaseCall(c *call, at int64) {
	g := c.group
	c.retire(t.counters)
	for _, r := range g.requests {
		if r.call != c {
			continue
		}
		r.call = nil
		if r.deadline == never {
			t.linger(r, at)
		}
	}
	g.call = nil
	g.buried = true
	t.calls.Remove(c.arrival)
	t.counters.Tracked[stats.TableCalls]--
	t.kept.ReleaseRefusal(c.evidence)
	t.kept.Release(c.raw)
	t.kept.Release(c.closing)
	t.recycleCall(c)
}

func (t *Tracker) blankCall() *call {
	if n := len(t.freeCalls); n > 0 {
		c := t.freeCalls[n-1]
		t.freeCalls = t.freeCalls[:n-1]
		return c
	}
	return &call{text: newText(startText), hops: make([]hop, 0, 2), forks: make([]fork, 0, 1)}
}

// recycleCall keeps the memory of a call for the next one.
func (t *Tracker) recycleCall(c *call) {
	t.charge(stats.TableCalls, &c.bytes, 0)
	c.text.reset()
	c.holding.reset()
	*c = call{
		text: c.text, identity: c.identity[:0], hops: c.hops[:0], forks: c.forks[:0], description: c.description[:0], other: c.other[:0],
		holding: c.holding, notes: c.notes[:0], tries: c.tries[:0], left: c.left[:0], behind: c.behind[:0], link: linkState{keys: c.link.keys[:0]},
	}
	if len(t.freeCalls) < maxFree {
		t.freeCalls = append(t.freeCalls, c)
	}
}

// fromCallee reports whether the sender of a request is the called side of the dialog.
func (c *call) fromCallee(v *view) bool {
	if len(v.fromTag) > 0 {
		return c.fork(v.fromTag) != nil || c.toTag.len > 0 && bytes.Equal(c.text.of(c.toTag), clip(v.fromTag))
	}
	return bytes.Equal(c.text.of(c.toURI), clip(v.m.From().URI)) && !bytes.Equal(c.text.of(c.fromURI), clip(v.m.From().URI))
}

// fromCaller reports whether the sender of a request is the calling side of the dialog.
func (c *call) fromCaller(v *view) bool {
	if len(v.fromTag) > 0 || c.fromTag.len > 0 {
		return bytes.Equal(c.text.of(c.fromTag), clip(v.fromTag))
	}
	return bytes.Equal(c.text.of(c.fromURI), clip(v.m.From().URI))
}
