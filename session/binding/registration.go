package binding

import (
	"slices"

	"sipspan/decode/sip"
	"sipspan/record"
	"sipspan/session/store"
	"sipspan/session/transaction"
	"sipspan/session/value"
)

// openRegister takes a REGISTER that is seen for the first time.
func (u *Usage) openRegister(g *transaction.Group, v *transaction.View) {
	r := u.NewRequest(g, v, transaction.RoleRegister)
	r.Expires = v.Seconds(sip.HeaderExpires)
	eachContact(v.Message, func(a sip.Address) {
		if string(a.URI) == "*" {
			r.Star = true
			return
		}
		if len(r.Contacts) < transaction.MaxContacts {
			r.Contacts = append(r.Contacts, addContact(&r.Text, a))
		}
	})
	u.TakeOver(r)
}

func addContact(t *store.Text, a sip.Address) transaction.Contact {
	c := transaction.Contact{URI: t.Add(a.URI), Expires: -1}
	expires, instance, flow := false, false, false // of each name the first counts
	for params := a.Params; len(params) > 0; {
		var name, v []byte
		name, v, params = sip.NextParam(params)
		switch {
		case !expires && value.IsName(name, "expires"):
			c.Expires, expires = value.Seconds(v), true
		case !instance && value.IsName(name, "+sip.instance"):
			c.Instance, instance = value.HashTag(value.Clip(v)), true
		case !flow && value.IsName(name, "reg-id"):
			c.Flow, flow = value.HashTag(value.Clip(v)), true
		}
	}
	return c
}

// sameDevice reports whether two contacts are those of one device, on the same of its flows.
func sameDevice(c, o transaction.Contact) bool {
	return c.Instance != 0 && c.Instance == o.Instance && c.Flow == o.Flow
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
func wantedFor(r *transaction.Request, c transaction.Contact) int {
	if c.Expires >= 0 {
		return c.Expires
	}
	return r.Expires
}

// registrationOutcome returns how a REGISTER with a final response, or without one in time, ended.
func registrationOutcome(r *transaction.Request) record.Outcome {
	switch {
	case r.Status == 0 && r.Flags&record.Restart != 0:
		return record.OutcomeInProgress // it may have been answered while the program was not running
	case r.Status == 0:
		return record.OutcomeTimeout
	case r.Status >= 300:
		return record.OutcomeFailed
	case r.Star:
		return record.Unregistered
	case len(r.Contacts) == 0 && r.First == 0:
		return record.Registered // only the response was seen
	case len(r.Contacts) == 0:
		return record.Fetched
	}
	for _, c := range r.Contacts {
		if wantedFor(r, c) != 0 {
			return record.Registered
		}
	}
	return record.Unregistered
}

// writeRegistration writes a REGISTER, with what the 2xx shows of the bindings for the correlator.
func (u *Usage) writeRegistration(r *transaction.Request, v *transaction.View, at int64, outcome record.Outcome) {
	if v != nil && value.Success(r.Status) {
		u.readBindings(r, v)
	}
	granted, own := -1, -1
	if value.Success(r.Status) {
		granted, own = grantedIn(r)
	}
	p := r.Seal()
	rec := &record.Registration{
		Header:     u.RequestHeader(record.KindRegistration, r, at),
		AOR:        p.To.URI,
		Expires:    granted,
		Outcome:    outcome,
		Status:     r.Status,
		Reason:     p.Text.Of(r.Reason),
		Challenged: r.Retried,
		UserAgent:  p.Text.Of(r.Agent),
		Src:        p.Src,
		Dst:        p.Dst,
		Cause:      u.RequestCause(r, &p, outcome == record.OutcomeTimeout, at),
	}
	if value.Success(r.Status) {
		rec.RRD = r.Delay()
	}
	rec.Tries.Earlier, rec.Tries.Last = slices.Clone(r.Tries), r.Try()
	contacts := r.Listed
	if len(contacts) == 0 {
		contacts = r.Contacts
	}
	if len(contacts) > 0 {
		rec.Contacts = make([]string, len(contacts))
	}
	for i, c := range contacts {
		rec.Contacts[i] = p.Text.Of(c.URI)
	}
	u.Emit(at, u.finishRegistration(r, &p, rec, own))
}
