package session

import (
	"math"

	"sipspan/decode/sip"
	"sipspan/record"
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
			t.repeated(g, r, v)
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
		if r.progress == declined {
			t.reopen(r, v)
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
		if r.call.link.leg != nil {
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
	if r.progress == done && !success(r.status) && r.attempt == r.call.attempt {
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
			r.offered = g.call.describe(v, false)
			g.call.renegotiated = g.call.renegotiated || r.offered
		}
		if v.m.Method == sip.REFER {
			t.announceRefer(g, v)
		}
		if v.m.Method == sip.INFO && g.call != nil {
			g.call.hearTyping(v)
		}
		if v.m.Method == sip.PRACK && g.call != nil {
			g.call.describe(v, true)
			g.call.hearPRACK(v)
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
		r.hearAgain(x, v)
		t.repeated(g, r, v)
		return true
	}
	if x.method != sip.CANCEL {
		t.answer(r, x, v)
	}
	return true
}

// answer takes a response that was not heard before at the hop of x.
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
		t.announceHolds(r.call, v)
		r.call.describe(v, r.offered)
		r.call.hearInterval(v)
	}
	if r.role == roleRegister && x.below && r.progress != done && success(v.m.Status) {
		t.readBindings(r, v) // what the device is told may not be captured
	}
	if !x.below && r.progress != done {
		t.conclude(r, x, v)
	}
}

// awaits reports whether the request of a response that nobody knows may still come.
func (g *group) awaits(v *view) bool {
	switch v.m.Method {
	case sip.INVITE, sip.BYE:
		return g.call != nil || !g.buried
	case sip.ACK:
		return false
	}
	return true
}

// unasked opens what a response shows whose request was not seen. Nothing is opened by the responses that end a call
// already written, nor by those to a CANCEL, nor by provisional ones outside a call.
func (t *Tracker) unasked(g *group, v *view) (*request, *transaction) {
	as := roleOther
	switch v.m.Method {
	case sip.INVITE, sip.BYE:
		if g.buried && g.call == nil {
			return nil, nil
		}
		switch {
		case v.m.Method == sip.BYE:
			as = roleBye
		case g.call == nil || !g.call.confirmed():
			as = roleInvite
		}
	case sip.ACK, sip.CANCEL:
		return nil, nil
	case sip.REGISTER:
		as = roleRegister
	case sip.SUBSCRIBE:
		as = roleSubscribe
	case sip.PUBLISH:
		as = rolePublish
	case sip.MESSAGE:
		if g.call == nil {
			as = roleMessage
		}
	}
	if as != roleInvite && v.m.Status < 200 {
		return nil, nil
	}
	if r := g.find(v); r != nil && !r.isOther(v) {
		return r, t.unaskedHop(r, v)
	}
	t.makeRoom(g)
	r := t.blankRequest(g, v, as)
	r.start = v.at
	r.flags |= record.MidStream | record.OneWay
	r.addTransaction(v, v.m.Method)
	t.storeRequest(r, v)
	r.wait(v.at + t.cfg.timerF())
	switch as {
	case roleInvite:
		t.joinCallUnasked(g, r, v)
	case roleBye:
		if g.call == nil {
			t.openCall(g, v, record.MidStream)
			g.call.established = v.at
		}
		r.call = g.call
	case roleSubscribe:
		t.subscribeUnasked(g, r, v)
	case roleOther:
		if v.m.Method == sip.NOTIFY {
			t.notifyUnasked(g, v)
		}
	}
	return r, r.nearest()
}

// unaskedHop adds the hop that a response shows of a request which was seen at others only.
func (t *Tracker) unaskedHop(r *request, v *view) *transaction {
	x := r.addTransaction(v, v.m.Method)
	if r.role == roleInvite && r.call != nil {
		r.call.addHop(r, x, v)
	}
	return x
}

// conclude takes a final response at a top branch. A 2xx ends the request. After any other it may go to the next place,
// or be tried again, so that its end waits.
func (t *Tracker) conclude(r *request, x *transaction, v *view) {
	if r.bestRefusal(x) {
		r.text.put(&r.reason, v.m.ReasonPhrase())
	}
	r.lead()
	n := r.nearest()
	if n.final == 0 {
		return // another branch decides
	}
	r.status, r.final = int(n.status), n.final
	if success(r.status) {
		t.complete(r, v, v.at)
		t.linger(r, v.at)
		if r.method == sip.REFER {
			t.referDone(r)
		}
		return
	}
	first := r.progress == waiting
	r.progress = declined
	r.judge()
	wait := t.cfg.wait(r.status)
	if after := r.glare(v); after > 0 {
		r.glared, wait = true, after
	}
	r.wait(v.at + wait)
	switch {
	case !first:
	case r.role == roleBye && !invitesRetry(r.status):
		t.byeDone(r, v, v.at)
	case r.method == sip.REFER:
		t.referDone(r)
		t.announceReferFailed(r, v.at)
	}
}

// bestRefusal reports whether no other top branch was refused with a response that would be passed on rather than that of x.
func (r *request) bestRefusal(x *transaction) bool {
	for i := range r.transactions {
		y := &r.transactions[i]
		if y != x && y.method == r.method && !y.below && y.final != 0 && preference(true, int(y.status)) < preference(true, int(x.status)) {
			return false
		}
	}
	return true
}

