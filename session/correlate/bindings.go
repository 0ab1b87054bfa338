package correlate

import (
	"net/netip"
	"time"

	"sipspan/internal/wire"
	"sipspan/record"
	"sipspan/session/evidence"
	"sipspan/session/link"
	"sipspan/session/stats"
)

// apply takes what a 2xx says of the bindings of an address-of-record, and returns the binding of the device, nil if it is
// not known.
func (g *registrar) apply(a *address, f *link.FinishedRegistration, at int64) *binding {
	for i := range a.bindings {
		a.bindings[i].listed, a.bindings[i].fresh = false, false
	}
	for _, uri := range f.Removed {
		g.remove(a, func(b *binding) bool {
			return sameURI(b.asked, uri) || sameURI(b.uri, uri)
		})
	}
	bound := 0
	for i := range f.Listed {
		if l := &f.Listed[i]; (i != f.Own || f.Wanted == 0) && l.Seconds != 0 {
			g.list(a, f, l, at)
			bound++
		}
	}
	own := -1
	if f.Wanted > 0 && f.Expires != 0 && (f.Own >= 0 || len(f.Listed) == 0) {
		own = g.bind(a, f, at)
		bound++
	}
	if len(f.Listed) > f.Wanted && f.Wanted > 0 && len(f.Listed) > 1 {
		g.noteLister(f.Server.Addr())
	}
	if bound > 0 && (len(f.Listed) > 0 || f.Wanted == 0) || len(f.Removed) > 0 {
		if own < 0 {
			g.endUnlisted(a, f, at)
			return nil
		}
		uri := a.bindings[own].uri
		g.endUnlisted(a, f, at)
		own = a.find(uri)
	}
	if own < 0 {
		return nil
	}
	if a.bindings[own].fresh {
		g.doubt(a, own)
	}
	return &a.bindings[own]
}

// list takes a binding that the 2xx lists beside that of the device. What it says of a known one must be what is known:
// otherwise somebody has renewed or changed it where the capture did not see it.
func (g *registrar) list(a *address, f *link.FinishedRegistration, l *link.Binding, at int64) {
	i := a.findListed(l)
	if i < 0 {
		b := binding{uri: l.URI, instance: l.Instance, flow: l.Flow, server: f.Server, listed: true, silent: true, expires: wire.After(at, defaultExpires)}
		if l.Seconds >= 0 {
			b.expires = wire.After(at, l.Seconds)
		}
		g.add(a, b)
		return
	}
	b := &a.bindings[i]
	b.listed = true
	if l.Seconds < 0 {
		return
	}
	expires := wire.After(at, l.Seconds)
	if max(expires-b.expires, b.expires-expires) > tolerance {
		g.release(b)
		b.silent = true
		b.expires = expires
	}
}

// bind binds the contact of the device and returns its place.
func (g *registrar) bind(a *address, f *link.FinishedRegistration, at int64) int {
	b := binding{
		uri: f.Asked, asked: f.Asked, instance: f.Instance, flow: f.Flow,
		callID: f.CallID, agent: f.UserAgent, src: f.Src, server: f.Server, listed: true,
		silent:  f.Expires < 0 || f.Confidence.Flags&(record.MidStream|record.OneWay) != 0,
		expires: wire.After(at, defaultExpires),
	}
	if f.Own >= 0 {
		b.uri = f.Listed[f.Own].URI
	}
	if f.Expires >= 0 {
		b.expires = wire.After(at, f.Expires)
	}
	i := a.find(b.uri)
	if i < 0 {
		i = a.findListed(&link.Binding{URI: f.Asked, Instance: b.instance, Flow: b.flow})
	}
	if i < 0 {
		b.fresh = true
		g.add(a, b)
		return len(a.bindings) - 1
	}
	g.release(&a.bindings[i])
	a.bindings[i] = b
	return i
}

func (g *registrar) add(a *address, b binding) {
	if len(a.bindings) >= maxBindings {
		g.c.counters.Evicted[stats.TableRegistrations]++
		g.evict(&a.bindings[0])
		a.bindings = append(a.bindings[:0], a.bindings[1:]...)
		g.count(-1)
	}
	a.bindings = append(a.bindings, b)
	g.count(1)
	g.signal(record.SignalBound, a.key, 1)
}

