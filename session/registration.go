package session

import (
	"slices"

	"sipspan/decode/sip"
	"sipspan/record"
	"sipspan/session/store"
	"sipspan/session/value"
)

// openRegister takes a REGISTER that is seen for the first time.
func (u *BindingUsage) openRegister(g *group, v *view) {
	r := u.newRequest(g, v, roleRegister)
	r.expires = v.seconds(sip.HeaderExpires)
	eachContact(v.m, func(a sip.Address) {
		if string(a.URI) == "*" {
			r.star = true
			return
		}
		if len(r.contacts) < maxContacts {
			r.contacts = append(r.contacts, addContact(&r.text, a))
		}
	})
	u.takeOver(r)
}

func addContact(t *store.Text, a sip.Address) contact {
	c := contact{uri: t.Add(a.URI), expires: -1}
	expires, instance, flow := false, false, false // of each name the first counts
	for params := a.Params; len(params) > 0; {
		var name, v []byte
		name, v, params = sip.NextParam(params)
		switch {
		case !expires && value.IsName(name, "expires"):
			c.expires, expires = value.Seconds(v), true
		case !instance && value.IsName(name, "+sip.instance"):
			c.instance, instance = value.HashTag(value.Clip(v)), true
		case !flow && value.IsName(name, "reg-id"):
			c.flow, flow = value.HashTag(value.Clip(v)), true
		}
	}
	return c
}

// sameDevice reports whether two contacts are those of one device, on the same of its flows.
func sameDevice(c, o contact) bool {
	return c.instance != 0 && c.instance == o.instance && c.flow == o.flow
}

// eachContact calls yield for every Contact of a message.
func eachContact(m *sip.Message, yield func(sip.Address)) {
	for i := m.First(sip.HeaderContact); i >= 0; i = m.Next(i) {
		for list := m.Value(i); len(list) > 0; {
			var a sip.Address
			if a, list = sip.NextAddress(list); len(a.URI) > 0 {
				yield(a)
			}
		}
	}
}

// wanted returns for how long a REGISTER asks to bind a contact, -1 when it leaves that to the registrar.
func wantedFor(r *request, c contact) int {
	if c.expires >= 0 {
		return c.expires
	}
	return r.expires
}

// registrationOutcome says how a REGISTER with a final response, or without one in time, ended.
func (u *BindingUsage) registrationOutcome(r *request) record.Outcome {
	switch {
	case r.status == 0 && r.flags&record.Restart != 0:
		return record.OutcomeInProgress // it may have been answered while the program was not running
	case r.status == 0:
		return record.OutcomeTimeout
	case r.status >= 300:
		return record.OutcomeFailed
	case r.star:
		return record.Unregistered
	case len(r.contacts) == 0 && r.first == 0:
		return record.Registered // only the response was seen
	case len(r.contacts) == 0:
		return record.Fetched
	}
	for _, c := range r.contacts {
		if wantedFor(r, c) != 0 {
			return record.Registered
		}
	}
	return record.Unregistered
}

// writeRegistration writes a REGISTER, with what the 2xx says of the bindings for the correlator.
func (u *BindingUsage) writeRegistration(r *request, v *view, at int64, outcome record.Outcome) {
	if v != nil && value.Success(r.status) {
		u.readBindings(r, v)
	}
	granted, own := -1, -1
	if value.Success(r.status) {
		granted, own = grantedIn(r)
	}
	p := r.seal()
	rec := &record.Registration{
		Header:     u.requestHeader(record.KindRegistration, r, at),
		AOR:        p.to.URI,
		Expires:    granted,
		Outcome:    outcome,
		Status:     r.status,
		Reason:     p.text.Of(r.reason),
		Challenged: r.retried,
		UserAgent:  p.text.Of(r.agent),
		Src:        p.src,
		Dst:        p.dst,
		Cause:      u.requestCause(r, &p, outcome == record.OutcomeTimeout, at),
	}
	if value.Success(r.status) {
		rec.RRD = r.delay()
	}
	rec.Tries.Earlier, rec.Tries.Last = slices.Clone(r.tries), r.try()
	contacts := r.listed
	if len(contacts) == 0 {
		contacts = r.contacts
	}
	if len(contacts) > 0 {
		rec.Contacts = make([]string, len(contacts))
	}
	for i, c := range contacts {
		rec.Contacts[i] = p.text.Of(c.uri)
	}
	u.Emit(at, u.finishRegistration(r, &p, rec, own))
}
