package session

import (
	"net/netip"

	"sipspan/decode/sip"
	"sipspan/record"
	"sipspan/session/link"
	"sipspan/session/value"
)

// readBindings reads the bindings that the 2xx to a REGISTER lists. It may be passed on over several hops; what the device
// was told stands.
func (u *BindingUsage) readBindings(r *request, v *view) {
	general := v.seconds(sip.HeaderExpires)
	r.listed, r.general = r.listed[:0], general
	eachContact(v.m, func(a sip.Address) {
		if len(r.listed) < maxContacts && string(a.URI) != "*" {
			r.listed = append(r.listed, addContact(&r.text, a))
		}
	})
	r.seenAs = netip.AddrPort{}
	for i := v.m.First(sip.HeaderVia); i >= 0; i = v.m.Next(i) {
		for list := v.m.Value(i); len(list) > 0; {
			var via sip.Via
			via, list = sip.NextVia(list)
			r.seenAs = receivedFrom(&via) // the last Via is that of the device
		}
	}
}

// receivedFrom returns the address that the server behind a Via has seen, as far as it says so (RFC 3581).
func receivedFrom(via *sip.Via) netip.AddrPort {
	host := via.Received
	if host == nil {
		host = via.Host
	}
	addr, err := netip.ParseAddr(string(host))
	if err != nil {
		return netip.AddrPort{}
	}
	port := via.RPort
	if port == 0 {
		port = via.Port
	}
	if port == 0 {
		port = 5060
	}
	return netip.AddrPortFrom(addr.Unmap(), uint16(port))
}

// granted returns for how many seconds the registrar bound the contact of the device, -1 if that is unknown, and which of
// the listed ones that is, -1 if it is none of them.
func grantedIn(r *request) (seconds, own int) {
	wanted := firstWanted(r)
	switch {
	case r.star || wanted < 0 && len(r.contacts) > 0:
		return 0, -1
	case wanted < 0 && r.first != 0:
		return -1, -1 // it asked for the bindings only, and they show what remains of them
	case len(r.listed) == 0:
		// A registrar that does not list the bindings has accepted what was asked for.
		if r.general < 0 && wanted >= 0 {
			return wantedFor(r, r.contacts[wanted]), -1
		}
		return r.general, -1
	}
	if own = ownAmong(r, wanted); own < 0 {
		return r.general, -1
	}
	seconds = r.listed[own].expires
	if seconds < 0 {
		seconds = r.general
	}
	if seconds < 0 && wanted >= 0 {
		seconds = wantedFor(r, r.contacts[wanted])
	}
	return seconds, own
}

// firstWanted returns the first contact that the REGISTER asks to bind, -1 for none.
func firstWanted(r *request) int {
	for i, c := range r.contacts {
		if wantedFor(r, c) != 0 {
			return i
		}
	}
	return -1
}

func countWanted(r *request) (n int) {
	for _, c := range r.contacts {
		if wantedFor(r, c) != 0 {
			n++
		}
	}
	return n
}

// ownAmong finds the contact of the device among those that the registrar lists: the same URI, the same instance, or the
// one that the registrar has rewritten to the address where the REGISTER came from. Where one was asked for and one is
// listed, they are the same.
func ownAmong(r *request, wanted int) int {
	if wanted >= 0 {
		c := r.contacts[wanted]
		for i, l := range r.listed {
			if sip.SameURI(r.text.Of(c.uri), r.text.Of(l.uri)) {
				return i
			}
		}
		for i, l := range r.listed {
			if sameDevice(c, l) {
				return i
			}
		}
	}
	if i := listedAt(r, func(at netip.AddrPort, from netip.AddrPort) bool { return at == from }); i >= 0 {
		return i
	}
	if i := listedAt(r, func(at, from netip.AddrPort) bool { return at.Addr() == from.Addr() }); i >= 0 {
		return i
	}
	if len(r.listed) == 1 && len(r.contacts) <= 1 {
		return 0
	}
	return -1
}

// listedAt returns the only listed contact whose address fits that of the device, as it was captured or as the server says
// to have seen it; -1 for none or several.
func listedAt(r *request, fits func(at, from netip.AddrPort) bool) int {
	src := r.nearest().src
	src = netip.AddrPortFrom(src.Addr().Unmap(), src.Port())
	found := -1
	for i, l := range r.listed {
		at := value.ContactAddress(r.text.Of(l.uri))
		if !at.IsValid() || !fits(at, src) && (!r.seenAs.IsValid() || !fits(at, r.seenAs)) {
			continue
		}
		if found >= 0 {
			return -1
		}
		found = i
	}
	return found
}

// finishRegistration adds to a record what the correlator must know of the bindings.
func (u *BindingUsage) finishRegistration(r *request, p *parties, rec *record.Registration, own int) *link.FinishedRegistration {
	n := r.nearest()
	f := &link.FinishedRegistration{Registration: rec, Src: n.src, Server: n.dst, Own: own, Star: r.star, Wanted: countWanted(r),
		Lost: rec.Outcome == record.OutcomeInProgress || r.lost || rec.Confidence.Flags&record.OneWay != 0}
	if wanted := firstWanted(r); wanted >= 0 {
		c := &r.contacts[wanted]
		f.Instance, f.Flow, f.Asked = c.instance, c.flow, p.text.Of(c.uri)
	}
	if !value.Success(r.status) {
		return f
	}
	if own >= 0 && f.Instance == 0 {
		f.Instance, f.Flow = r.listed[own].instance, r.listed[own].flow
	}
	for _, c := range r.contacts {
		if wantedFor(r, c) == 0 {
			f.Removed = append(f.Removed, p.text.Of(c.uri))
		}
	}
	if len(r.listed) > 0 {
		f.Listed = make([]link.Binding, len(r.listed))
	}
	for i, l := range r.listed {
		f.Listed[i] = link.Binding{URI: rec.Contacts[i], Seconds: l.expires, Instance: l.instance, Flow: l.flow}
	}
	return f
}