// endUnlisted ends the bindings that a 2xx does not list any more. RFC 3261 section 10.3 step 8 wants all of them listed,
// but some registrars list the contact of the device alone. Only of one that was seen to list others, or in the answer to
// a question for the bindings, a missing contact is gone. Of others it counts until its time is over, and its end then
// is no loss. What the same device has bound before is gone, wherever it registers now.
func (g *registrar) endUnlisted(a *address, f *link.FinishedRegistration, at int64) {
	lists := g.lists[f.Server.Addr()] || f.Outcome == record.Fetched
	g.remove(a, func(b *binding) bool {
		switch {
		case b.listed:
			return false
		case !b.silent && b.expires-tolerance <= at:
			return false // it has run out
		case f.Wanted > 0 && b.isOf(f), lists && b.server.Addr() == f.Server.Addr():
			return true
		case b.server.Addr() == f.Src.Addr() || b.src.Addr() == f.Server.Addr():
			return false // the registration goes on over this element, which binds itself behind
		}
		b.silent = true
		g.release(b)
		return false
	})
}

// doubt takes a new binding for what may be another one of the same device at a new address: the same host or software.
// The end of that is no loss, unless its own REGISTER comes again.
func (g *registrar) doubt(a *address, fresh int) {
	n := &a.bindings[fresh]
	for i := range a.bindings {
		b := &a.bindings[i]
		if i == fresh || b.instance != 0 && n.instance != 0 && b.instance != n.instance {
			continue
		}
		if b.src.Addr() == n.src.Addr() || b.agent == n.agent || b.agent == "" || n.agent == "" || b.callID == n.callID {
			b.silent = true
			g.release(b)
		}
	}
}

func (g *registrar) noteLister(server netip.Addr) {
	if len(g.lists) < maxListers {
		g.lists[server] = true
	}
}

// find returns the place of the binding of a contact, -1 if there is none.
func (a *address) find(uri string) int {
	for i := range a.bindings {
		if b := &a.bindings[i]; sameURI(b.uri, uri) || sameURI(b.asked, uri) {
			return i
		}
	}
	return -1
}

// findListed returns the place of a binding that is listed: the same device on the same flow (RFC 5626), or the same
// contact.
func (a *address) findListed(l *link.Binding) int {
	for i := range a.bindings {
		if b := &a.bindings[i]; l.Instance != 0 && b.instance == l.Instance && b.flow == l.Flow && l.Flow != 0 {
			return i
		}
	}
	return a.find(l.URI)
}

// schedule sets the deadline to what is due first. One that is too early is left: what is woken then looks again.
func (a *address) schedule() {
	g := a.table
	first := wire.Never
	for i := range a.bindings {
		b := &a.bindings[i]
		first = min(first, b.end(&g.c.cfg))
		if b.record != nil {
			first = min(first, b.due)
		}
	}
	if a.place == 0 || first < a.deadline {
		g.deadlines.set(a, first)
	}
}

// end is when a binding is over that nobody has renewed: a REGISTER that was sent in time may take Timer F for its answer.
func (b *binding) end(cfg *Config) int64 { return b.expires + cfg.timerF() }

// wake ends the bindings that ran out up to a time, and hands on the records that have waited long enough.
func (a *address) wake(at int64) {
	g := a.table
	var waited []*record.Registration
	lost := 0
	kept := a.bindings[:0]
	for i := range a.bindings {
		b := a.bindings[i]
		over := b.end(&g.c.cfg) <= at
		if over && !b.silent {
			lost++
			g.explainExpiry(b.record)
		}
		if b.record != nil && (over || b.due <= at) {
			waited = append(waited, b.record)
			b.record = nil
		}
		if !over {
			kept = append(kept, b)
		}
	}
	g.cut(a, kept, lost)
	for _, r := range waited {
		g.c.handOn(r)
	}
	if len(kept) == 0 {
		g.drop(a)
		return
	}
	g.weigh(a)
	a.schedule()
}

// explainExpiry gives the record of a registration that ran out its cause, if it has none.
func (g *registrar) explainExpiry(r *record.Registration) {
	if r == nil || r.Cause != nil {
		return
	}
	r.Cause = &record.Cause{Source: "timeout", Code: "expires", Text: "not renewed"}
	if g.c.Explainer == nil {
		return
	}
	granted := time.Duration(r.Expires) * time.Second
	k := evidence.Case{Method: "REGISTER", Start: r.Start, End: r.End + int64(granted), Wait: evidence.NoRenewal, Interval: granted}
	k.Src, _ = netip.ParseAddrPort(r.Src)
	k.Dst, _ = netip.ParseAddrPort(r.Dst)
	if cause := g.c.explain(&k); cause != nil {
		r.Cause = cause
	}
}