// expireRequest does what is due for a request.
func (t *Tracker) expireRequest(r *request, at int64) {
	switch r.progress {
	case waiting:
		if x := r.bestKnown(); x != nil && !r.wentOn(x) {
			r.status, r.final = int(x.status), x.final
		}
		if r.lost = t.unseen(r, at); !r.lost {
			t.signalUnanswered(r, at)
		}
		t.complete(r, nil, at)
		t.linger(r, at)
		if r.method == sip.REFER && r.status == 0 {
			t.announceReferFailed(r, at)
		}
	case declined:
		r.glared = false // it was not tried again
		t.complete(r, nil, at)
		t.linger(r, at)
	case done:
		t.removeRequest(r)
	}
}

// bestKnown returns the transaction whose final response its sender was told, or came nearest to it, nil if there was
// none.
func (r *request) bestKnown() (best *transaction) {
	for i := range r.transactions {
		x := &r.transactions[i]
		if x.method != r.method || x.status == 0 {
			continue
		}
		if best == nil || x.nearer(best) {
			best = x
		}
	}
	return best
}

// wentOn reports whether the sender turned to another place after the refusal at a hop, so that this is not what it was
// told in the end.
func (r *request) wentOn(refusal *transaction) bool {
	n := r.nearest()
	return n.final == 0 && !success(int(refusal.status)) && n.start >= refusal.final
}

// nearer reports whether the final response of a hop tells more of what the sender was told than that of another one.
func (x *transaction) nearer(y *transaction) bool {
	switch {
	case x.below != y.below:
		return !x.below
	case x.vias != y.vias:
		return x.vias < y.vias
	}
	a, b := preference(true, int(x.status)), preference(true, int(y.status))
	return a < b || a == b && x.final > y.final
}

// closeRequest writes a request that is open when the capture ends, if it is one that is written at all.
func (t *Tracker) closeRequest(r *request, at int64) {
	switch {
	case r.progress == declined && r.glared:
		t.letGlare(r, at)
	case r.progress == declined && isChallenge(r.status) && !r.retried:
		t.writeOpen(r, at) // nobody knows whether it was tried again
	case r.progress == declined:
		t.complete(r, nil, at)
	case r.progress == waiting:
		if x := r.bestKnown(); x != nil && !r.wentOn(x) {
			r.status, r.final = int(x.status), x.final
			t.complete(r, nil, at)
			return
		}
		t.writeOpen(r, at)
	}
}

// complete writes what became of a request. v is the response that ended it, nil when a timer did; r.status is 0 when
// there was none.
func (t *Tracker) complete(r *request, v *view, at int64) {
	ended := at
	if r.status != 0 {
		ended = r.final
	}
	if r.lost {
		r.flags |= record.OneWay
	}
	switch r.role {
	case roleInvite:
		return // the call does
	case roleBye:
		if r.progress != declined || invitesRetry(r.status) { // else it was done at once
			t.byeDone(r, v, at)
		}
	case roleRegister:
		t.writeRegistration(r, v, at, t.registrationOutcome(r))
	case roleSubscribe:
		t.subscribeDone(r, v, ended)
		if r.subscription != nil && r.status == 0 && r.subscription.notifies > 0 {
			return // the NOTIFY says that it was accepted
		}
	case rolePublish:
		t.writePublication(r, v, at, publicationOutcome(r))
	case roleMessage:
		t.writeMessage(r, at)
	case roleOther:
		if r.lost {
			break
		}
		if t.notifyDone(r, ended) {
			if t.cfg.AllTransactions {
				t.writeTransaction(r, at)
			}
			return
		}
	}
	if r.status == 0 && (r.proved || r.lost && r.inside) && !t.cfg.AllTransactions {
		return // nothing says that it failed
	}
	if r.progress == waiting {
		r.judge()
	}
	if r.role == roleBye || r.role == roleOther {
		if t.cfg.AllTransactions || !r.crossed && (r.status == 0 && !r.unanswered() || r.status >= 300) {
			t.writeTransaction(r, at)
		}
	}
	if r.crossed {
		return
	}
	if r.status >= 400 && !(r.method == sip.INVITE && r.status == 487) || r.status == 0 && !r.unanswered() {
		t.writeFailure(r, at)
	}
}

// unseen reports whether a request without any response may have had one that was not captured: over UDP its sender
// repeats what is not answered (RFC 3261 section 17.1.2.2, Timer E), and it did not, though the network did not tell it
// to give up.
func (t *Tracker) unseen(r *request, at int64) bool {
	n := r.nearest()
	return r.status == 0 && r.repeats == 0 && n.transport == UDP && !n.wasHeard() && at-r.start >= 2*int64(t.cfg.T1) &&
		r.first != 0 && !r.unanswered() && len(t.eventsAbout(nil, r, r.start, at)) == 0
}

// unanswered reports whether no response belongs to the request: nobody waits for one.
func (r *request) unanswered() bool { return r.method == sip.BENOTIFY }

// writeOpen writes a request without a final response at the end of the capture.
func (t *Tracker) writeOpen(r *request, at int64) {
	switch r.role {
	case roleRegister:
		t.writeRegistration(r, nil, at, record.OutcomeInProgress)
	case rolePublish:
		t.writePublication(r, nil, at, record.OutcomeInProgress)
	case roleMessage:
		t.writeMessage(r, at)
	case roleOther:
		if t.cfg.AllTransactions {
			t.writeTransaction(r, at)
		}
	}
}
