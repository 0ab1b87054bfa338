package session

import (
	"sipspan/decode/sip"
	"sipspan/record"
)

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
		case g.call == nil || !callIn(g).confirmed():
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
	r.wait(v.at + t.Config.TimerF())
	switch as {
	case roleInvite:
		t.calls.joinCallUnasked(g, r, v)
	case roleBye:
		if g.call == nil {
			t.calls.openCall(g, v, record.MidStream)
			callIn(g).established = v.at
		}
		r.call = g.call
	case roleSubscribe:
		t.subscriptions.subscribeUnasked(g, r, v)
	case roleOther:
		if g.call != nil && (v.m.Method == sip.INVITE || v.m.Method == sip.UPDATE) {
			t.calls.offerMissed(g, v)
		}
		if v.m.Method == sip.NOTIFY {
			t.subscriptions.notifyUnasked(g, v)
		}
	}
	nearest := r.nearest()
	return r, nearest
}

// unaskedHop adds the hop that a response shows of a request which was seen at others only.
func (t *Tracker) unaskedHop(r *request, v *view) *transaction {
	x := r.addTransaction(v, v.m.Method)
	if r.role == roleInvite && r.call != nil {
		callOf(r).addHop(r, x, v)
	}
	return x
}
