package session

import (
	"sipspan/decode/sip"
	"sipspan/session/value"
)

// request takes a request message: repeated, at a further hop, or new. It reports false when it came ahead.
func (t *Tracker) request(g *group, v *view) bool {
	switch v.m.Method {
	case sip.ACK:
		return t.calls.ack(g, v)
	case sip.CANCEL:
		return t.calls.cancel(g, v)
	}
	if r := g.find(v); r != nil {
		if x := r.match(v, v.m.Method); x != nil {
			if r.first == 0 && !r.adopted {
				t.adoptRequest(r, x, v)
			} else {
				t.calls.repeatedIn(g, r, v)
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

// furtherHop takes a request that was seen before, at another hop.
func (t *Tracker) furtherHop(r *request, v *view) {
	r.flags |= v.meta.Flags
	x := r.addTransaction(v, v.m.Method)
	t.countPeerRequest(x)
	if !x.below {
		if !r.tried() {
			beginAt(r, v)
		}
		switch r.progress {
		case declined:
			t.reopen(r, v)
		case waiting:
			r.gaveUp, r.lost = 0, false
			if r.role != roleInvite {
				r.wait(v.at + t.Config.TimerF())
			}
		}
	}
	if c := callOf(r); r.role == roleBye && c != nil && c.skewed && c.bye == r.start && c.atOrigin(v) {
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
		callOf(r).addHop(r, x, v)
		t.calls.readLinks(callOf(r), v)
		if callOf(r).link.id != 0 {
			t.calls.announceKeys(callOf(r), v.at)
		}
		callOf(r).schedule(&t.Config)
		t.calls.signalGivenUp(r, x, v.at)
	}
}

// beginAt takes a request at a hop nearer to its sender than those before, see call.beginAt.
func beginAt(r *request, v *view) {
	if r.first == r.start {
		r.first = v.at
	}
	if c := callOf(r); r.role == roleBye && c != nil && c.bye == r.start {
		c.bye = v.at
	}
	r.start = v.at
}

// reopen takes a request that was refused and goes to another place now.
func (t *Tracker) reopen(r *request, v *view) {
	r.retried = r.retried || value.IsChallenge(r.status) // credentials under the same CSeq number, as some send them
	r.progress, r.status, r.final = waiting, 0, 0
	r.crossed, r.outlived, r.glared = false, false, false
	r.wait(v.at + t.Config.TimerF())
}

// reopenInvite takes an INVITE that goes to another place after it was refused at those before.
func (t *Tracker) reopenInvite(r *request) {
	if r.progress == done && !value.Success(r.status) && r.attempt == uint16(callOf(r).attempt) {
		r.progress, r.status, r.final = waiting, 0, 0
		r.wait(never)
		callOf(r).revive(t.Counters)
	}
}

// open takes a request that is seen for the first time.
func (t *Tracker) open(g *group, v *view) {
	t.makeRoom(g)
	switch v.m.Method {
	case sip.INVITE:
		t.calls.openInvite(g, v)
	case sip.BYE:
		t.calls.openBye(g, v)
	case sip.REGISTER:
		t.bindings.openRegister(g, v)
	case sip.SUBSCRIBE:
		t.subscriptions.openSubscribe(g, v)
	case sip.NOTIFY, sip.BENOTIFY:
		t.subscriptions.openNotify(g, v)
	case sip.PUBLISH:
		t.bindings.openPublish(g, v)
	case sip.MESSAGE:
		t.openMessage(g, v)
	default:
		r := t.newRequest(g, v, roleOther)
		t.takeOver(r)
		if v.m.Method == sip.UPDATE && g.call != nil && !callIn(g).isBehind(v) {
			r.call = g.call
			t.calls.offerStance(callIn(g), r, v)
			t.calls.observeFeatures(callIn(g), r.side, v)
			r.offered = callIn(g).describe(v, false)
			callIn(g).renegotiated = callIn(g).renegotiated || r.offered
		}
		if v.m.Method == sip.REFER {
			t.calls.announceRefer(r, v)
		}
		if v.m.Method == sip.INFO && g.call != nil {
			callIn(g).observeTyping(v)
		}
		if v.m.Method == sip.PRACK && g.call != nil {
			callIn(g).describe(v, true)
			callIn(g).observePRACK(v)
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
		observeAgain(r, x, v)
		t.calls.repeatedIn(g, r, v)
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
		t.calls.announceRefusal(r, x, v)
	}
	if r.role == roleInvite {
		t.calls.inviteResponse(r, x, v)
		return
	}
	if v.m.Status < 200 {
		if r.method == sip.INVITE && r.progress == waiting {
			r.wait(v.at + int64(t.Config.TimerC))
		}
		return
	}
	if x.final == 0 {
		t.countPeerResponse(x, v.m.Status)
		t.signalFinal(r, x, v, delay(r.first, v.at), false)
	}
	x.status, x.final, x.answerer = uint16(v.m.Status), v.at, v.meta.Src
	if r.call != nil && !r.behind && v.m.Status < 300 && (r.method == sip.INVITE || r.method == sip.UPDATE) {
		t.calls.acceptStance(callOf(r), r, v)
		t.calls.observeFeatures(callOf(r), r.side.Other(), v)
		t.calls.announceHolds(callOf(r), v)
		callOf(r).describe(v, r.offered)
		callOf(r).observeInterval(v)
	}
	if r.role == roleRegister && x.below && r.progress != done && value.Success(v.m.Status) {
		t.bindings.readBindings(r, v) // what the device is told may not be captured
	}
	if value.IsChallenge(v.m.Status) {
		r.challenge = challengeIn(v)
	}
	if !x.below && r.progress != done {
		t.conclude(r, x, v)
	}
}
