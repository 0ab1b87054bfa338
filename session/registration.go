package session

import (
	"bytes"
	"slices"

	"sipspan/decode/sip"
	"sipspan/record"
)

const maxContacts = 32

// contact is one Contact of a REGISTER.
type contact struct {
	uri     piece
	expires int // seconds, -1 when not said
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
			r.contacts = append(r.contacts, contact{uri: r.text.add(a.URI), expires: parseSeconds(a.Param("expires"))})
		}
	})
	t.takeOver(r)
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

// writeRegistration writes a REGISTER and takes what a 2xx says into the table of bindings.
func (t *Tracker) writeRegistration(r *request, v *view, at int64, outcome record.Outcome) {
	granted := -1
	contacts := r.contacts
	if v != nil && success(r.status) {
		granted = t.bind(r, v)
		contacts = t.contacts
	} else if outcome == record.OutcomeInProgress || outcome == record.OutcomeTimeout {
		granted = -1
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
	if len(contacts) == 0 {
		contacts = r.contacts
	}
	if len(contacts) > 0 {
		rec.Contacts = make([]string, len(contacts))
	}
	for i, c := range contacts {
		rec.Contacts[i] = p.text.of(c.uri)
	}
	t.emit(at, rec)
}

// bind reads the 2xx to a REGISTER: its contacts into t.contacts, which refer to the text of the request, and all
// bindings that it shows or ends into the table. It returns for how many seconds the registrar bound the contact that
// was asked for, -1 if that is unknown.
func (t *Tracker) bind(r *request, v *view) (granted int) {
	t.contacts = t.contacts[:0]
	general := v.seconds(sip.HeaderExpires)
	eachContact(v.m, func(a sip.Address) {
		if len(t.contacts) < maxContacts && string(a.URI) != "*" {
			t.contacts = append(t.contacts, contact{uri: r.text.add(a.URI), expires: parseSeconds(a.Param("expires"))})
		}
	})
	aor := r.text.of(r.toURI)
	granted = -1
	for i := range t.contacts {
		c := &t.contacts[i]
		if c.expires < 0 {
			c.expires = general
		}
		if c.expires < 0 {
			c.expires = r.wantedFor(r.text.of(c.uri))
		}
		if granted < 0 || r.asksFor(r.text.of(c.uri)) {
			granted = c.expires
		}
	}
	if r.star {
		t.registrar.remove(t, aor)
		return 0
	}
	for _, c := range r.contacts {
		switch wanted := r.wanted(c); {
		case wanted == 0:
			t.registrar.unbind(t, aor, r.text.of(c.uri))
			if granted < 0 || len(r.contacts) == 1 {
				granted = 0
			}
		case len(t.contacts) == 0:
			// A registrar that does not list the bindings has accepted what was asked for.
			if general >= 0 {
				wanted = general
			}
			granted = wanted
			t.registrar.bind(t, aor, r.text.of(c.uri), v.at, wanted)
		}
	}
	for _, c := range t.contacts {
		if c.expires != 0 {
			t.registrar.bind(t, aor, r.text.of(c.uri), v.at, c.expires)
		}
	}
	return granted
}

func (r *request) asksFor(uri []byte) bool {
	for _, c := range r.contacts {
		if bytes.Equal(r.text.of(c.uri), uri) {
			return true
		}
	}
	return false
}

func (r *request) wantedFor(uri []byte) int {
	for _, c := range r.contacts {
		if bytes.Equal(r.text.of(c.uri), uri) {
			return r.wanted(c)
		}
	}
	return -1
}
