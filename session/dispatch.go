package session

import (
	"sipspan/decode/sip"
	"sipspan/record"
	"sipspan/session/call"
	"sipspan/session/transaction"
	"sipspan/session/value"
)

// request takes a request message: repeated, at a further hop, or new. It reports false when it came ahead.
func (t *Tracker) request(g *transaction.Group, v *transaction.View) bool {
	switch v.Message.Method {
	case sip.ACK:
		return t.calls.ACK(g, v)
	case sip.CANCEL:
		return t.calls.Cancel(g, v)
	}
	if r := g.Find(v); r != nil {
		if x := r.Match(v, v.Message.Method); x != nil {
			if r.First == 0 && !r.Adopted {
				t.adoptRequest(r, x, v)
			} else {
				t.calls.RepeatedIn(g, r, v)
			}
			return true
		}
		if !r.IsOther(v) {
			t.furtherHop(r, v)
			return true
		}
	}
	if !v.Late && t.precedes(g, v) {
		return false
	}
	t.open(g, v)
	return true
}

// furtherHop takes a request that was seen before, at another hop.
func (t *Tracker) furtherHop(r *transaction.Request, v *transaction.View) {
	r.Flags |= v.Meta.Flags
	x := r.AddTransaction(v, v.Message.Method)
	t.CountPeerRequest(x)
	if !x.Below {
		if !r.Tried() {
			t.calls.BeginBye(r, v)
			r.BeginAt(v.At)
		}
		switch r.Progress {
		case transaction.Declined:
			r.Reopen(v.At + t.Config.TimerF())
		case transaction.Waiting:
			r.GaveUp, r.Lost = 0, false
			if r.Role != transaction.RoleInvite {
				r.Wait(v.At + t.Config.TimerF())
			}
		}
	}
	x.Target = transaction.TargetOf(v)
	if len(r.Transactions) > 2 {
		r.NoteLoop(x)
	}
	t.calls.FurtherHop(r, x, v)
}

// open takes a request that is seen for the first time.
func (t *Tracker) open(g *transaction.Group, v *transaction.View) {
	t.makeRoom(g)
	t.usage(v.Message.Method).Request(g, v)
}

// response takes a response message. It reports false when it came ahead of its request.
func (t *Tracker) response(g *transaction.Group, v *transaction.View) bool {
	r, x := g.Answered(v)
	if r == nil {
		if !v.Late && g.Awaits(v) {
			return false
		}
		if r, x = t.unasked(g, v); r == nil {
			return true
		}
	}
	r.Flags |= v.Meta.Flags
	if x.Repeats(v) {
		call.ObserveAgain(r, x, v)
		t.calls.RepeatedIn(g, r, v)
		return true
	}
	if x.Method != sip.CANCEL {
		t.answer(r, x, v)
	}
	return true
}

// answer takes a response that was not seen before at the hop of x.
func (t *Tracker) answer(r *transaction.Request, x *transaction.Transaction, v *transaction.View) {
	if v.Message.Status >= 300 {
		t.KeepResponse(r, x, v)
		t.calls.AnnounceRefusal(r, x, v)
	}
	if r.Role == transaction.RoleInvite {
		t.calls.InviteResponse(r, x, v)
		return
	}
	if v.Message.Status < 200 {
		if r.Method == sip.INVITE && r.Progress == transaction.Waiting {
			r.Wait(v.At + int64(t.Config.TimerC))
		}
		return
	}
	if x.Final == 0 {
		t.CountPeerResponse(x, v.Message.Status)
		t.SignalFinal(r, x, v, transaction.Delay(r.First, v.At), false, false)
	}
	x.Status, x.Final, x.Answerer = uint16(v.Message.Status), v.At, v.Meta.Src
	t.usage(r.Method).Response(r, x, v)
	if value.IsChallenge(v.Message.Status) {
		r.Challenge = transaction.ChallengeIn(v)
	}
	if !x.Below && r.Progress != transaction.Done {
		t.conclude(r, x, v)
	}
}

