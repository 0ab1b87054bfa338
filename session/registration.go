package session

import (
	"slices"
	"strings"

	"sipspan/decode/sip"
	"sipspan/record"
)

const maxContacts = 32

// contact is one Contact of a REGISTER or of the 2xx to it.
type contact struct {
	uri      piece
	expires  int    // seconds, -1 when not said
	instance uint64 // a hash of +sip.instance, 0 for none (RFC 5626)
	flow     uint64 // of reg-id, likewise
}

// openRegister takes a REGISTER that is seen for the first time.
func (t *Tracker) openRegister(g *group, v *view) {
	r := t.newRequest(g, v, roleRegister)
	r.expires = v.seconds(sip.HeaderExpires)
	eachContact(v.m, func(a sip.Address) {
		if string(a.URI) == "*" {
			r.star = true
			return
		}
		if len(r.contacts) < maxContacts {
			r.contacts = append(r.contacts, r.text.addContact(a))
		}
	})
	t.takeOver(r)
}

func (t *text) addContact(a sip.Address) contact {
	c := contact{uri: t.add(a.URI), expires: -1}
	expires, instance, flow := false, false, false // of each name the first counts
	for params := a.Params; len(params) > 0; {
		var name, value []byte
		name, value, params = sip.NextParam(params)
		switch {
		case !expires && isName(name, "expires"):
			c.expires, expires = parseSeconds(value), true
		case !instance && isName(name, "+sip.instance"):
			c.instance, instance = hashTag(clip(value)), true
		case !flow && isName(name, "reg-id"):
			c.flow, flow = hashTag(clip(value)), true
		}
	}
	return c
}

// isName reports whether a parameter has a name, in any case.
func isName(b []byte, name string) bool {
	return len(b) == len(name) && strings.EqualFold(string(b), name)
}

// sameDevice reports whether two contacts are those of one device, on the same of its flows.
func (c contact) sameDevice(o contact) bool {
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
func (r *request) wanted(c contact) int {
	if c.expires >= 0 {
		return c.expires
	}
	return r.expires
}

// registrationOutcome says how a REGISTER with a final response, or without one in time, ended.
func (t *Tracker) registrationOutcome(r *request) record.Outcome {
	switch {
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
		if r.wanted(c) != 0 {
			return record.Registered
		}
	}
	return record.Unregistered
}

// writeRegistration writes a REGISTER, with what the 2xx says of the bindings for the correlator.
func (t *Tracker) writeRegistration(r *request, v *view, at int64, outcome record.Outcome) {
	if v != nil && success(r.status) {
		t.readBindings(r, v)
	}
	granted, own := -1, -1
	if success(r.status) {
		granted, own = r.granted()
	}
	p := r.seal()
	rec := &record.Registration{
		Header:     t.requestHeader(record.KindRegistration, r, at),
		AOR:        p.to.URI,
		Expires:    granted,
		Outcome:    outcome,
		Status:     r.status,
		Reason:     p.text.of(r.reason),
		Challenged: r.retried,
		UserAgent:  p.text.of(r.agent),
		Src:        p.src,
		Dst:        p.dst,
		Cause:      t.requestCause(r, &p, outcome == record.OutcomeTimeout, at),
	}
	if success(r.status) {
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
		rec.Contacts[i] = p.text.of(c.uri)
	}
	t.emit(at, t.finishRegistration(r, &p, rec, own))
}
