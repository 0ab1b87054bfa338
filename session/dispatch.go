package session

import (
	"math"

	"sipspan/decode/sip"
)

// request takes a request message: repeated, at a further hop, or new. It reports false when it came ahead.
func (t *Tracker) request(g *group, v *view) bool {
	switch v.m.Method {
	case sip.ACK:
		return t.ack(g, v)
	case sip.CANCEL:
		return t.cancel(g, v)
	}
	if r := g.find(v); r != nil {
		if x := r.match(v, v.m.Method); x != nil {
			if r.first == 0 && !r.adopted {
				t.adoptRequest(r, x, v)
			} else {
				t.repeated(g, r, v)
			}
			return true
		}
		if !r.isOther(v) {
			t.furtherHop(r, v)
			return true
		}
	}
	if !v.late && t.precedes(g, v) {
		return false
	}
	t.open(g, v)
	return true
}

// repeated counts a retransmission, and the same packet caught at a second place.
func (t *Tracker) repeated(g *group, r *request, v *view) {
	t.counters.Retransmissions[v.m.Method]++
	if v.m.Request && v.m.Method == r.method && r.repeats < math.MaxUint16 {
		r.repeats++
	}
	if g.call != nil {
		g.call.retransmissions++
	}
	if r.progress == done {
		r.wait(max(r.deadline, v.at+int64(t.cfg.Linger)))
	}
}

// furtherHop takes a request that was seen before, at another hop.
func (t *Tracker) furtherHop(r *request, v *view) {
	r.flags |= v.meta.Flags
	x := r.addTransaction(v, v.m.Method)
	t.countPeerRequest(x)
	if !x.below {
		if !r.tried() {
			r.beginAt(v)
		}
		switch r.progress {
		case declined:
			t.reopen(r, v)
		case waiting:
			r.gaveUp, r.lost = 0, false
			if r.role != roleInvite {
				r.wait(v.at + t.cfg.timerF())
			}
		}
	}
	if c := r.call; r.role == roleBye && c != nil && c.skewed && c.bye == r.start && c.atOrigin(v) {
		c.bye = v.at
	}
	x.target = targetOf(v)
	if len(r.transactions) > 2 {
		r.noteLoop(x)
	}
	if r.role == roleInvite && r.call != nil {
		if !x.below {
			t.reopenInvite(r)
		}
		r.call.addHop(r, x, v)
		t.readLinks(r.call, v)
		if r.call.link.id != 0 {
			t.announceKeys(r.call, v.at)
		}
		r.call.schedule(&t.cfg)
		t.signalGivenUp(r, x, v.at)
	}
}

// beginAt takes a request at a hop nearer to its sender than those before, see call.beginAt.
func (r *request) beginAt(v *view) {
	if r.first == r.start {
		r.first = v.at
	}
	if c := r.call; r.role == roleBye && c != nil && c.bye == r.start {
		c.bye = v.at
	}
	r.start = v.at
}

// reopen takes a request that was refused and goes to another place now.
func (t *Tracker) reopen(r *request, v *view) {
	r.retried = r.retried || isChallenge(r.status) // credentials under the same CSeq number, as some send them
	r.progress, r.status, r.final = waiting, 0, 0
	r.crossed, r.outlived, r.glared = false, false, false
	r.wait(v.at + t.cfg.timerF())
}

// reopenInvite takes an INVITE that goes to another place after it was refused at those before.
func (t *Tracker) reopenInvite(r *request) {
	if r.progress == done && !success(r.status) && r.attempt == uint16(r.call.attempt) {
		r.progress, r.status, r.final = waiting, 0, 0
		r.wait(never)
		r.call.revive(t.counters)
	}
}

// isOther tells a new message from a known request with the same method, CSeq and From: notifiers are about that do not
// count. A NOTIFY under another branch but on the same flow, and with another body, is another NOTIFY.
func (r *request) isOther(v *view) bool {
	if r.method == sip.MethodOther {
		return !r.sameText(r.name, v.m.MethodName())
	}
	if r.method != sip.NOTIFY && r.method != sip.BENOTIFY {
		return false
	}
	x := r.nearest()
	return x.src == v.meta.Src && x.dst == v.meta.Dst && r.described != bodyHash(v)
}

// open takes a request that is seen for the first time.
func (t *Tracker) open(g *group, v *view) {
	switch v.m.Method {
	case sip.INVITE:
		t.openInvite(g, v)
	case sip.BYE:
		t.openBye(g, v)
	case sip.REGISTER:
		t.openRegister(g, v)
	case sip.SUBSCRIBE:
		t.openSubscribe(g, v)
	case sip.NOTIFY, sip.BENOTIFY:
		t.openNotify(g, v)
	case sip.PUBLISH:
		t.openPublish(g, v)
	case sip.MESSAGE:
		t.openMessage(g, v)
	default:
		r := t.newRequest(g, v, roleOther)
		t.takeOver(r)
		if v.m.Method == sip.UPDATE && g.call != nil && !g.call.isBehind(v) {
			r.call = g.call
			t.offerStance(g.call, r, v)
			t.observeFeatures(g.call, r.side, v)
			r.offered = g.call.describe(v, false)
			g.call.renegotiated = g.call.renegotiated || r.offered
		}
		if v.m.Method == sip.REFER {
			t.announceRefer(r, v)
		}
		if v.m.Method == sip.INFO && g.call != nil {
			g.call.observeTyping(v)
		}
		if v.m.Method == sip.PRACK && g.call != nil {
			g.call.describe(v, true)
			g.call.observePRACK(v)
		}
	}
}

// response takes a response message. It reports false when it came ahead of its request.
func (t *Tracker) response(g *group, v *view) bool {
	r, x := g.answered(v)
	if r == nil {
		if !v.late && g.awaits(v) {
			return false
		}
		if r, x = t.unasked(g, v); r == nil {
			return true
		}
	}
	r.flags |= v.meta.Flags
	if x.repeats(v) {
		r.observeAgain(x, v)
		t.repeated(g, r, v)
		return true
	}
	if x.method != sip.CANCEL {
		t.answer(r, x, v)
	}
	return true
}

// answer takes a response that was not seen before at the hop of x.
func (t *Tracker) answer(r *request, x *transaction, v *view) {
	if v.m.Status >= 300 {
		t.keepResponse(r, x, v)
		t.announceRefusal(r, x, v)
	}
	if r.role == roleInvite {
		t.inviteResponse(r, x, v)
		return
	}
	if v.m.Status < 200 {
		if r.method == sip.INVITE && r.progress == waiting {
			r.wait(v.at + int64(t.cfg.TimerC))
		}
		return
	}
	if x.final == 0 {
		t.countPeerResponse(x, v.m.Status)
		t.signalFinal(r, x, v)
	}
	x.status, x.final, x.answerer = uint16(v.m.Status), v.at, v.meta.Src
	if r.call != nil && !r.behind && v.m.Status < 300 && (r.method == sip.INVITE || r.method == sip.UPDATE) {
		t.acceptStance(r.call, r, v)
		t.observeFeatures(r.call, r.side.Other(), v)
		t.announceHolds(r.call, v)
		r.call.describe(v, r.offered)
		r.call.observeInterval(v)
	}
	if r.role == roleRegister && x.below && r.progress != done && success(v.m.Status) {
		t.readBindings(r, v) // what the device is told may not be captured
	}
	if isChallenge(v.m.Status) {
		r.challenge = challengeIn(v)
	}
	if !x.below && r.progress != done {
		t.conclude(r, x, v)
	}
}
