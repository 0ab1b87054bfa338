package alerteval

import (
	"net/netip"
	"time"

	"sipspan/record"
)

// phone is a device that registers and subscribes.
type phone struct {
	addr      netip.AddrPort
	callID    string
	target    uint64
	rank      float64 // of all phones, 0 to 1: who is hit when a share of them is
	soft      bool    // a program on a computer, which comes and goes with its user
	unplugged bool    // never there
	on        bool
	refresh   int64 // when it registers again
	subscribe int64 // when it refreshes its subscriptions
	expires   int64 // of its binding, 0 for none
	seen      bool  // the capture has seen it bind
	comes     int64 // today, of a program
	goes      int64
}

// install sets the phones up in the middle of their lives.
func (w *world) install() {
	n := w.site.Phones + w.site.Softphones + w.site.Unplugged
	for i := range n {
		p := phone{
			addr: phoneAddr(i), callID: w.callID(), target: w.Uint64(), rank: w.Float64(),
			soft: i >= w.site.Phones, unplugged: i >= w.site.Phones+w.site.Softphones,
		}
		if !p.soft {
			p.on = true
			p.refresh = w.began + int64(w.between(0, w.site.Expires*7/10))
			p.subscribe = w.began + int64(w.between(0, w.site.Expires))
			p.expires = p.refresh + int64(w.site.Expires/4)
		}
		w.phones = append(w.phones, p)
	}
}

// forget says that the capture begins anew: it knows of no binding.
func (w *world) forget() {
	for i := range w.phones {
		w.phones[i].seen = false
	}
}

// registrations does what the phones do within a minute.
func (w *world) registrations(from, to int64) {
	local := w.calendar.local(from)
	if local.Hour() == 4 && local.Minute() == 0 {
		w.planDay(local.Truncate(24 * time.Hour))
	}
	w.powerCuts(from, to)
	for i := range w.phones {
		p := &w.phones[i]
		if p.soft && !p.unplugged {
			w.comeAndGo(p, from, to)
		}
		if p.expires != 0 && p.expires < to {
			if p.seen {
				w.bindings(max(p.expires, from), record.SignalLapsed, p)
			}
			p.expires, p.seen = 0, false
		}
		if !p.on {
			continue
		}
		if p.refresh < to {
			w.refresh(p, max(p.refresh, from))
		}
		if p.subscribe < to {
			w.subscribe(p, max(p.subscribe, from))
		}
	}
}

// planDay says when the users of the programs come and go today.
func (w *world) planDay(midnight time.Time) {
	works := 1.0
	if d := midnight.Weekday(); d == time.Saturday || d == time.Sunday || w.calendar.holiday(midnight) {
		works = 0.05
	}
	for i := range w.phones {
		p := &w.phones[i]
		p.comes, p.goes = 0, 0
		if !p.soft || p.unplugged || !w.happens(works*0.9) {
			continue
		}
		p.comes = w.calendar.instant(midnight.Add(8*time.Hour + 20*time.Minute + time.Duration(w.NormFloat64()*float64(35*time.Minute))))
		p.goes = w.calendar.instant(midnight.Add(17*time.Hour + time.Duration(w.NormFloat64()*float64(60*time.Minute))))
	}
}

func (w *world) comeAndGo(p *phone, from, to int64) {
	if !p.on && from <= p.comes && p.comes < to {
		p.on, p.refresh = true, max(p.comes, w.without(p, p.comes))
		p.subscribe = p.refresh + int64(time.Second)
	}
	if p.on && from <= p.goes && p.goes < to {
		p.on = false
		if p.expires != 0 && w.happens(0.6) && w.without(p, p.goes) == 0 { // the others close the lid
			r := request{method: "REGISTER", src: p.addr, dst: proxyAddr, callID: p.callID, target: p.target}
			w.final(&r, p.goes, 10*time.Millisecond, 200, true)
			if p.seen {
				w.bindings(p.goes+int64(10*time.Millisecond), record.SignalUnbound, p)
			}
			p.expires, p.seen = 0, false
		}
	}
}

// refresh registers a phone.
func (w *world) refresh(p *phone, at int64) {
	r := request{method: "REGISTER", src: p.addr, dst: proxyAddr, callID: p.callID, target: p.target}
	switch status := w.refusal(at, func(f *Fault) int { return f.Register }); {
	case w.dead(at):
		w.unanswered(&r, at+int64(timerB), true)
		p.refresh = at + int64(timerB) + int64(w.between(30*time.Second, time.Minute))
		return
	case status == 0 && w.happens(0.0005):
		status = 503
		fallthrough
	case status != 0:
		w.final(&r, at, w.between(5*time.Millisecond, 30*time.Millisecond), status, true)
		p.refresh = at + int64(w.between(30*time.Second, 90*time.Second))
		return
	}
	if w.happens(0.7) { // the others still have a nonce
		r.awaitCredentials = true
		w.final(&r, at, w.between(3*time.Millisecond, 15*time.Millisecond), 401, true)
		at += int64(w.between(30*time.Millisecond, 150*time.Millisecond))
		r.retried = true
	}
	took := w.between(5*time.Millisecond, 40*time.Millisecond)
	w.final(&r, at, took, 200, true)
	if !p.seen {
		p.seen = true
		w.bindings(at+int64(took), record.SignalBound, p)
	}
	p.expires = at + int64(w.site.Expires)
	p.refresh = at + int64(w.between(w.site.Expires/2, w.site.Expires*9/10))
}

// subscribe refreshes the subscriptions of a phone; each brings a NOTIFY.
func (w *world) subscribe(p *phone, at int64) {
	p.subscribe = at + int64(w.between(w.site.Expires/2, w.site.Expires*9/10))
	status := w.refusal(at, func(f *Fault) int { return f.Subscribe })
	for i := range w.site.Watched {
		r := request{method: "SUBSCRIBE", event: "dialog", src: p.addr, dst: proxyAddr, callID: p.callID, target: p.target + uint64(i), inside: true}
		if i == 0 {
			r.event = "message-summary"
		}
		at += int64(w.between(5*time.Millisecond, 80*time.Millisecond))
		switch {
		case w.dead(at):
			w.unanswered(&r, at+int64(timerB), true)
			p.subscribe = at + int64(w.between(time.Minute, 3*time.Minute))
		case status != 0:
			w.final(&r, at, 10*time.Millisecond, status, true)
			p.subscribe = at + int64(w.between(time.Minute, 3*time.Minute))
		case w.happens(0.004):
			w.final(&r, at, 10*time.Millisecond, []int{481, 404, 489}[w.IntN(3)], true)
		default:
			w.final(&r, at, w.between(3*time.Millisecond, 20*time.Millisecond), 200, true)
			w.notify(p, r.event, at+int64(25*time.Millisecond))
		}
	}
}

func (w *world) notify(p *phone, event string, at int64) {
	r := request{method: "NOTIFY", event: event, src: proxyAddr, dst: p.addr, callID: p.callID, target: p.target, inside: true}
	switch {
	case w.happens(0.002):
		w.final(&r, at, 10*time.Millisecond, 481, true)
	case w.without(p, at) != 0:
		w.unanswered(&r, at+int64(timerB), true)
	default:
		w.final(&r, at, w.between(3*time.Millisecond, 40*time.Millisecond), 200, true)
	}
}