// precedes reports whether a request that is seen for the first time came ahead of what it follows: it is part of a
// dialog of which nothing was seen, or it tries again what its sender has no answer to yet, as far as the capture shows.
func (t *Tracker) precedes(g *transaction.Group, v *transaction.View) bool {
	if len(v.ToTag) > 0 {
		if g.Call != nil {
			return v.Message.Method == sip.BYE && t.calls.IsUndecided(g)
		}
		return len(g.Subscriptions) == 0 && len(g.Requests) == 0 && !g.Buried
	}
	switch v.Message.Method {
	case sip.INVITE, sip.REGISTER, sip.SUBSCRIBE, sip.PUBLISH, sip.MESSAGE:
	default:
		return false
	}
	for _, r := range g.Requests {
		if r.Method == v.Method && r.Sender == v.Sender && r.CSeq < v.CSeq && !r.Inside && r.Nearest().Final == 0 {
			return true
		}
	}
	return false
}

// adoptRequest takes a request of which only answers were seen before: its first copy is not in the capture, or comes later than
// any port delivers. When it was sent first is not known, so that what began with it stays in mid-stream; what it carries
// is taken.
func (t *Tracker) adoptRequest(r *transaction.Request, x *transaction.Transaction, v *transaction.View) {
	r.Adopted = true
	if r.Raw == nil {
		r.Raw = t.KeepRequest(v.Message)
	}
	if r.Content != nil {
		r.URI, r.Agent = r.Text.Add(v.Message.RequestURI()), r.Text.Add(v.Agent())
		r.Expires = v.Seconds(sip.HeaderExpires)
	}
	switch {
	case r.Role == transaction.RoleInvite && r.Call != nil && !r.Behind:
		t.calls.AdoptInvite(call.Of(r), r, x, v)
	case r.Role == transaction.RoleSubscribe:
		t.subscriptions.Adopt(r, v)
	}
}

// unasked opens what a response shows whose request was not seen. Nothing is opened by the responses that end a call
// already written, nor by those to a CANCEL, nor by provisional ones outside a call.
func (t *Tracker) unasked(g *transaction.Group, v *transaction.View) (*transaction.Request, *transaction.Transaction) {
	as := transaction.RoleOther
	switch v.Message.Method {
	case sip.INVITE, sip.BYE:
		if g.Buried && g.Call == nil {
			return nil, nil
		}
		switch {
		case v.Message.Method == sip.BYE:
			as = transaction.RoleBye
		case !t.calls.ConfirmedIn(g):
			as = transaction.RoleInvite
		}
	case sip.ACK, sip.CANCEL:
		return nil, nil
	case sip.REGISTER:
		as = transaction.RoleRegister
	case sip.SUBSCRIBE:
		as = transaction.RoleSubscribe
	case sip.PUBLISH:
		as = transaction.RolePublish
	case sip.MESSAGE:
		if g.Call == nil {
			as = transaction.RoleMessage
		}
	}
	if as != transaction.RoleInvite && v.Message.Status < 200 {
		return nil, nil
	}
	if r := g.Find(v); r != nil && !r.IsOther(v) {
		return r, t.unaskedHop(r, v)
	}
	t.makeRoom(g)
	r := t.BlankRequest(g, v, as)
	r.Start = v.At
	r.Flags |= record.MidStream | record.OneWay
	r.AddTransaction(v, v.Message.Method)
	t.StoreRequest(r, v)
	r.Wait(v.At + t.Config.TimerF())
	switch as {
	case transaction.RoleInvite:
		t.calls.JoinCallUnasked(g, r, v)
	case transaction.RoleBye:
		t.calls.ByeUnasked(g, r, v)
	case transaction.RoleSubscribe:
		t.subscriptions.Unasked(g, r, v)
	case transaction.RoleOther:
		if v.Message.Method == sip.INVITE || v.Message.Method == sip.UPDATE {
			t.calls.OfferMissed(g, v)
		}
		if v.Message.Method == sip.NOTIFY {
			t.subscriptions.NotifyUnasked(g, v)
		}
	}
	nearest := r.Nearest()
	return r, nearest
}

// unaskedHop adds the hop that a response shows of a request which was seen at others only.
func (t *Tracker) unaskedHop(r *transaction.Request, v *transaction.View) *transaction.Transaction {
	x := r.AddTransaction(v, v.Message.Method)
	if r.Role == transaction.RoleInvite && r.Call != nil {
		t.calls.UnaskedHop(r, x, v)
	}
	return x
}
