package sipgen

import (
	"math/rand/v2"
	"net/netip"
	"time"
)

// Standing are calls between phones and a server that are all open at the same time. First all of them begin. Then, one after the
// other, some of them are refreshed or end and are replaced, so that their number stays. At last all end.
//
// A call that begins has INVITE, 100, 183, 180, 200 and ACK; a refresh has UPDATE and 200; an end has BYE and 200.
type Standing struct {
	Calls   int  // open at the same time
	Brief   bool // the calls of the beginning have INVITE, 200 and ACK alone, and no refresh
	Changes int  // times that one call is refreshed, one ends and another begins: ten messages each
	End     bool // the calls end; without, the capture ends before
}

// standing begins the calls of a Standing and chooses what happens to them.
type standing struct {
	Standing
	g     *generator
	calls []place
	step  int   // steps taken: a beginning each, then a change each, then an end each
	next  int   // number of the next call
	ready int64 // when the last of the calls of the beginning is complete
}

// place is where one of the open calls stands. Everything else about it follows from its number.
type place struct {
	call  int
	seq   int   // CSeq of the last request
	ready int64 // time from which on something new may happen to it
}

func newStanding(g *generator, how Standing) *standing {
	return &standing{Standing: how, g: g, calls: make([]place, how.Calls)}
}

// begin takes the next step and reports whether there was one.
func (t *standing) begin() bool {
	g := t.g
	g.pass()
	g.count++
	n := t.step
	t.step++
	if n == t.Calls || n == t.Calls+t.Changes {
		g.now = max(g.now, t.ready)
	}
	switch {
	case n < t.Calls:
		t.setUp(&t.calls[n], t.Brief)
		if !t.Brief {
			t.refresh(&t.calls[n])
		}
		t.ready = max(t.ready, t.calls[n].ready)
	case n < t.Calls+t.Changes:
		t.refresh(&t.calls[g.rng.IntN(t.Calls)])
		p := &t.calls[g.rng.IntN(t.Calls)]
		t.end(p)
		t.setUp(p, false)
		t.ready = max(t.ready, p.ready)
	case t.End && n < 2*t.Calls+t.Changes:
		t.end(&t.calls[n-t.Calls-t.Changes])
	default:
		return false
	}
	return true
}

// leg is a call on its one hop, from the phone to the server.
type leg struct {
	*dialog
	phone, server netip.AddrPort
}

// leg returns the call of a place as it stands at the earliest time that something can happen to it.
func (t *standing) leg(p *place) leg {
	g := t.g
	own := rand.New(rand.NewPCG(g.load.Seed, 1<<32+uint64(p.call)))
	shared := g.rng
	g.rng = own
	s := &session{g: g, at: max(g.now, p.ready), callID: g.token(16) + "@" + host(g.client().Addr())}
	from, to, server := g.party(), g.party(), g.server(0, byte(own.IntN(4)))
	g.rng = shared
	to.addr = server
	return leg{dialog: &dialog{s: s, from: from, to: to, tagged: true, seq: p.seq}, phone: from.addr, server: server}
}

// done stores how far a leg is.
func (p *place) done(l leg) {
	p.seq, p.ready = l.seq, l.s.at+int64(time.Millisecond)
}

func (t *standing) setUp(p *place, brief bool) {
	p.call, p.seq = t.next, 1
	t.next++
	l := t.leg(p)
	s := l.s
	l.tagged = false
	invite := l.request("INVITE", "Contact: "+l.from.contact()+"\r\nUser-Agent: "+l.from.agent+"\r\n"+allow+supported+l.more(false), t.g.sdp(&l.from))
	contact := "Contact: " + l.to.contact() + "\r\nUser-Agent: " + l.to.agent + "\r\n" + allow
	if !brief {
		l.respond(invite, 100, "Trying", "", "")
		s.pass(100*time.Millisecond, 400*time.Millisecond)
		l.respond(invite, 183, "Session Progress", contact, t.g.sdp(&l.to))
		s.pass(100*time.Millisecond, 400*time.Millisecond)
		l.respond(invite, 180, "Ringing", contact, "")
	}
	s.pass(time.Second, 4*time.Second)
	s.change = 1
	l.respond(invite, 200, "OK", contact+supported+l.more(true), t.g.sdp(&l.to))
	l.tagged = true
	l.request("ACK", "User-Agent: "+l.from.agent+"\r\n", "")
	p.done(l)
}

func (t *standing) refresh(p *place) {
	l := t.leg(p)
	lines := "Contact: " + l.from.contact() + "\r\nUser-Agent: " + l.from.agent + "\r\n" + supported + "Session-Expires: 1800;refresher=uac\r\n"
	update := l.request("UPDATE", lines, "")
	l.respond(update, 200, "OK", "Contact: "+l.to.contact()+"\r\nRequire: timer\r\nSession-Expires: 1800;refresher=uac\r\n", "")
	p.done(l)
}

func (t *standing) end(p *place) {
	l := t.leg(p)
	bye := l.request("BYE", "User-Agent: "+l.from.agent+"\r\n", "")
	l.s.change = -1
	l.respond(bye, 200, "OK", "Server: "+l.to.agent+"\r\n", "")
	p.done(l)
}

// request sends a request of the phone.
func (l leg) request(method, lines, description string) *exchange {
	uri := "sip:" + l.to.user + "@" + l.server.String() + l.to.params
	e := l.begin(method, uri)
	e.vias = []string{l.s.g.via(l.phone)}
	l.s.send(l.phone, l.server, e.request(70, lines, "application/sdp", description))
	l.s.hop()
	return e
}

// respond sends a response of the server.
func (l leg) respond(e *exchange, code int, phrase, lines, description string) {
	l.s.send(l.server, l.phone, e.response(code, phrase, lines, "application/sdp", description))
	l.s.hop()
}
