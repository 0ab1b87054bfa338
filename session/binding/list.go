package binding

import (
	"net/netip"

	"sipspan/decode/sip"
	"sipspan/record"
	"sipspan/session/link"
	"sipspan/session/transaction"
	"sipspan/session/value"
)

// readBindings reads the bindings that the 2xx to a REGISTER lists. It may be passed on over several hops; what the device
// was told stands.
func (u *Usage) readBindings(r *transaction.Request, v *transaction.View) {
	general := v.Seconds(sip.HeaderExpires)
	r.Listed, r.General = r.Listed[:0], general
	eachContact(v.Message, func(a sip.Address) {
		if len(r.Listed) < transaction.MaxContacts && string(a.URI) != "*" {
			r.Listed = append(r.Listed, addContact(&r.Text, a))
		}
	})
	r.SeenAs = netip.AddrPort{}
	for i := v.Message.First(sip.HeaderVia); i >= 0; i = v.Message.Next(i) {
		for list := v.Message.Value(i); len(list) > 0; {
			var via sip.Via
			via, list = sip.NextVia(list)
			r.SeenAs = receivedFrom(&via) // the last Via is that of the device
		}
	}
}

// receivedFrom returns the address that the server behind a Via has seen, as far as the Via holds it (RFC 3581).
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
func grantedIn(r *transaction.Request) (seconds, own int) {
	wanted := firstWanted(r)
	switch {
	case r.Star || wanted < 0 && len(r.Contacts) > 0:
		return 0, -1
	case wanted < 0 && r.First != 0:
		return -1, -1 // it asked for the bindings only, and they show what remains of them
	case len(r.Listed) == 0:
		// A registrar that does not list the bindings has accepted what was asked for.
		if r.General < 0 && wanted >= 0 {
			return wantedFor(r, r.Contacts[wanted]), -1
		}
		return r.General, -1
	}
	if own = ownAmong(r, wanted); own < 0 {
		return r.General, -1
	}
	seconds = r.Listed[own].Expires
	if seconds < 0 {
		seconds = r.General
	}
	if seconds < 0 && wanted >= 0 {
		seconds = wantedFor(r, r.Contacts[wanted])
	}
	return seconds, own
}

// firstWanted returns the first contact that the REGISTER asks to bind, -1 for none.
func firstWanted(r *transaction.Request) int {
	for i, c := range r.Contacts {
		if wantedFor(r, c) != 0 {
			return i
		}
	}
	return -1
}

func countWanted(r *transaction.Request) (n int) {
	for _, c := range r.Contacts {
		if wantedFor(r, c) != 0 {
			n++
		}
	}
	return n
}

// ownAmong finds the contact of the device among those that the registrar lists: the same URI, the same instance, or the
// one that the registrar has rewritten to the address where the REGISTER came from. Where one was asked for and one is
// listed, they are the same.
func ownAmong(r *transaction.Request, wanted int) int {
	if wanted >= 0 {
		c := r.Contacts[wanted]
		for i, l := range r.Listed {
			if sip.SameURI(r.Text.Of(c.URI), r.Text.Of(l.URI)) {
				return i
			}
		}
		for i, l := range r.Listed {
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
	if len(r.Listed) == 1 && len(r.Contacts) <= 1 {
		return 0
	}
	return -1
}

// listedAt returns the only listed contact whose address fits that of the device, as it was captured or as the server saw it
// to have seen it; -1 for none or several.
func listedAt(r *transaction.Request, fits func(at, from netip.AddrPort) bool) int {
	src := r.Nearest().Src
	src = netip.AddrPortFrom(src.Addr().Unmap(), src.Port())
	found := -1
	for i, l := range r.Listed {
		at := value.ContactAddress(r.Text.Of(l.URI))
		if !at.IsValid() || !fits(at, src) && (!r.SeenAs.IsValid() || !fits(at, r.SeenAs)) {
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
func (u *Usage) finishRegistration(r *transaction.Request, p *transaction.Parties, rec *record.Registration, own int) *link.FinishedRegistration {
	n := r.Nearest()
	f := &link.FinishedRegistration{Registration: rec, Src: n.Src, Server: n.Dst, Own: own, Star: r.Star, Wanted: countWanted(r),
		Lost: rec.Outcome == record.OutcomeInProgress || r.Lost || rec.Confidence.Flags&record.OneWay != 0}
	if wanted := firstWanted(r); wanted >= 0 {
		c := &r.Contacts[wanted]
		f.Instance, f.Flow, f.Asked = c.Instance, c.Flow, p.Text.Of(c.URI)
	}
	if !value.Success(r.Status) {
		return f
	}
	if own >= 0 && f.Instance == 0 {
		f.Instance, f.Flow = r.Listed[own].Instance, r.Listed[own].Flow
	}
	for _, c := range r.Contacts {
		if wantedFor(r, c) == 0 {
			f.Removed = append(f.Removed, p.Text.Of(c.URI))
		}
	}
	if len(r.Listed) > 0 {
		f.Listed = make([]link.Binding, len(r.Listed))
	}
	for i, l := range r.Listed {
		f.Listed[i] = link.Binding{URI: rec.Contacts[i], Seconds: l.Expires, Instance: l.Instance, Flow: l.Flow}
	}
	return f
}
